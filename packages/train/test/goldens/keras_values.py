"""Writes keras-values.json: losses and metrics as real Keras on TensorFlow computes them.

Run with the environment of internal/keras-golden: .venv/bin/python keras_values.py
"""

import json
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf


def numbers(count, start=0):
    """Whole numbers by a fixed rule, spread over [-1, 1)."""
    return [((start + i) ** 2 * 389 + (start + i) * 811 + 17) % 2000 / 1000 - 1 for i in range(count)]


def array(shape, start=0):
    return np.array(numbers(int(np.prod(shape)), start), np.float32).reshape(shape)


def probabilities(shape, start=0):
    values = np.exp(array(shape, start))
    return values / values.sum(-1, keepdims=True)


def plain(value):
    return np.asarray(value, np.float64).tolist() if not np.isscalar(value) else float(value)


def with_mask(prediction, mask):
    tensor = tf.constant(prediction)
    if mask is not None:
        keras.src.backend.set_keras_mask(tensor, tf.constant(mask))
    return tensor


def loss_cases():
    classes = np.array([2, 0, 1, 2], np.int32)
    one_hot = np.eye(3, dtype=np.float32)[classes]
    sequence = np.eye(3, dtype=np.float32)[np.array([[0, 1, 2, 0], [2, 2, 1, 1]])]
    mask = np.array([[True, True, False, False], [True, True, True, False]])
    weights = np.array([0.5, 1, 2, 0.25], np.float32)
    unnormalised = np.abs(array((4, 3), 9)) + 0.01
    cases = [
        ("MeanSquaredError", {}, array((4, 3)), array((4, 3), 50), None, None),
        ("MeanSquaredError", {}, array((4,)), array((4, 1), 50), None, None),
        ("MeanSquaredError", {"reduction": "sum"}, array((4, 3)), array((4, 3), 50), weights, None),
        ("MeanSquaredError", {"reduction": "mean_with_sample_weight"}, array((4, 3)), array((4, 3), 50), weights, None),
        ("MeanSquaredError", {"reduction": "none"}, array((4, 3)), array((4, 3), 50), weights, None),
        ("MeanSquaredError", {}, array((2, 4, 3)), array((2, 4, 3), 50), None, mask),
        ("MeanSquaredError", {}, array((2, 4, 3)), array((2, 4, 3), 50), np.array([[1], [3]], np.float32), mask),
        ("MeanSquaredError", {"reduction": "sum"}, array((2, 4, 3)), array((2, 4, 3), 50), None, mask),
        ("MeanSquaredError", {}, array((2, 4, 3)), array((2, 4, 3), 50), None, np.zeros((2, 4), bool)),
        ("MeanAbsoluteError", {}, array((4, 3)), array((4, 3), 50), weights, None),
        ("MeanAbsoluteError", {}, array((2, 4, 1)), array((2, 4, 1), 50), None, mask),
        ("CategoricalCrossentropy", {}, one_hot, probabilities((4, 3)), None, None),
        ("CategoricalCrossentropy", {}, one_hot, unnormalised, weights, None),
        ("CategoricalCrossentropy", {"label_smoothing": 0.2}, one_hot, probabilities((4, 3)), None, None),
        ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, one_hot, array((4, 3)), None, None),
        ("CategoricalCrossentropy", {"from_logits": True}, sequence, array((2, 4, 3)), None, mask),
        ("CategoricalCrossentropy", {"from_logits": True, "axis": 1}, np.moveaxis(sequence, -1, 1), array((2, 3, 4)), None, None),
        ("SparseCategoricalCrossentropy", {}, classes, probabilities((4, 3)), None, None),
        ("SparseCategoricalCrossentropy", {}, classes, unnormalised, None, None),
        ("SparseCategoricalCrossentropy", {"from_logits": True}, classes[:, None], array((4, 3)), weights, None),
        ("SparseCategoricalCrossentropy", {"from_logits": True}, sequence.argmax(-1).astype(np.int32), array((2, 4, 3)), None, mask),
        ("SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": 2}, classes, array((4, 3)), None, None),
        ("SparseCategoricalCrossentropy", {"ignore_class": 2}, sequence.argmax(-1).astype(np.int32), probabilities((2, 4, 3)), None, mask),
        ("BinaryCrossentropy", {}, (array((4, 3)) > 0).astype(np.float32), np.abs(array((4, 3), 50)), None, None),
        ("BinaryCrossentropy", {}, np.array([1, 0, 1, 0], np.int32), np.abs(array((4, 1), 50)), None, None),
        ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, (array((4, 3)) > 0).astype(np.float32), array((4, 3), 50) * 20, weights, None),
    ]
    for kind, config, y_true, y_pred, weight, keep in cases:
        prediction = with_mask(y_pred.astype(np.float32), keep)
        with tf.GradientTape() as tape:
            tape.watch(prediction)
            value = getattr(keras.losses, kind)(**config)(y_true, prediction, sample_weight=weight)
            total = tf.reduce_sum(value)
        yield {
            "type": kind,
            "config": config,
            "yTrue": plain(y_true),
            "labels": bool(np.issubdtype(y_true.dtype, np.integer)),
            "yPred": plain(y_pred),
            "sampleWeight": None if weight is None else plain(weight),
            "mask": None if keep is None else keep.astype(int).tolist(),
            "value": plain(value),
            "gradient": plain(tape.gradient(total, prediction)),
        }


