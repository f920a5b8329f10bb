"""Every metric over several batches, the last one smaller: what it comes to after each, with weights and masks."""

import keras
import numpy as np
import tensorflow as tf

from .files import tensor
from .measure_data import array, masked, probabilities

# (batch, first number of the data)
_BATCHES = ((4, 0), (2, 40), (1, 90))


def _batches(true, pred, weight=None, mask=None):
    """Each argument makes an array from the size and the number of a batch."""
    out = []
    for size, start in _BATCHES:
        values = [None if make is None else np.asarray(make(size, start)) for make in (true, pred, weight, mask)]
        out.append(values)
    return out


def numbers(*shape):
    return lambda size, start: array((size, *shape), start)


def others(*shape):
    return lambda size, start: array((size, *shape), start + 500)


def above(*shape, limit=0.0):
    return lambda size, start: (array((size, *shape), start + 7) > limit).astype(np.float32)


def chances(*shape):
    return lambda size, start: np.abs(array((size, *shape), start + 300))


def shares(*shape):
    return lambda size, start: probabilities((size, *shape), start + 300)


def classes(count, *shape):
    return lambda size, start: ((array((size, *shape), start + 11) + 1) / 2 * count).astype(np.int32)


def one_hot(count, *shape):
    return lambda size, start: np.eye(count, dtype=np.float32)[classes(count, *shape)(size, start)]


def weights(*shape):
    return lambda size, start: np.round((array((size, *shape), start + 77) + 1) * 4) / 4


def whole_weights(*shape):
    return lambda size, start: np.round((array((size, *shape), start + 77) + 1) * 2).astype(np.float32)


def steps(*shape):
    return lambda size, start: array((size, *shape), start + 3) > -0.5


def plus(make, number):
    return lambda size, start: make(size, start) + np.float32(number)


