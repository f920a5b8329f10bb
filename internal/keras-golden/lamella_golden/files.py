"""Where goldens go and how they are written."""

import base64
import gzip
import json
import pathlib
import platform

import numpy as np

PROJECT = pathlib.Path(__file__).resolve().parent.parent
GOLDENS = PROJECT.parent / "conformance" / "goldens"
MAX_CASE_BYTES = 25_000


def versions() -> dict:
    import keras
    import tensorflow as tf

    return {
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def compact(value) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def write_golden(name: str, fields: dict) -> pathlib.Path:
    """One line per entry of a list, so that a changed case is a changed line."""
    lines = []
    for key, value in fields.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            items = ",\n".join("    " + compact(v) for v in value)
            lines.append(f"  {compact(key)}: [\n{items}\n  ]")
        else:
            lines.append(f"  {compact(key)}: {compact(value)}")
    GOLDENS.mkdir(parents=True, exist_ok=True)
    path = GOLDENS / f"{name}.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return path


def write_packed(name: str, fields: dict) -> pathlib.Path:
    """For goldens that are large and repeat themselves."""
    path = GOLDENS / f"{name}.json.gz"
    path.write_bytes(gzip.compress(compact(fields).encode("ascii"), 9, mtime=0))
    return path


def read_cases(name: str) -> list[dict]:
    """The entries of a golden that may not be there yet."""
    path = GOLDENS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))["cases"] if path.exists() else []


def tensor(value) -> dict:
    array = np.asarray(value)
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("<"))
    return {
        "shape": list(array.shape),
        "dtype": str(array.dtype),
        "data": base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii"),
    }
