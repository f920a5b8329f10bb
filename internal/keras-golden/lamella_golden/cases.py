"""The golden of one layer case: what Keras does with a chain of layers."""

import inspect

import keras
import numpy as np
import tensorflow as tf

from .config import Builder, snake
from .data import cotangent, input_data, weight_data
from .documented import inference_mode
from .files import tensor

_INPUT_ARGS = {"countWeights", "initialState", "mask", "states", "attentionMask", "valueMask", "keyMask"}


class Operation:
    """A function of keras.ops with the case's arguments: positional ones, then a last dict as keywords."""

    _call_has_training_arg = False

    def __init__(self, spec: dict):
        self.function = getattr(keras.ops, snake(spec["op"]))
        *positional, last = [*spec.get("arguments", []), {}] if not _ends_in_options(spec) else spec["arguments"]
        self.positional = [_key(value) for value in positional] if spec["op"] == "getItem" else positional
        self.keywords = {snake(name): value for name, value in last.items()}
        self.before = spec.get("before", [])
        self.takes_list = spec.get("list", False)

    def __call__(self, x):
        tensors = list(x) if isinstance(x, (list, tuple)) else [x]
        leading = [tensors] if self.takes_list else tensors
        return self.function(*self.before, *leading, *self.positional, **self.keywords)


def _key(entries: list) -> tuple:
    """An index of Python: ranges are records, the ellipsis is a text."""
    ranges = [slice(e.get("start"), e.get("stop"), e.get("step")) if isinstance(e, dict) else e for e in entries]
    return tuple(Ellipsis if isinstance(e, str) else e for e in ranges)


def _ends_in_options(spec: dict) -> bool:
    arguments = spec.get("arguments", [])
    return bool(arguments) and isinstance(arguments[-1], dict)


class Chain:
    """The layers of a case, callable on symbolic or on concrete inputs."""

    def __init__(self, case: dict):
        builder = Builder()
        self.specs = case["layers"]
        self.layers = [Operation(spec) if "op" in spec else builder.layer(spec) for spec in self.specs]
        if case.get("compiled"):
            for layer in self.layers:
                layer.call = tf.function(layer.call, jit_compile=True)

    def _arguments(self, spec: dict, inputs: list) -> dict:
        arguments = {}
        for key, value in spec.get("args", {}).items():
            if key in _INPUT_ARGS:
                value = keras.tree.map_structure(lambda k: None if k is None else inputs[k], value)
            arguments[snake(key)] = value
        return arguments

    def __call__(self, inputs: list, training: bool | None = None):
        named = set()
        for spec in self.specs:
            for key in _INPUT_ARGS & set(spec.get("args", {})):
                named.update(keras.tree.flatten(spec["args"][key]))
        x = [value for k, value in enumerate(inputs) if k not in named]
        x = x[0] if len(x) == 1 else x
        for layer, spec in zip(self.layers, self.specs):
            if isinstance(layer, Operation):
                x = layer(x)
                continue
            arguments = self._arguments(spec, inputs)
            if training is not None and layer._call_has_training_arg:
                arguments["training"] = training
            x = layer(*_positional(layer, x, arguments), **arguments)
        return x


def _positional(layer: keras.layers.Layer, x, arguments: dict) -> list:
    """MultiHeadAttention and its like take query and value; everything else takes one argument."""
    empty = inspect.Parameter.empty
    required = [
        p
        for p in inspect.signature(layer.call).parameters.values()
        if p.default is empty
        and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        and p.name not in arguments
    ]
    if len(required) < 2:
        return [list(x) if isinstance(x, tuple) else x]
    return list(x) if isinstance(x, list) else [x] * len(required)


def _flat(value) -> list:
    return keras.tree.flatten(value)


def _is_float(dtype) -> bool:
    return keras.backend.is_float_dtype(keras.backend.standardize_dtype(dtype))


def _fill_weights(case_id: str, model: keras.Model) -> None:
    index = 0
    for weight in model.weights:
        if _is_float(weight.dtype):
            weight.assign(weight_data(case_id, index, weight.name, tuple(weight.shape)).astype(weight.dtype))
            index += 1
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def _states(model: keras.Model) -> list:
    """What stateful recurrent layers remember, in the order of their weights; Keras does not count it among these."""
    layers = [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.RNN)]
    places = {id(weight): place for place, weight in enumerate(model.weights)}
    layers.sort(key=lambda layer: places[id(layer.weights[0])])
    return _flat([layer.states for layer in layers if layer.states is not None])


def _snapshot(variables: list) -> list[np.ndarray]:
    return [np.array(keras.ops.convert_to_numpy(v)) for v in variables]


