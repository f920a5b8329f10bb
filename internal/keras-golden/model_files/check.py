"""python -m model_files.check FIXTURES WRITTEN: that real Keras loads what lamella wrote of the fixtures, with the same outputs.

WRITTEN holds `<version>-<file>.keras` for each file of the fixtures (internal/conformance/src/rewrite-keras-files.ts makes them).
"""

import base64
import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np


def array(stored: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(stored["data"]), stored["dtype"]).reshape(stored["shape"])


def difference(actual, expected) -> float:
    actual, expected = np.asarray(actual, "f8"), np.asarray(expected, "f8")
    if actual.shape != expected.shape:
        return float("inf")
    return float(np.max(np.abs(actual - expected), initial=0) / max(1, np.max(np.abs(expected), initial=0)))


def check(path: pathlib.Path, golden: dict) -> str | None:
    model = keras.models.load_model(path)
    inputs = [array(each) for each in golden["inputs"]]
    outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    worst = max(difference(a, array(e)) for a, e in zip(outputs, golden["outputs"], strict=True))
    if not worst <= 1e-5:
        return f"outputs differ by {worst}"
    if "optimizer" in golden and path.name.endswith(".keras.keras"):
        kept = [np.asarray(each) for each in model.optimizer.variables]
        wanted = [array(each) for each in golden["optimizer"]]
        # Keras 2.15 keeps no learning rate, Keras 3.0 the momenta of frozen layers too.
        if len(kept) == len(wanted) and all(a.size == b.size for a, b in zip(kept, wanted)):
            worst = max(difference(a.ravel(), b.ravel()) for a, b in zip(kept, wanted))
            if not worst <= 1e-6:
                return f"the optimizer's variables differ by {worst}"
        elif not path.name.startswith(("2.", "3.0")):
            return f"the optimizer has {len(kept)} variables, not {len(wanted)}"
        if model.loss is None:
            return "it is not compiled"
    return None


def main(fixtures: str, written: str) -> int:
    bad = good = 0
    for goldens in sorted(pathlib.Path(fixtures).glob("*/goldens.json")):
        for name, golden in json.loads(goldens.read_text()).items():
            if name == "versions":
                continue
            for file in golden["files"]:
                path = pathlib.Path(written) / f"{goldens.parent.name}-{file}.keras"
                try:
                    problem = check(path, golden)
                except Exception as error:
                    problem = f"{type(error).__name__}: {str(error)[:400]}"
                if problem is None:
                    good += 1
                else:
                    bad += 1
                    print(f"{path.name}: {problem}")
    print(f"Keras {keras.__version__}: {good} as they were, {bad} not")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
