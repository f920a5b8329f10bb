"""python -m model_files.make FOLDER [MODEL ...]: model files of the Keras that runs this, with inputs and outputs (see generate-files.sh)."""

import base64
import inspect
import json
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np
import tensorflow as tf

from .build import IS_NEW, MODELS, fill, inputs_of


def tensor(value) -> dict:
    array = np.asarray(value, order="C")
    return {"shape": list(array.shape), "dtype": str(array.dtype), "data": base64.b64encode(array.tobytes()).decode("ascii")}


def has_optimizer(model) -> bool:
    return getattr(model, "optimizer", None) is not None


def train(model) -> None:
    """A few steps, so that the optimizer has something to save."""
    inputs = inputs_of(model, 4, 3)
    random = np.random.default_rng(4)
    if model.name == "stacked":
        targets = random.integers(0, 3, 4)
    elif model.name in ("stored", "compiled"):
        targets = random.uniform(-1, 1, (4, 2)).astype("float32")
    elif model.name == "activated":
        targets = {"conv": np.zeros((4, 3, 3, 3), "float32"), "one": random.uniform(-1, 1, (4, 2)).astype("float32")}
    else:
        targets = {name: random.uniform(-1, 1, (4, 2)).astype("float32") for name in ("one", "frozen")}
    for _ in range(3):
        model.train_on_batch(inputs if len(inputs) > 1 else inputs[0], targets)


def save(model, path: pathlib.Path) -> None:
    if not path.name.endswith(".npz.keras"):
        model.save(path)
        return
    from keras.src.saving import saving_lib

    saving_lib.save_model(model, path, weights_format="npz")


def files_of(model) -> list[str]:
    if model.name == "stored":
        return ["stored.npz.keras"]
    if model.name == "compiled":
        return ["compiled.keras"]
    has_h5 = has_optimizer(model) or (not IS_NEW and model.name != "adapted") or model.name in ("vectors", "arithmetic")
    return [f"{model.name}.keras", *([f"{model.name}.h5"] if has_h5 else [])]


def main(folder: str, wanted: list[str]) -> None:
    target = pathlib.Path(folder) / keras.__version__
    target.mkdir(parents=True, exist_ok=True)
    known = target / "goldens.json"
    goldens = json.loads(known.read_text(encoding="utf-8")) if wanted and known.exists() else {}
    goldens.pop("versions", None)
    for stale in [] if wanted else target.iterdir():
        stale.unlink()
    for seed, make in enumerate(MODELS):
        if wanted and make.__name__ not in wanted:
            continue
        model = make()
        if model is None:
            continue
        fill(model, seed)
        files = files_of(model)
        if has_optimizer(model):
            train(model)
        for file in files:
            save(model, target / file)
        if model.name == "nested":
            model.save_weights(target / f"{model.name}.weights.h5")
            if "max_shard_size" in inspect.signature(model.save_weights).parameters:
                model.save_weights(target / "sharded.weights.json", max_shard_size=5e-7)
            (target / f"{model.name}.json").write_text(model.to_json(), encoding="utf-8")
            if not IS_NEW:
                model.save_weights(target / f"{model.name}-weights.h5", save_format="h5")
        inputs = inputs_of(model, 2, seed + 100)
        outputs = model(inputs, training=False) if len(inputs) > 1 else model(inputs[0], training=False)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        golden = {"files": files, "inputs": [tensor(each) for each in inputs], "outputs": [tensor(each) for each in outputs]}
        if has_optimizer(model):
            variables = model.optimizer.variables
            variables = variables() if callable(variables) else variables
            golden["optimizer"] = [tensor(np.asarray(each)) for each in variables]
        goldens[model.name] = golden
    versions = {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__}
    lines = [f"  {json.dumps(name)}: {json.dumps(golden, separators=(',', ':'))}" for name, golden in goldens.items()]
    text = "{\n" + f'  "versions": {json.dumps(versions)},\n' + ",\n".join(lines) + "\n}\n"
    (target / "goldens.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
