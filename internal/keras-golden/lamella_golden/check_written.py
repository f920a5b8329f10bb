"""python -m lamella_golden.check_written CASES.json WRITTEN.jsonl: does Keras load what lamella writes?

Every case must give its golden's outputs, to 1e-5 of the largest of them, and be filled by what lamella calls its weights.
"""

import json
import os
import sys
import warnings

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import base64  # noqa: E402

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras.src.saving import serialization_lib  # noqa: E402

from . import files  # noqa: E402
from .data import input_data  # noqa: E402
from .documented import inference_mode  # noqa: E402
from .memory_store import load_arrays  # noqa: E402


# Layers whose goldens are what Keras documents, and not what it does: see documented.py.
DEVIATING = {"random-crop"}


def array(stored: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(stored["data"]), stored["dtype"]).reshape(stored["shape"])


def check(case: dict, written: dict, golden: dict) -> str | None:
    """What is wrong, if anything."""
    keras.utils.clear_session()
    model = serialization_lib.deserialize_keras_object(written["config"])
    load_arrays(model, {path: array(stored) for path, stored in written["weights"].items()})
    inputs = [tf.constant(input_data(case["id"], k, spec)) for k, spec in enumerate(case["inputs"])]
    # What TensorFlow does on a CPU only when compiled.
    call = tf.function(model, jit_compile=True) if case.get("compiled") else model
    outputs = keras.tree.flatten(call(inputs[0] if len(inputs) == 1 else inputs, training=inference_mode(case)))
    for k, (output, expected) in enumerate(zip(outputs, golden["outputs"], strict=True)):
        actual, wanted = np.asarray(keras.ops.convert_to_numpy(output), float), np.asarray(array(expected), float)
        if actual.shape != wanted.shape:
            return f"output {k} has shape {actual.shape}, not {wanted.shape}"
        scale = max(1.0, float(np.max(np.abs(wanted), initial=0)))
        if not np.allclose(actual, wanted, rtol=0, atol=1e-5 * scale, equal_nan=True):
            return f"output {k} is off by {np.max(np.abs(actual - wanted))}"
    return None


def main(cases_path: str, written_path: str) -> int:
    warnings.filterwarnings("ignore")
    with open(cases_path, encoding="utf-8") as file:
        cases = {case["id"]: case for case in json.load(file)["cases"]}
    goldens: dict[str, dict] = {}
    failures = count = 0
    with open(written_path, encoding="utf-8") as lines:
        for line in lines:
            written = json.loads(line)
            case = cases[written["id"]]
            layer = case["id"].split("/")[0]
            if case["id"] not in goldens:
                goldens = {golden["id"]: golden for golden in files.read_cases(layer)}
            if layer in DEVIATING:
                continue
            count += 1
            try:
                problem = check(case, written, goldens[case["id"]])
            except Exception as error:
                problem = f"{type(error).__name__}: {error}"
            if problem is not None:
                failures += 1
                print(f"{case['id']}: {problem[:500]}")
    print(f"{count} models, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
