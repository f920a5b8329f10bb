"""python -m model_files.npz FILE.json, with Keras on JAX: small files of Keras's NpzIOStore, and pickles that must not be read."""

import base64
import builtins
import copyreg
import functools
import io
import json
import os
import pathlib
import sys
import tempfile
import zipfile

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
from keras.src.saving import saving_lib

from .hdf5 import NUMBERS

ARRAYS = {
    **NUMBERS,
    "fortran": np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4)),
    "big-endian fortran": np.arange(6, dtype=">i4").reshape(2, 3).T,
    "no dimensions": np.array(2.5, "<f4"),
    "more than 255 bytes": np.arange(100, dtype="<i4"),
}


class Calls:
    """What Python would run a function for when it reads the pickle."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


BAD = {
    "system": Calls(os.system, "echo harm"),
    "eval": Calls(builtins.eval, "1 + 1"),
    "partial": functools.partial(os.system, "echo harm"),
    "reconstructor": Calls(copyreg._reconstructor, keras.Model, object, None),
    "class": Calls,
    "complex": np.array([1j]),
    "text": np.array(["a"]),
    "objects": np.array([None, 1], object),
    "None": None,
    "number": 3.5,
}


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def packed(**contents) -> str:
    buffer = io.BytesIO()
    np.savez(buffer, **contents)
    return encoded(buffer.getvalue())


def of_jax() -> dict:
    """The variables of a layer, as Keras on JAX pickles them."""
    layer = keras.layers.Dense(2, kernel_regularizer="l2", bias_initializer="ones")
    model = keras.Sequential([keras.Input((3,)), layer])
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.keras"
        saving_lib.save_model(model, path, weights_format="npz")
        with zipfile.ZipFile(path) as archive:
            file = archive.read("model.weights.npz")
    return {"file": encoded(file), "values": [np.asarray(each).tolist() for each in layer.weights]}


def main(file: str) -> None:
    itself = {}
    itself["0"] = itself
    goldens = {
        "values": {name: np.asarray(value, "f8").tolist() for name, value in ARRAYS.items()},
        "numbers": packed(**{f"layers/{name}": {"0": value} for name, value in ARRAYS.items()}),
        "jax": of_jax(),
        "bad": {
            **{name: packed(x={"0": value}) for name, value in BAD.items()},
            "itself": packed(x=itself),
            "no dict": packed(x=[None]),
            "plain numbers": packed(x=np.zeros(2)),
        },
    }
    pathlib.Path(file).write_text(json.dumps(goldens, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
