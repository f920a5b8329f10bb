"""Inputs, weights and cotangents of a layer case, made from its id."""

import math

import numpy as np

from .bits import key_of, random_bits, uniform

f32 = np.float32


def _fraction(key, n: int, steps: int) -> np.ndarray:
    """floor((v + 1) / 2 * steps) of the uniform values v, in exact integers."""
    return random_bits(key, np.arange(n, dtype=np.int64)) * steps // 2**22


def input_data(case_id: str, index: int, spec: dict) -> np.ndarray:
    shape, dtype = tuple(spec["shape"]), spec.get("dtype", "float32")
    key, n = key_of(case_id, "input", index), math.prod(shape)
    if dtype == "bool":
        return (uniform(key, n) < 0).reshape(shape)
    if not dtype.startswith(("float", "bfloat")):
        low, high = spec.get("low", 0), spec["high"]
        return (_fraction(key, n, high - low) + low).astype(dtype).reshape(shape)
    low, high = f32(spec.get("low", -1)), f32(spec.get("high", 1))
    if "levels" in spec:
        levels = spec["levels"]
        values = _fraction(key, n, levels).astype(f32) / f32(levels) * (high - low) + low
    else:
        values = low + (uniform(key, n) + f32(1)) / f32(2) * (high - low)
    assert values.dtype == f32
    return values.astype(dtype).reshape(shape)


def weight_data(case_id: str, index: int, name: str, shape: tuple) -> np.ndarray:
    values = uniform(key_of(case_id, "weight", index), math.prod(shape)) * f32(0.5)
    if "variance" in name:
        values = f32(1) + values
    return values.reshape(shape)


def cotangent(case_id: str, index: int, shape: tuple) -> np.ndarray:
    return uniform(key_of(case_id, "cotangent", index), math.prod(shape)).reshape(shape)


def check_vectors() -> list[dict]:
    specs = [
        {"shape": [2, 3]},
        {"shape": [4], "low": 0.1, "high": 6},
        {"shape": [8], "levels": 3, "low": -1, "high": 2},
        {"shape": [8], "dtype": "int32", "high": 30},
        {"shape": [8], "dtype": "int32", "low": -5, "high": 5},
        {"shape": [8], "dtype": "bool"},
    ]
    return [
        {"id": "check/inputs", "index": k, "spec": spec, "data": input_data("check/inputs", k, spec).tolist()}
        for k, spec in enumerate(specs)
    ]
