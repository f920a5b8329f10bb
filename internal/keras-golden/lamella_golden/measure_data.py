"""Data for losses and metrics by a fixed rule, each number a whole number of thousandths."""

import keras
import numpy as np
import tensorflow as tf


def _numbers(count: int, start: int) -> list[float]:
    return [((start + i) ** 2 * 389 + (start + i) * 811 + 17) % 2000 / 1000 - 1 for i in range(count)]


def array(shape, start: int = 0) -> np.ndarray:
    """Numbers in [-1, 1)."""
    return np.array(_numbers(int(np.prod(shape)), start), np.float32).reshape(shape)


def probabilities(shape, start: int = 0) -> np.ndarray:
    values = np.exp(array(shape, start))
    return values / values.sum(-1, keepdims=True)


def masked(prediction: np.ndarray, mask: np.ndarray | None):
    """A tensor that carries a mask as a layer's output does."""
    tensor = tf.constant(prediction)
    if mask is not None:
        keras.src.backend.set_keras_mask(tensor, tf.constant(mask))
    return tensor
