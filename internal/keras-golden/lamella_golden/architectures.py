"""The models of examples/zoo in Keras: their structures, and what they give with weights made from their names.

keras.applications has most of them; the others stand in architecture_models.py.
"""

import dataclasses
import json
import math
import re

import keras
import numpy as np
import tensorflow as tf
from keras.src.applications import convnext

from . import architecture_models
from .bits import key_of, uniform
from .config import Builder, LayerScale, snake
from .data import input_data
from .files import compact, tensor
from .trajectories import precision, with_dense_gradients

# Large weights repeat after so many numbers. A prime: no two rows of a kernel are equal.
PERIOD = 65537
# What a flipped weight must move, and what must differ between the samples.
VISIBLE = 0.1
# Settings that outputs on given weights do not show: how weights start, and what only training does.
UNSEEN = re.compile(r".*_initializer|init_values|.*dropout|momentum|noise_shape|rate")
LEARNING_RATE = 0.01

convnext.LayerScale = LayerScale


def build(name: str, options: dict) -> keras.Model:
    keras.utils.clear_session()
    options = {snake(key): value for key, value in options.items()}
    own = getattr(architecture_models, snake(name), None)
    if own is not None:
        return own(**options)
    return getattr(keras.applications, name[0].upper() + name[1:])(weights=None, **options)


def _random(name: str, path: str, shape: tuple) -> np.ndarray:
    size = math.prod(shape)
    values = uniform(key_of(name, "weight", path), min(size, PERIOD)).astype(np.float64)
    return np.resize(values, size).reshape(shape)


def initial_weight(name: str, path: str, shape: tuple, statistics: dict) -> np.ndarray:
    """float32 always; computed in float64 and rounded once."""
    values = _random(name, path, shape)
    layer, _, leaf = path.rpartition("/")
    found = statistics.get(layer, {})
    if leaf == "gamma":
        values = 1 + values / 4
    elif leaf == "beta":
        values = values / 4
    elif leaf == "moving_mean":
        values = found.get("mean", 0) + 0 * values
    elif leaf.endswith("variance"):
        values = found.get("variance", 1) * (1 + values / 4)
    elif leaf == "bias" and "bias" in found:
        values = np.array(found["bias"])
    elif leaf != "embeddings" and len(shape) > 1:
        receptive = shape[:2] if leaf == "depthwise_kernel" else shape[:-1]
        values = values * math.sqrt(6 / math.prod(receptive)) * found.get("scale", 1)
    else:
        values = values / 4
    return values.astype(np.float32)


def _fill(name: str, model: keras.Model, statistics: dict) -> None:
    for weight in model.weights:
        if keras.backend.is_float_dtype(weight.dtype):
            weight.assign(initial_weight(name, weight.path, tuple(weight.shape), statistics))
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def _short(value) -> float:
    return float(f"{float(value):.4g}")


def _calibrate(case: dict, model: keras.Model, inputs) -> dict:
    """Statistics for batch normalizations, and a head whose logits differ, taken in one pass from the first layer to the last."""
    name, statistics = case["model"], {}
    watched = []

    def watch(layer: keras.Layer, measure) -> None:
        call = layer.call
        watched.append((layer, call))

        def measured(x, *args, **kwargs):
            if layer.path not in statistics:
                statistics[layer.path] = measure(layer, np.asarray(x, np.float64))
                for weight in layer.weights:
                    weight.assign(initial_weight(name, weight.path, tuple(weight.shape), statistics))
            return call(x, *args, **kwargs)

        layer.call = measured

    def moments(_, x: np.ndarray) -> dict:
        return {"mean": _short(x.mean()), "variance": _short(x.var())}

    def head(layer: keras.Layer, x: np.ndarray) -> dict:
        kernel = np.asarray(layer.kernel, np.float64)
        logits = (x @ kernel.reshape(-1, kernel.shape[-1])).reshape(-1, kernel.shape[-1])
        mean = logits.mean(axis=0)
        scale = _short(2 / (logits - mean).std())
        return {"scale": scale, "bias": [_short(-scale * value) for value in mean]}

    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            watch(layer, moments)
        elif layer.path == case["head"]:
            watch(layer, head)
    if case["head"] not in [layer.path for layer, _ in watched]:
        raise ValueError(f"{name} has no layer '{case['head']}'")
    model(inputs, training=False)
    for layer, call in watched:
        layer.call = call
    return statistics


def _outputs(model: keras.Model, inputs) -> list[np.ndarray]:
    return [np.asarray(y) for y in keras.tree.flatten(model(inputs, training=False))]


