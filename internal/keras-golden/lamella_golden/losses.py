"""Every loss and its gradient: each reduction, with sample weights and masks, and at the edges."""

import keras
import numpy as np
import tensorflow as tf

from .files import tensor
from .measure_data import array, masked, probabilities

classes = np.array([2, 0, 1, 2], np.int32)
one_hot = np.eye(3, dtype=np.float32)[classes]
sequence = np.eye(3, dtype=np.float32)[np.array([[0, 1, 2, 0], [2, 2, 1, 1]])]
labels = sequence.argmax(-1).astype(np.int32)
binary = (array((4, 3)) > 0).astype(np.float32)
steps = np.array([[True, True, False, False], [True, True, True, False]])
weights = np.array([0.5, 1, 2, 0.25], np.float32)
reductions = ["sum", "none", None, "mean", "mean_with_sample_weight"]


def unit(shape, start=0):
    values = array(shape, start)
    return values / np.linalg.norm(values, axis=-1, keepdims=True)


def simple(kind, y_true, y_pred, sequence_true, sequence_pred, config={}):
    """A loss by itself, with each reduction, weighted and masked."""
    yield kind, config, y_true, y_pred, None, None
    for reduction in reductions:
        yield kind, {**config, "reduction": reduction}, y_true, y_pred, weights, None
    yield kind, config, y_true, y_pred, weights, None
    yield kind, config, sequence_true, sequence_pred, None, steps
    yield kind, config, sequence_true, sequence_pred, np.array([[1], [3]], np.float32), steps
    yield kind, config, sequence_true, sequence_pred, array((2, 4), 7) + 1, None
    yield kind, config, sequence_true, sequence_pred, array((2, 4), 7) + 1, steps
    yield kind, {**config, "reduction": "mean_with_sample_weight"}, sequence_true, sequence_pred, array((2, 4), 7) + 1, steps