def _means():
    """Metrics that are means of values: alone, weighted, over time, over time with weights and masks."""
    pairs = {
        "MeanSquaredError": (numbers, others),
        "MeanAbsoluteError": (numbers, others),
        "LogCoshError": (numbers, others),
        "CosineSimilarity": (numbers, others),
        "RootMeanSquaredError": (numbers, others),
        "PearsonCorrelation": (numbers, others),
        "ConcordanceCorrelation": (numbers, others),
        "MeanAbsolutePercentageError": (lambda *s: plus(numbers(*s), 1.5), lambda *s: plus(others(*s), 1.5)),
        "MeanSquaredLogarithmicError": (lambda *s: plus(numbers(*s), 1.5), lambda *s: plus(others(*s), 1.5)),
        "Poisson": (lambda *s: plus(numbers(*s), 1), lambda *s: plus(others(*s), 1.5)),
        "Hinge": (above, others),
        "SquaredHinge": (above, others),
        "BinaryAccuracy": (above, chances),
        "BinaryCrossentropy": (above, chances),
        "Accuracy": (lambda *s: classes(3, *s), lambda *s: plus(classes(3, *s[:-1], s[-1]), 0)),
        "KLDivergence": (shares, lambda *s: lambda size, start: probabilities((size, *s), start + 600)),
        "CategoricalAccuracy": (lambda *s: one_hot(s[-1], *s[:-1]), shares),
        "CategoricalCrossentropy": (lambda *s: one_hot(s[-1], *s[:-1]), shares),
        "CategoricalHinge": (lambda *s: one_hot(s[-1], *s[:-1]), others),
        "TopKCategoricalAccuracy": (lambda *s: one_hot(s[-1], *s[:-1]), shares),
        "SparseCategoricalAccuracy": (lambda *s: classes(s[-1], *s[:-1]), shares),
        "SparseCategoricalCrossentropy": (lambda *s: classes(s[-1], *s[:-1]), shares),
        "SparseTopKCategoricalAccuracy": (lambda *s: classes(s[-1], *s[:-1]), shares),
    }
    for kind, (true, pred) in pairs.items():
        config = {"k": 2} if "TopK" in kind else {}
        yield kind, config, _batches(true(4), pred(4))
        yield kind, config, _batches(true(4), pred(4), weights())
        yield kind, config, _batches(true(3, 3), pred(3, 3), None, steps(3))
        yield kind, config, _batches(true(3, 3), pred(3, 3), weights(1), steps(3))
        yield kind, config, _batches(true(3, 3), pred(3, 3), weights(3))
        yield kind, config, _batches(true(3, 3), pred(3, 3), weights(3), steps(3))
    yield "BinaryAccuracy", {"threshold": 0.3}, _batches(above(1), chances(1))
    yield "BinaryAccuracy", {}, _batches(above(), chances(1))
    yield "BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, _batches(above(2), others(2))
    yield "CategoricalCrossentropy", {"label_smoothing": 0.2, "axis": -1}, _batches(one_hot(3), shares(3))
    yield "CategoricalCrossentropy", {"from_logits": True}, _batches(one_hot(3), others(3))
    yield "SparseCategoricalCrossentropy", {"from_logits": True}, _batches(classes(3), others(3))
    yield "SparseCategoricalCrossentropy", {"ignore_class": 1}, _batches(classes(3), shares(3))
    yield "SparseCategoricalCrossentropy", {"ignore_class": 1}, _batches(classes(3), shares(3), weights())
    yield "SparseCategoricalCrossentropy", {"ignore_class": 1}, _batches(classes(3, 3), shares(3, 3), None, steps(3))
    yield "SparseCategoricalCrossentropy", {"ignore_class": 1}, _batches(classes(3, 3), shares(3, 3), weights(3), steps(3))
    yield "SparseCategoricalAccuracy", {}, _batches(classes(3, 1), shares(3), weights())
    yield "CosineSimilarity", {"axis": 1}, _batches(numbers(3, 3), others(3, 3))
    yield "PearsonCorrelation", {"axis": 1}, _batches(numbers(3, 3), others(3, 3))
    yield "ConcordanceCorrelation", {"axis": 1}, _batches(numbers(3, 3), others(3, 3))
    yield "TopKCategoricalAccuracy", {}, _batches(one_hot(7), shares(7))
    yield "SparseTopKCategoricalAccuracy", {}, _batches(classes(7), shares(7))
    tied = lambda size, start: np.array([[0.2, 0.2, 0.2, 0.4]] * size, np.float32)
    yield "SparseTopKCategoricalAccuracy", {"k": 2}, _batches(classes(4), tied)
    ranked = lambda size, start: np.argsort(array((size, 5), start), axis=-1).astype(np.float32)
    yield "SparseTopKCategoricalAccuracy", {"k": 3, "from_sorted_ids": True}, _batches(classes(5), ranked)
    yield "SparseTopKCategoricalAccuracy", {"k": 9, "from_sorted_ids": True}, _batches(classes(7), ranked)
    yield "RootMeanSquaredError", {}, _batches(numbers(), others(1))
    for kind in ("Mean", "Sum"):
        yield kind, {}, _batches(numbers(), chances())
        yield kind, {}, _batches(numbers(4), chances(4))
        yield kind, {}, _batches(numbers(4), chances(1))


