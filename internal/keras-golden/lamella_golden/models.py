"""The models of the training trajectories, their data and their initial weights.

Each has a twin written by hand in TypeScript.
"""

import math

import keras
import numpy as np
from keras.src.initializers.random_initializers import compute_fans

from .bits import key_of, random_bits, uniform

layers = keras.layers


def mlp() -> keras.Model:
    x = keras.Input((20,))
    y = layers.Dense(32, activation="relu", name="d1")(x)
    y = layers.Dense(16, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.01), name="d2")(y)
    return keras.Model(x, layers.Dense(5, activation="softmax", name="d3")(y))


def cnn() -> keras.Model:
    x = keras.Input((12, 12, 2))
    y = layers.Conv2D(8, 3, padding="same", use_bias=False, name="c1")(x)
    y = layers.BatchNormalization(name="bn1")(y)
    y = layers.ReLU(name="r1")(y)
    y = layers.MaxPooling2D(3, strides=2, padding="same", name="p1")(y)
    y = layers.Conv2D(12, 3, strides=2, activation="relu", name="c2")(y)
    y = layers.AveragePooling2D(2, name="p2")(y)
    y = layers.Flatten(name="f")(y)
    return keras.Model(x, layers.Dense(4, activation="softmax", name="d1")(y))


def lstm() -> keras.Model:
    x = keras.Input((None,), dtype="int32")
    y = layers.Embedding(30, 8, mask_zero=True, name="e")(x)
    y = layers.LSTM(12, name="l")(y)
    return keras.Model(x, layers.Dense(1, activation="sigmoid", name="d")(y))


def _bits(key, n: int) -> np.ndarray:
    return random_bits(key, np.arange(n, dtype=np.int64))


def mlp_batch(key, size: int):
    x = uniform(key, size * 20).reshape(size, 20)
    classes = np.argmax(x[:, :5], axis=1)
    return x, np.eye(5, dtype=np.float32)[classes]


def cnn_batch(key, size: int):
    """Four levels in [0, 1); the left half of channel 0 is constant, so maxima tie."""
    levels = (_bits(key, size * 12 * 12 * 2) * 4 // 2**22).reshape(size, 12, 12, 2)
    levels[:, :, :6, 0] = 0
    return (levels / 4).astype(np.float32), (levels[..., 1].sum(axis=(1, 2)) % 4).astype(np.int32)


def lstm_batch(key, size: int):
    """Seven tokens below 30, padded with 0 from position 3 + (sample % 5)."""
    tokens = (_bits(key, size * 7) * 30 // 2**22).reshape(size, 7).astype(np.int32)
    for i in range(size):
        tokens[i, 3 + i % 5 :] = 0
    present = (tokens != 0).sum(axis=1)
    small = ((tokens != 0) & (tokens < 15)).sum(axis=1)
    return tokens, (2 * small > present).astype(np.float32).reshape(size, 1)


MODELS = {
    "mlp": (mlp, mlp_batch),
    "cnn": (cnn, cnn_batch),
    "lstm": (lstm, lstm_batch),
}


def initial_weight(case_id: str, index: int, path: str, shape: tuple) -> np.ndarray:
    """float32 always: a float64 run starts from the same numbers."""
    name = path.rsplit("/", 1)[-1]
    if len(shape) >= 2:
        fan_in, fan_out = compute_fans(shape)
        scale = np.float32(math.sqrt(6 / (fan_in + fan_out)))
        return (uniform(key_of(case_id, "weight", index), math.prod(shape)) * scale).reshape(shape)
    value = np.ones(shape, np.float32) if name in ("gamma", "moving_variance") else np.zeros(shape, np.float32)
    if "lstm_cell/bias" in path:
        units = shape[0] // 4
        value[units : 2 * units] = 1
    return value