def cases():
    """Type, configuration, targets, predictions, sample weights, mask."""
    points, shifted = array((4, 3)), array((4, 3), 50)
    paths, moved = array((2, 4, 3)), array((2, 4, 3), 50)
    chances, ways = probabilities((4, 3), 30), probabilities((2, 4, 3), 30)
    for kind in ["MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh", "CosineSimilarity"]:
        yield from simple(kind, points, shifted, paths, moved)
    yield "MeanSquaredError", {}, array((4,)), array((4, 1), 50), None, None
    yield "MeanSquaredError", {}, paths, moved, None, np.zeros((2, 4), bool)
    yield "MeanAbsoluteError", {}, np.array([[1, 2, 3.0]]), np.array([[1, 2, 4.0]]), None, None
    yield "Huber", {"delta": 0.3}, points, shifted, None, None
    yield "Huber", {"delta": 1.0}, np.array([[0, 0, 0.0]]), np.array([[0, 1, -1.0]]), None, None
    yield "LogCosh", {}, np.array([[0, 0, 0.0]]), np.array([[0, 60, -60.0]]), None, None
    yield "CosineSimilarity", {"axis": 1}, paths, moved, None, None
    yield "CosineSimilarity", {}, np.array([[0, 0.0], [0, 1], [1, 0]]), np.array([[1, 2.0], [0, 0], [1e-9, 0]]), None, None
    for kind in ["MeanAbsolutePercentageError", "MeanSquaredLogarithmicError"]:
        yield from simple(kind, points + 1.5, shifted + 1.5, paths + 1.5, moved + 1.5)
    yield "MeanAbsolutePercentageError", {}, np.array([[0, 1, -2.0]]), np.array([[1e-7, 0, 3]]), None, None
    yield "MeanSquaredLogarithmicError", {}, np.array([[0, -1, 2.0]]), np.array([[0.5, 0, -3]]), None, None

    for kind in ["Hinge", "SquaredHinge"]:
        yield from simple(kind, binary * 2 - 1, shifted, np.sign(paths), moved)
        yield kind, {}, binary, shifted, None, None
        yield kind, {}, np.array([[0, 1, 2.0]]), np.array([[0.5, 1, 0.5]]), None, None
    yield from simple("CategoricalHinge", one_hot, shifted, sequence, moved)
    yield "CategoricalHinge", {}, np.array([[0, 1, 0.0]]), np.array([[0.5, 0.5, 0.5]]), None, None

    yield from simple("KLDivergence", probabilities((4, 3)), chances, probabilities((2, 4, 3)), ways)
    yield "KLDivergence", {}, np.array([[0, 1.0], [1, 0], [0.5, 0.5]]), np.array([[0, 1.0], [0, 1], [1.5, -1]]), None, None
    yield from simple("Poisson", points + 1, shifted + 1.5, paths + 1, moved + 1.5)
    yield "Poisson", {}, np.array([[0, 2.0]]), np.array([[0, 0.001]]), None, None

    yield from simple("CategoricalCrossentropy", one_hot, chances, sequence, ways)
    yield "CategoricalCrossentropy", {}, one_hot, np.abs(array((4, 3), 9)) + 0.01, weights, None
    yield "CategoricalCrossentropy", {"label_smoothing": 0.2}, one_hot, chances, None, None
    yield "CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, one_hot, points, None, None
    yield "CategoricalCrossentropy", {"from_logits": True}, sequence, paths, None, steps
    yield "CategoricalCrossentropy", {"from_logits": True, "axis": 1}, np.moveaxis(sequence, -1, 1), array((2, 3, 4)), None, None
    yield "CategoricalCrossentropy", {}, np.array([[1, 0.0], [0, 1]]), np.array([[0, 1.0], [0, 1]]), None, None
    yield from simple("CategoricalFocalCrossentropy", one_hot, chances, sequence, ways)
    yield "CategoricalFocalCrossentropy", {"alpha": 0.7, "gamma": 1.5, "label_smoothing": 0.1}, one_hot, chances, None, None
    yield "CategoricalFocalCrossentropy", {"from_logits": True}, one_hot, points * 5, None, None
    yield "CategoricalFocalCrossentropy", {"from_logits": True, "axis": 1}, np.moveaxis(sequence, -1, 1), array((2, 3, 4)), None, None
    yield "CategoricalFocalCrossentropy", {"from_logits": True}, np.array([[1, 0.0], [0, 1]]), np.array([[-60, 60.0], [-60, 60]]), None, None
    yield from simple("SparseCategoricalCrossentropy", classes, chances, labels, ways)
    yield "SparseCategoricalCrossentropy", {}, classes, np.abs(array((4, 3), 9)) + 0.01, None, None
    yield "SparseCategoricalCrossentropy", {"from_logits": True}, classes[:, None], points, weights, None
    yield "SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": 2}, classes, points, None, None
    yield "SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": -1}, np.array([2, -1, 1, -1], np.int32), points, weights, None
    yield "SparseCategoricalCrossentropy", {"ignore_class": 2}, labels, ways, None, steps
    yield "SparseCategoricalCrossentropy", {"ignore_class": 0, "reduction": "sum"}, labels, ways, None, None
    yield from simple("BinaryCrossentropy", binary, np.abs(shifted), (paths > 0).astype(np.float32), np.abs(moved))
    yield "BinaryCrossentropy", {}, np.array([1, 0, 1, 0], np.int32), np.abs(array((4, 1), 50)), None, None
    yield "BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, binary, shifted * 20, weights, None
    yield "BinaryCrossentropy", {"axis": 1}, (paths > 0).astype(np.float32), np.abs(moved), None, None
    yield "BinaryCrossentropy", {}, np.array([[1, 0, 1, 0.0]]), np.array([[0, 1, 1, 0.0]]), None, None
    yield from simple("BinaryFocalCrossentropy", binary, np.abs(shifted), (paths > 0).astype(np.float32), np.abs(moved))
    yield "BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.3, "gamma": 3.0}, binary, np.abs(shifted), None, None
    yield "BinaryFocalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, binary, shifted * 20, weights, None
    yield "BinaryFocalCrossentropy", {"axis": 1, "gamma": 0.5}, (paths > 0).astype(np.float32), np.abs(moved), None, None
    yield from simple("CategoricalGeneralizedCrossEntropy", classes, chances, labels, ways)
    yield "CategoricalGeneralizedCrossEntropy", {"q": 0.9}, classes, chances, None, None

    for kind in ["Dice", "Tversky"]:
        yield kind, {}, binary, np.abs(shifted), None, None
        yield kind, {}, binary, np.abs(shifted), weights, None
        yield kind, {"axis": [1]}, binary, np.abs(shifted), None, None
        for reduction in reductions:
            yield kind, {"axis": [1, 2], "reduction": reduction}, sequence, ways, np.array([1, 3], np.float32), None
        yield kind, {"axis": -1}, sequence, ways, None, steps
        yield kind, {}, np.zeros((1, 2)), np.zeros((1, 2)), None, None
    yield "Tversky", {"alpha": 0.3, "beta": 0.8}, binary, np.abs(shifted), None, None

    people = np.array([5, 7, 5, 7, 9], np.int32)
    yield "Circle", {}, people, unit((5, 4)), None, None
    yield "Circle", {}, people[:, None], unit((5, 4)), None, None
    yield "Circle", {"gamma": 2.0, "margin": 0.1}, people, unit((5, 4), 3), np.array([1, 2, 3, 4, 5], np.float32), None
    yield "Circle", {"gamma": 2.0, "remove_diagonal": False}, people, unit((5, 4), 3), None, None
    for reduction in reductions:
        yield "Circle", {"gamma": 2.0, "reduction": reduction}, people, unit((5, 4), 3), np.array([1, 2, 3, 4, 5], np.float32), None
    yield "Circle", {}, np.array([1, 2, 3], np.int32), unit((3, 4)), None, None

    spoken = np.array([[1, 2, 0, 0], [1, 1, 2, 3], [0, 0, 0, 0]], np.int32)
    yield "CTC", {}, spoken, array((3, 6, 4)) * 3, None, None
    yield "CTC", {}, spoken[:, :1], array((3, 6, 4)) * 3, None, None
    for reduction in reductions:
        yield "CTC", {"reduction": reduction}, spoken, array((3, 6, 4), 5), np.array([1, 2, 3], np.float32), None
    yield "CTC", {}, np.array([[1, 1, 1]], np.int32), array((1, 5, 3)) * 40, None, None
    too_long = np.array([[1, 2, 3, 1, 2], [1, 1, 1, 0, 0], [2, 3, 0, 0, 0]], np.int32)
    yield "CTC", {"reduction": "none"}, too_long, array((3, 3, 4), 7), None, None
    yield "CTC", {}, too_long[:2], array((2, 2, 4), 9) * 3, None, None


def losses_golden() -> list[dict]:
    counts: dict[str, int] = {}
    out = []
    for kind, config, y_true, y_pred, weight, mask in cases():
        counts[kind] = counts.get(kind, 0) + 1
        y_true = np.asarray(y_true, np.int32 if np.asarray(y_true).dtype == np.int32 else np.float32)
        y_pred = np.asarray(y_pred, np.float32)
        prediction = masked(y_pred, mask)
        with tf.GradientTape() as tape:
            tape.watch(prediction)
            value = getattr(keras.losses, kind)(**config)(y_true, prediction, sample_weight=weight)
            total = tf.reduce_sum(value)
        out.append(
            {
                "id": f"{kind}/{counts[kind]}",
                "type": kind,
                "config": config,
                "yTrue": tensor(y_true),
                "yPred": tensor(y_pred),
                "sampleWeight": None if weight is None else tensor(np.asarray(weight, np.float32)),
                "mask": None if mask is None else tensor(mask),
                "value": tensor(value),
                "gradient": tensor(tape.gradient(total, prediction)),
            }
        )
    return out