def _flip(case: dict, model: keras.Model) -> None:
    weights = {weight.path: weight for weight in model.weights}
    if case["flipped"] not in weights:
        raise ValueError(f"no weight is called '{case['flipped']}': {', '.join(weights)}")
    weight = weights[case["flipped"]]
    weight.assign(np.asarray(weight)[::-1])


def _losses(case: dict, model: keras.Model, inputs, targets: np.ndarray) -> list[float]:
    """Losses of a few steps on the same samples: those from the second on follow from gradients."""
    training = case["training"]
    optimizer = with_dense_gradients(keras.optimizers.SGD(LEARNING_RATE))
    model.compile(optimizer=optimizer, loss=Builder().loss(training["loss"]), jit_compile=False)
    return [float(model.train_on_batch(inputs, targets)) for _ in range(training["steps"])]


def _data(case: dict, index: int, spec: dict, dtype: str) -> np.ndarray:
    values = input_data(case["model"], index, spec)
    return values.astype(dtype) if values.dtype == np.float32 else values


@dataclasses.dataclass
class Run:
    """What a model gives with its weights, with one of them flipped, and when it is trained."""

    model: keras.Model
    statistics: dict
    outputs: list[np.ndarray]
    flipped: list[np.ndarray]
    losses: list[float]


def _run(case: dict, dtype: str, statistics: dict | None = None) -> Run:
    name = case["model"]
    with precision(dtype):
        model = build(name, case["options"])
        inputs = [tf.constant(_data(case, k, spec, dtype)) for k, spec in enumerate(case["inputs"])]
        inputs = inputs[0] if len(inputs) == 1 else inputs
        _fill(name, model, statistics or {})
        if statistics is None:
            statistics = _calibrate(case, model, inputs)
        outputs = _outputs(model, inputs)
        _flip(case, model)
        flipped = _outputs(model, inputs)
        losses = []
        if "training" in case:
            _fill(name, model, statistics)
            losses = _losses(case, model, inputs, _data(case, len(case["inputs"]), case["training"]["targets"], dtype))
        return Run(model, statistics, outputs, flipped, losses)


def _largest(left: list, right: list) -> float:
    return max(float(np.abs(a.astype(np.float64) - b).max()) for a, b in zip(left, right, strict=True))


def _shapes(model: keras.Model, layer: keras.Layer) -> list:
    nodes = [node for nodes in model._nodes_by_depth.values() for node in nodes]
    return [list(x.shape) for node in nodes if node.operation is layer for x in node.outputs]


def _plain(setting):
    """An initializer as `{ type, config }` without what it leaves open; anything else as it is."""
    if not isinstance(setting, dict):
        return setting
    config = {key: value for key, value in setting["config"].items() if value is not None}
    return {"type": setting["class_name"], "config": config}


def _unseen(model: keras.Model) -> list:
    """Unseen settings of the layers, each with the places of those that have them. Nested models are left out."""
    places: dict[str, list[int]] = {}
    for place, layer in enumerate(model.layers):
        config = {} if isinstance(layer, keras.Model) else layer.get_config()
        settings = {key: _plain(value) for key, value in config.items() if UNSEEN.fullmatch(key)}
        if settings:
            places.setdefault(compact(settings), []).append(place)
    return [[json.loads(settings), found] for settings, found in places.items()]


def architecture_golden(case: dict) -> dict:
    name = case["model"]
    parameters = build(name, {}).count_params()
    single = _run(case, "float32")
    double = _run(case, "float64", single.statistics)
    for y in single.outputs:
        if not float(np.ptp(y, axis=0).max()) > VISIBLE:
            raise ValueError(f"{name}: the outputs of the samples are too much alike: {y}")
    moved = _largest(single.outputs, single.flipped)
    if not moved > VISIBLE:
        raise ValueError(f"{name}: flipping '{case['flipped']}' moves the outputs by {moved} only")
    model = single.model
    golden = {
        "model": name,
        "parameters": parameters,
        "smallParameters": model.count_params(),
        "layers": [[layer.name, type(layer).__name__, _shapes(model, layer)] for layer in model.layers],
        "unseen": _unseen(model),
        "weights": [[weight.path, list(weight.shape)] for weight in model.weights],
        "statistics": single.statistics,
        "outputs": [tensor(y) for y in single.outputs],
        "distance": _largest(single.outputs, double.outputs),
        "flippedOutputs": [tensor(y) for y in single.flipped],
        "flippedDistance": _largest(single.flipped, double.flipped),
    }
    if single.losses:
        golden["losses"] = single.losses
        golden["losses64"] = double.losses
    return golden
