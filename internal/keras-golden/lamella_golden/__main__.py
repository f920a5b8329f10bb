"""python -m lamella_golden CASES.json [NAME ...]: writes the goldens, or only those named.

architectures/MODEL is that model alone: the golden keeps what it has of the others.
"""

import json
import os
import sys
import traceback
import warnings

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

SPECIAL = (
    "bits",
    "initializers",
    "crossentropy",
    "losses",
    "metrics",
    "compiled",
    "mixed-precision",
    "optimizers",
    "trajectories",
    "architectures",
    "configs",
)


def _layer_files(cases: list[dict]) -> dict[str, list[dict]]:
    files: dict[str, list[dict]] = {}
    seen = set()
    for case in cases:
        if case["id"] in seen:
            raise SystemExit(f"two cases are called '{case['id']}'")
        seen.add(case["id"])
        prefix, slash, _ = case["id"].partition("/")
        if not slash or prefix in SPECIAL:
            raise SystemExit(f"'{case['id']}': an id is <layer file>/<case>, and {', '.join(SPECIAL)} are taken")
        files.setdefault(prefix, []).append(case)
    return files


def main(path: str, wanted: list[str]) -> int:
    import tensorflow as tf

    from . import bits, configs, data, files
    from .architectures import architecture_golden
    from .cases import layer_golden
    from .compiled import compiled_data, compiled_golden
    from .crossentropy import crossentropy_golden
    from .initializers import initializers_golden
    from .losses import losses_golden
    from .metrics import metrics_golden
    from .mixed_precision import mixed_golden, mixed_trajectory
    from .optimizers import optimizer_goldens, schedule_goldens
    from .trajectories import trajectory_golden

    tf.get_logger().setLevel("ERROR")
    warnings.filterwarnings("ignore", message=".*received `from_logits=True`")
    # One thread: sums come out in the same order every time.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

    with open(path, encoding="utf-8") as file:
        dump = json.load(file)
    layer_files = _layer_files(dump["cases"])
    architectures = {f"architectures/{case['model']}": case for case in dump["architectures"]}
    unknown = set(wanted) - set(SPECIAL) - set(layer_files) - set(architectures)
    if unknown:
        raise SystemExit(f"no such golden: {', '.join(sorted(unknown))}")
    failures = []

    def collect(items: list[dict], make) -> list[dict]:
        out = []
        for item in items:
            try:
                golden = make(item)
                size = len(files.compact(golden))
                if make is layer_golden and size > files.MAX_CASE_BYTES:
                    raise ValueError(f"the golden has {size} bytes, more than {files.MAX_CASE_BYTES}: use smaller shapes")
                out.append(golden)
            except Exception:
                failed = item.get("id") or item["model"]
                failures.append(failed)
                print(f"FAILED {failed}\n{traceback.format_exc()}", file=sys.stderr)
        return out

    def write(name: str, make_fields) -> None:
        if not wanted or name in wanted:
            fields = make_fields()
            written = files.write_golden(name, fields)
            count = len(fields.get("cases", ()))
            print(f"{written.name}: {count} cases, {written.stat().st_size} bytes" if count else written.name)

    versions = files.versions()
    write("bits", lambda: {**bits.check_vectors(), "inputs": data.check_vectors()})
    write("initializers", lambda: {"versions": versions, "cases": initializers_golden()})
    write("crossentropy", lambda: {"versions": versions, "cases": crossentropy_golden()})
    write("optimizers", lambda: {"versions": versions, "cases": list(optimizer_goldens()), "schedules": list(schedule_goldens())})
    write("losses", lambda: {"versions": versions, "cases": losses_golden()})
    write("metrics", lambda: {"versions": versions, "cases": metrics_golden()})
    write("compiled", lambda: {"versions": versions, "data": compiled_data(), "cases": compiled_golden()})
    mixed = dump["mixed"]
    write("mixed-precision", lambda: {"versions": versions, "trajectory": mixed_trajectory(), "cases": collect(mixed, mixed_golden)})
    if not wanted or "configs" in wanted:
        fields = {
            "versions": versions,
            "cases": collect(dump["cases"], configs.case_config),
            "models": [configs.model_config(build) for build in configs.MODELS],
            "objects": configs.compile_objects(),
            "compiled": configs.compiled_models(),
        }
        written = files.write_packed("configs", fields)
        print(f"{written.name}: {len(fields['cases'])} cases, {written.stat().st_size} bytes")
    trajectories = dump["trajectories"]
    write("trajectories", lambda: {"versions": versions, "cases": collect(trajectories, trajectory_golden)})
    chosen = architectures if not wanted or "architectures" in wanted else set(wanted) & set(architectures)
    if chosen:
        made = collect([case for name, case in architectures.items() if name in chosen], architecture_golden)
        models = {f"architectures/{golden['model']}": golden for golden in [*files.read_cases("architectures"), *made]}
        cases = [models[name] for name in architectures if name in models]
        written = files.write_golden("architectures", {"versions": versions, "cases": cases})
        print(f"{written.name}: {len(made)} of {len(cases)} cases, {written.stat().st_size} bytes")
    for name, cases in layer_files.items():
        write(name, lambda: {"versions": versions, "cases": collect(cases, layer_golden)})
    if not wanted and layer_files:
        known = set(SPECIAL) | set(layer_files)
        for stale in sorted(p for p in files.GOLDENS.glob("*.json") if p.stem not in known):
            print(f"no case has this golden any more: {stale.name}")
    if failures:
        print(f"{len(failures)} failed: {', '.join(failures)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