def _changes(variables: list, before: list[np.ndarray]) -> list[dict]:
    return [
        {"path": v.path, "value": tensor(now)}
        for v, old, now in zip(variables, before, _snapshot(variables))
        if not np.array_equal(old, now)
    ]


class Runner:
    """Calls a model and puts its weights and states back afterwards."""

    def __init__(self, model: keras.Model):
        self.model = model
        self.variables = [*model.weights, *_states(model)]
        self.before = _snapshot(self.variables)

    def restore(self) -> None:
        for variable, value in zip(self.variables, self.before):
            variable.assign(value)

    def forward(self, inputs: list, training: bool | None) -> tuple[list[np.ndarray], dict]:
        outputs = [keras.ops.convert_to_numpy(y) for y in _flat(self.model(inputs, training=training))]
        golden = {
            "outputs": [tensor(y) for y in outputs],
            "updates": _changes(self.variables, self.before),
            "addedLosses": [float(value) for value in self.model.losses],
        }
        return outputs, golden


def _gradients(case_id: str, model: keras.Model, inputs: list, training: bool | None) -> dict | None:
    """Gradients of sum(output * cotangent) over the float outputs."""
    floats = [x for x in inputs if _is_float(x.dtype)]
    with tf.GradientTape() as tape:
        tape.watch(floats)
        outputs = _flat(model(inputs, training=training))
        terms = []
        for k, y in enumerate(outputs):
            if _is_float(y.dtype):
                dtype = tf.float64 if y.dtype == tf.float64 else tf.float32
                terms.append(tf.reduce_sum(tf.cast(y, dtype) * tf.cast(cotangent(case_id, k, tuple(y.shape)), dtype)))
        if not terms:
            return None
        loss = tf.add_n([tf.cast(term, terms[0].dtype) for term in terms])
    weights = [w for w in model.trainable_weights if _is_float(w.dtype)]
    sources = floats + [w.value for w in weights]
    found = tape.gradient(loss, sources, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    found = [tensor(tf.convert_to_tensor(g)) for g in found]
    by_input = iter(found[: len(floats)])
    return {
        "loss": float(loss),
        "inputs": [next(by_input) if _is_float(x.dtype) else None for x in inputs],
        "weights": [{"path": w.path, "value": g} for w, g in zip(weights, found[len(floats) :])],
    }


def _mask(value) -> dict | None:
    mask = keras.src.backend.get_keras_mask(value)
    return None if mask is None else tensor(mask)


def _same(left: list[np.ndarray], right: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in zip(left, right))


def layer_golden(case: dict) -> dict:
    keras.utils.clear_session()
    case_id, specs = case["id"], case["inputs"]
    chain = Chain(case)
    symbolic = [
        keras.Input(
            batch_shape=tuple(spec.get("symbolic") or [None, *spec["shape"][1:]]),
            dtype=spec.get("dtype", "float32"),
            name=f"input_{k}",
        )
        for k, spec in enumerate(specs)
    ]
    model = keras.Model(symbolic, _flat(chain(symbolic)))
    _fill_weights(case_id, model)
    runner = Runner(model)
    inputs = [tf.constant(input_data(case_id, k, spec)) for k, spec in enumerate(specs)]
    trainable = {id(w) for w in model.trainable_weights}

    idle = inference_mode(case)
    outputs, inference = runner.forward(inputs, training=idle)
    golden = {
        "id": case_id,
        "weights": [
            {"path": w.path, "shape": list(w.shape), "dtype": w.dtype, "trainable": id(w) in trainable}
            for w in model.weights
        ],
        "outputShapes": [list(y.shape) for y in model.outputs],
        "outputs": inference["outputs"],
    }
    if inference["updates"]:
        golden["updates"] = inference["updates"]
        golden["secondOutputs"] = runner.forward(inputs, training=idle)[1]["outputs"]
    if inference["addedLosses"]:
        golden["addedLosses"] = inference["addedLosses"]
    runner.restore()

    differs = False
    if not case.get("random"):
        trained, golden["training"] = runner.forward(inputs, training=True)
        runner.restore()
        differs = golden["training"]["updates"] != inference["updates"] or not _same(outputs, trained)
        if not golden["training"]["addedLosses"]:
            del golden["training"]["addedLosses"]

    masks = [_mask(y) for y in _flat(chain(inputs, training=idle))]
    runner.restore()
    golden["mask"] = masks[0]
    if any(mask is not None for mask in masks[1:]):
        golden["masks"] = masks

    if "gradients" not in case:
        gradients = _gradients(case_id, model, inputs, training=idle)
        runner.restore()
        if gradients:
            golden["gradients"] = gradients
            if differs:
                golden["trainingGradients"] = _gradients(case_id, model, inputs, training=True)
    return golden
