"""How Keras 3 serializes models: every layer case, models of models, and what models are compiled with."""

import inspect
import json

import keras
import numpy as np
from keras import layers, ops
from keras.src.saving import serialization_lib

from .bits import key_of, uniform
from .cases import Chain, _flat
from .files import tensor
from .memory_store import saved_arrays


def numbered(value, numbers: dict):
    """Shared objects by numbers from 1, and not by their addresses."""
    if isinstance(value, list):
        return [numbered(item, numbers) for item in value]
    if not isinstance(value, dict):
        return value
    out = {key: numbered(item, numbers) for key, item in value.items()}
    if "shared_object_id" in out:
        out["shared_object_id"] = numbers.setdefault(out["shared_object_id"], len(numbers) + 1)
    return out


def serialized(value):
    """As it stands in a file."""
    with serialization_lib.ObjectSharingScope():
        return numbered(json.loads(json.dumps(serialization_lib.serialize_keras_object(value))), {})


def case_config(case: dict) -> dict:
    keras.utils.clear_session()
    chain = Chain({**case, "compiled": False})
    inputs = [
        keras.Input(
            batch_shape=tuple(spec.get("symbolic") or [None, *spec["shape"][1:]]),
            dtype=spec.get("dtype", "float32"),
            name=f"input_{k}",
        )
        for k, spec in enumerate(case["inputs"])
    ]
    model = keras.Model(inputs, _flat(chain(inputs)), name="case")
    weights = [[path, list(value.shape)] for path, value in saved_arrays(model).items()]
    return {"id": case["id"], "config": serialized(model), "weights": weights}


def nested():
    x = keras.Input((8,), name="x")
    within = keras.Input((8,), name="within")
    normalized = layers.BatchNormalization(name="normalization")(within)
    inner = keras.Model(within, layers.Dense(4, name="inner_dense")(normalized), name="inner")
    stack = keras.Sequential([layers.Dense(8, name="first"), layers.Dense(8, name="second")], name="stack")
    y = inner(stack(x))
    return keras.Model(x, [layers.Add(name="add")([y, inner(x)]), y], name="nested")


def shared():
    a, b = keras.Input((6,), name="a"), keras.Input((6,), name="b")
    dense = layers.Dense(5, name="both")
    joined = layers.Concatenate(name="joined")([dense(b), dense(a)])
    frozen = layers.Dense(2, name="frozen", trainable=False)(joined)
    return keras.Model([a, b], {"second": frozen, "first": joined}, name="shared")


def records():
    inputs = {"zeta": keras.Input((3,), name="i0"), "alpha": keras.Input((4,), name="i1")}
    inner = keras.Model(inputs, layers.Concatenate(name="joined")([inputs["zeta"], inputs["alpha"]]), name="inner")
    p, q = keras.Input((3,), name="p"), keras.Input((4,), name="q")
    return keras.Model([p, q], layers.Dense(2, name="dense")(inner({"zeta": p, "alpha": q})), name="records")


def indexed():
    x = keras.Input((None, 6), name="x")
    reversed_steps = x[:, :-1, ::-1]
    parts = [x[:, -1], x[:, 0, 1:5:2], reversed_steps, x[..., None], x[:, 1:, ...]]
    return keras.Model(x, [*parts, ops.mean(reversed_steps, axis=1), x * 2 + 1, 1 - x, -x, x / 2], name="indexed")


def stacks():
    inner = keras.Sequential([layers.Conv2D(4, 3, name="conv"), layers.BatchNormalization(name="bn")], name="inner")
    end = [layers.Flatten(name="flat"), layers.Dense(3, activation="softmax", name="out")]
    return keras.Sequential([keras.Input((4, 4, 3)), inner, *end], name="stacks")


def steps():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="dense")], name="inner")
    distributed = layers.TimeDistributed(inner, name="distributed")
    both = layers.Bidirectional(layers.LSTM(2), name="both")
    return keras.Sequential([keras.Input((5, 4)), distributed, both], name="steps")