def _counts():
    edges = lambda size, start: np.array([[0, 1, 0.5, 0.25, 0.75, 1.5, -0.5]] * size, np.float32)
    for kind in ("FalseNegatives", "FalsePositives", "TrueNegatives", "TruePositives", "Precision", "Recall"):
        yield kind, {}, _batches(above(), chances())
        yield kind, {}, _batches(above(), chances(1), weights())
        yield kind, {}, _batches(above(3), chances(3), weights())
        yield kind, {"thresholds": 0.3}, _batches(above(3), chances(3), weights(3))
        yield kind, {"thresholds": [0.2, 0.9, 0.5]}, _batches(above(3), chances(3), weights())
        yield kind, {"thresholds": [0.0, 0.25, 0.5, 0.75, 1.0]}, _batches(above(7), edges)
        yield kind, {"thresholds": [0.0, 0.5, 1.0]}, _batches(above(3, 3), chances(3, 3), weights(3))
    for kind in ("Precision", "Recall"):
        yield kind, {"top_k": 2}, _batches(above(4), chances(4))
        yield kind, {"top_k": 2, "thresholds": 0.4}, _batches(above(4), chances(4), weights())
        yield kind, {"class_id": 1}, _batches(above(3), chances(3), weights())
        yield kind, {"class_id": 2, "top_k": 2}, _batches(above(4), chances(4))
        yield kind, {"thresholds": [0.0, 0.5, 1.0], "class_id": 0}, _batches(above(3), chances(3))
        yield kind, {}, _batches(above(3, limit=2.0), lambda size, start: array((size, 3), start) * 0)
    limits = {
        "PrecisionAtRecall": "recall",
        "RecallAtPrecision": "precision",
        "SensitivityAtSpecificity": "specificity",
        "SpecificityAtSensitivity": "sensitivity",
    }
    for kind, limit in limits.items():
        for value in (0.0, 0.4, 0.5, 0.8, 1.0):
            yield kind, {limit: value}, _batches(above(), chances())
        yield kind, {limit: 0.5}, _batches(above(3), chances(3), weights())
        yield kind, {limit: 0.3, "num_thresholds": 7, "class_id": 1}, _batches(above(3), chances(3), weights())
        yield kind, {limit: 0.3, "num_thresholds": 1}, _batches(above(3), chances(3))
        yield kind, {limit: 0.3, "num_thresholds": 2}, _batches(above(3), chances(3))


def _areas():
    for curve in ("ROC", "PR", "PRGAIN"):
        for method in ("interpolation", "majoring", "minoring"):
            config = {"curve": curve, "summation_method": method}
            yield "AUC", config, _batches(above(), chances())
            yield "AUC", {**config, "num_thresholds": 9}, _batches(above(3), chances(3), weights())
    yield "AUC", {}, _batches(above(1), chances(1), weights())
    yield "AUC", {"from_logits": True}, _batches(above(1), others(1))
    yield "AUC", {"thresholds": [0.7, 0.1, 0.4]}, _batches(above(3), chances(3), weights())
    yield "AUC", {"thresholds": [0.5]}, _batches(above(3), chances(3))
    yield "AUC", {"label_weights": [1.0, 2.0, 0.5]}, _batches(above(3), chances(3), weights())
    yield "AUC", {"label_weights": [1.0, 2.0, 0.5], "thresholds": [0.3, 0.4]}, _batches(above(3), chances(3))
    for curve in ("ROC", "PR"):
        config = {"multi_label": True, "num_labels": 3, "curve": curve}
        yield "AUC", config, _batches(above(3), chances(3))
        yield "AUC", {**config, "num_thresholds": 5}, _batches(above(3), chances(3), weights())
        yield "AUC", {**config, "label_weights": [1.0, 2.0, 0.5]}, _batches(above(3), chances(3))
        yield "AUC", {**config, "thresholds": [0.3, 0.4]}, _batches(above(3), chances(3), weights())
    yield "AUC", {}, _batches(lambda size, start: np.ones(size, np.float32), chances())
    yield "AUC", {}, _batches(above(), lambda size, start: np.array([0, 1, 1, 0], np.float32)[:size])


def _scores():
    for kind in ("F1Score", "FBetaScore"):
        for average in (None, "micro", "macro", "weighted"):
            yield kind, {"average": average}, _batches(one_hot(3), shares(3))
            yield kind, {"average": average, "threshold": 0.4}, _batches(above(3), chances(3), weights())
    yield "FBetaScore", {"beta": 2.0, "average": "macro"}, _batches(one_hot(3), shares(3))
    yield "F1Score", {}, _batches(above(1), chances(1))
    yield "F1Score", {"average": "macro"}, _batches(above(3), lambda size, start: np.zeros((size, 3), np.float32))
    for aggregation in ("uniform_average", "variance_weighted_average", None):
        config = {"class_aggregation": aggregation}
        yield "R2Score", config, _batches(numbers(3), lambda size, start: numbers(3)(size, start) * 0.8 + 0.1)
        yield "R2Score", config, _batches(numbers(3), others(3), weights())
    yield "R2Score", {}, _batches(numbers(), others(1), weights(1))
    yield "R2Score", {"num_regressors": 2}, _batches(numbers(1), others(1))
    yield "R2Score", {"num_regressors": 3}, _batches(numbers(1), others(1))
    yield "R2Score", {}, _batches(lambda size, start: np.full((size, 1), 0.5, np.float32), others(1))