def metric_cases():
    from keras.src.trainers.compile_utils import get_metric

    classes = np.array([2, 0, 1, 2], np.float32)
    one_hot = np.eye(3, dtype=np.float32)[classes.astype(int)]
    labels = np.array([[0, 1, 2, 0], [2, 2, 1, 1]], np.float32)
    mask = np.array([[True, True, False, False], [True, True, True, False]])
    weights = np.array([0.5, 1, 2, 0.25], np.float32)
    cases = [
        ("accuracy", one_hot, array((4, 3)), None, None),
        ("accuracy", one_hot, array((4, 3)), weights, None),
        ("acc", classes, array((4, 3)), None, None),
        ("accuracy", classes[:, None], array((4, 3)), weights, None),
        ("accuracy", np.array([1, 0, 1, 1], np.float32), np.abs(array((4, 1))), None, None),
        ("Accuracy", np.array([[1], [0], [1], [1]], np.float32), np.abs(array((4, 1))), weights, None),
        ("accuracy", labels, array((2, 4, 3)), None, mask),
        ("accuracy", labels, array((2, 4, 3)), np.array([[1], [3]], np.float32), mask),
        ("accuracy", np.eye(3, dtype=np.float32)[labels.astype(int)], array((2, 4, 3)), np.array([1, 3], np.float32), None),
        ("accuracy", labels[:, :1, None], array((2, 1, 3)), None, mask[:, :1]),
        ("binary_accuracy", (array((4, 3)) > 0).astype(np.float32), np.abs(array((4, 3), 50)), weights, None),
        ("categorical_accuracy", one_hot, array((4, 3)), None, None),
        ("sparse_categorical_accuracy", classes, array((4, 3)), None, None),
        ("mae", array((4, 3)), array((4, 3), 50), weights, None),
        ("mean_absolute_error", array((2, 4, 3)), array((2, 4, 3), 50), None, mask),
        ("mse", array((4,)), array((4, 1), 50), None, None),
        ("mse", array((2, 4, 3)), array((2, 4, 3), 50), np.array([1, 3], np.float32), None),
        ("bce", (array((4, 3)) > 0).astype(np.float32), np.abs(array((4, 3), 50)), None, None),
        ("categorical_crossentropy", one_hot, probabilities((4, 3)), None, None),
        ("sparse_categorical_crossentropy", classes, probabilities((4, 3)), None, None),
    ]
    for name, y_true, y_pred, weight, keep in cases:
        prediction = with_mask(y_pred.astype(np.float32), keep)
        metric = get_metric(name, tf.constant(y_true), prediction)
        metric.update_state(tf.constant(y_true), prediction, sample_weight=weight)
        yield {
            "name": name,
            "reported": metric.name,
            "yTrue": plain(y_true),
            "yPred": plain(y_pred),
            "sampleWeight": None if weight is None else plain(weight),
            "mask": None if keep is None else keep.astype(int).tolist(),
            "total": plain(metric.total),
            "count": plain(metric.count),
        }


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return value


values = {
    "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
    "losses": list(loss_cases()),
    "metrics": list(metric_cases()),
}
target = pathlib.Path(__file__).with_name("keras-values.json")
lines = [f'"{name}": [\n' + ",\n".join(json.dumps(rounded(case)) for case in values[name]) + "\n]" for name in ("losses", "metrics")]
target.write_text("{\n" + f'"versions": {json.dumps(values["versions"])},\n' + ",\n".join(lines) + "\n}\n")