def model_config(build) -> dict:
    """A model with weights, inputs and outputs. A size that is not known is 5."""
    keras.utils.clear_session()
    model = build()
    for index, variable in enumerate(model.variables):
        values = uniform(key_of(f"configs/{model.name}", "weight", index), int(np.prod(variable.shape)))
        variable.assign((np.abs(values) + 0.5 if "variance" in variable.path else values).reshape(variable.shape))
    shapes = [[2, *(5 if size is None else size for size in x.shape[1:])] for x in model.inputs]
    inputs = [
        uniform(key_of(f"configs/{model.name}", "input", k), int(np.prod(shape))).reshape(shape)
        for k, shape in enumerate(shapes)
    ]
    outputs = keras.tree.flatten(model(inputs[0] if len(inputs) == 1 else inputs))
    return {
        "name": model.name,
        "config": serialized(model),
        "weights": {path: tensor(value) for path, value in saved_arrays(model).items()},
        "inputs": [tensor(x) for x in inputs],
        "outputs": [tensor(keras.ops.convert_to_numpy(y)) for y in outputs],
        "frozen": [v.path for v in model.non_trainable_variables],
    }


MODELS = (nested, shared, records, indexed, stacks, steps)

_OPTIMIZERS = "SGD RMSprop Adam AdamW Adamax Nadam Adagrad Adadelta Ftrl Adafactor Lion Lamb Muon ScheduleFreeAdamW"
_ARGUMENTS = {
    "IoU": {"num_classes": 3, "target_class_ids": [0]},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [0]},
    "MeanIoU": {"num_classes": 3},
    "OneHotMeanIoU": {"num_classes": 3},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
}


def _classes(module, base: str) -> list:
    abstract = {base, "MeanMetricWrapper", "Metric"}
    return [cls for name, cls in vars(module).items() if inspect.isclass(cls) and name not in abstract]


def compile_objects() -> dict:
    """Every optimizer, schedule, loss and metric with Keras's defaults."""
    rates = keras.optimizers.schedules
    made = {
        "optimizers": [getattr(keras.optimizers, name)() for name in _OPTIMIZERS.split()],
        "schedules": [
            rates.ExponentialDecay(0.1, 10, 0.9),
            rates.PiecewiseConstantDecay([1, 2], [0.1, 0.2, 0.3]),
            rates.PolynomialDecay(0.1, 10),
            rates.InverseTimeDecay(0.1, 10, 0.5),
            rates.CosineDecay(0.1, 10),
            rates.CosineDecayRestarts(0.1, 10),
        ],
        "losses": [cls() for cls in _classes(keras.losses, "Loss")],
        "metrics": [cls(**_ARGUMENTS.get(cls.__name__, {})) for cls in _classes(keras.metrics, "Metric")],
    }
    return {kind: [serialized(value) for value in values] for kind, values in made.items()}


def compiled_models() -> list[dict]:
    """Models that have been trained for two steps, with what Keras saves of their optimizers."""

    def one_output(optimizer):
        x = keras.Input((3,), name="x")
        model = keras.Model(x, layers.Dense(2, activation="softmax", name="y")(x), name="one")
        metrics = ["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(k=1, name="top")]
        model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=metrics)
        return model, np.array([0, 1])

    def two_outputs(optimizer):
        x = keras.Input((3,), name="x")
        outputs = {"q": layers.Dense(2, name="y1")(x), "p": layers.Dense(1, name="y2")(x)}
        model = keras.Model(x, outputs, name="two")
        loss = {"p": "mse", "q": keras.losses.CosineSimilarity()}
        model.compile(optimizer, loss=loss, metrics={"p": ["mae"]}, loss_weights={"p": 0.25, "q": 1.0})
        return model, {"p": np.ones((2, 1)), "q": np.ones((2, 2))}

    optimizers = keras.optimizers
    made = []
    for build, optimizer in (
        (one_output, optimizers.Adam(optimizers.schedules.CosineDecay(0.01, 10), amsgrad=True)),
        (one_output, optimizers.Nadam(0.01, use_ema=True)),
        (two_outputs, optimizers.SGD(0.01, momentum=0.9, gradient_accumulation_steps=2)),
        (two_outputs, optimizers.LossScaleOptimizer(optimizers.RMSprop(0.01, centered=True))),
    ):
        keras.utils.clear_session()
        model, y = build(optimizer)
        x = (np.arange(6) / 4 - 0.5).astype(np.float32).reshape(2, 3)
        for _ in range(2):
            model.train_on_batch(x, y)
        arrays = {path: tensor(value) for path, value in saved_arrays(model).items()}
        variables = [variable.path.split("/", 1)[1] for variable in model.optimizer.variables]
        made.append({"config": serialized(model), "weights": arrays, "variables": variables})
    return made