def _overlaps():
    yield "BinaryIoU", {}, _batches(above(3), chances(3))
    yield "BinaryIoU", {"target_class_ids": [1], "threshold": 0.3}, _batches(above(3), chances(3), whole_weights(3))
    yield "BinaryIoU", {"dtype": "float32"}, _batches(above(3), chances(3), weights(3))
    for config in ({}, {"ignore_class": 0}, {"ignore_class": -1}):
        yield "IoU", {"num_classes": 3, "target_class_ids": [0, 2], **config}, _batches(classes(3, 6), others_of(3))
        yield "MeanIoU", {"num_classes": 3, **config}, _batches(classes(3, 6), others_of(3))
    yield "MeanIoU", {"num_classes": 3}, _batches(classes(3, 6), others_of(3), weights(6))
    yield "MeanIoU", {"num_classes": 3, "dtype": "float32"}, _batches(classes(3, 6), others_of(3), weights(6))
    yield "MeanIoU", {"num_classes": 3}, _batches(classes(3), lambda size, start: classes(3)(size, start + 9), whole_weights())
    yield "MeanIoU", {"num_classes": 2}, _batches(classes(3, 6), others_of(3))
    yield "MeanIoU", {"num_classes": 5}, _batches(classes(3, 6), others_of(3))
    yield "MeanIoU", {"num_classes": 3, "sparse_y_pred": False}, _batches(classes(3, 6), shares(6, 3))
    yield "MeanIoU", {"num_classes": 3, "sparse_y_pred": False, "sparse_y_true": False}, _batches(one_hot(3, 6), shares(6, 3))
    yield "OneHotIoU", {"num_classes": 3, "target_class_ids": [0, 2]}, _batches(one_hot(3, 6), shares(6, 3))
    yield "OneHotIoU", {"num_classes": 3, "target_class_ids": [1], "sparse_y_pred": True}, _batches(one_hot(3, 6), others_of(3))
    yield "OneHotMeanIoU", {"num_classes": 3}, _batches(one_hot(3, 6), shares(6, 3), whole_weights(6))
    yield "OneHotMeanIoU", {"num_classes": 3, "ignore_class": 1}, _batches(one_hot(3, 6), shares(6, 3))


def others_of(count):
    return lambda size, start: classes(count, 6)(size, start + 200)


def metrics_golden() -> list[dict]:
    counts: dict[str, int] = {}
    out = []
    for kind, config, batches in [*_means(), *_counts(), *_areas(), *_scores(), *_overlaps()]:
        counts[kind] = counts.get(kind, 0) + 1
        keras.utils.clear_session()
        metric = getattr(keras.metrics, kind)(**config)
        rows = []
        for true, pred, weight, mask in batches:
            true = true.astype(np.int32 if true.dtype.kind == "i" else np.float32)
            pred = pred.astype(np.float32)
            arguments = [tf.constant(true), masked(pred, mask)]
            if weight is not None:
                arguments.append(tf.constant(weight.astype(np.float32)))
            metric.update_state(*arguments)
            rows.append(
                {
                    "yTrue": tensor(true),
                    "yPred": tensor(pred),
                    "sampleWeight": None if weight is None else tensor(weight.astype(np.float32)),
                    "mask": None if mask is None else tensor(mask),
                    "result": np.asarray(metric.result(), np.float64).tolist(),
                }
            )
        out.append({"id": f"{kind}/{counts[kind]}", "type": kind, "name": metric.name, "config": config, "batches": rows})
    return out
