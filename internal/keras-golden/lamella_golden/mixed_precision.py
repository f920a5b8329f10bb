"""Layers and a trajectory under the policy 'mixed_float16', with how far each is from the same in float32."""

import base64
import contextlib

import keras
import numpy as np

from .bits import key_of, uniform
from .cases import layer_golden

POLICY = "mixed_float16"
STEPS, BATCH, CLASSES, INITIAL_SCALE, GROWTH_STEPS = 12, 8, 3, 2.0**23, 4


@contextlib.contextmanager
def policy(name: str):
    """The policy of all layers, also after `clear_session`, which takes it back."""
    clear = keras.utils.clear_session

    def clear_and_set() -> None:
        clear()
        keras.config.set_dtype_policy(name)

    keras.utils.clear_session = clear_and_set
    try:
        yield
    finally:
        keras.utils.clear_session = clear
        keras.config.set_dtype_policy("float32")


def _array(tensor: dict) -> np.ndarray:
    data = np.frombuffer(base64.b64decode(tensor["data"]), tensor["dtype"])
    return data.reshape(tensor["shape"]).astype(np.float64)


def _values(golden: dict) -> dict[str, dict]:
    """Everything that a case gives, by what it is."""
    values = {f"output {k}": value for k, value in enumerate(golden["outputs"])}
    training = golden.get("training", {})
    values |= {f"training output {k}": value for k, value in enumerate(training.get("outputs", []))}
    values |= {f"update {update['path']}": update["value"] for update in training.get("updates", [])}
    gradients = golden.get("trainingGradients") or golden["gradients"]
    values |= {f"input gradient {k}": value for k, value in enumerate(gradients["inputs"]) if value}
    return values | {f"gradient {weight['path']}": weight["value"] for weight in gradients["weights"]}


def _run(case: dict, name: str) -> tuple[dict, dict]:
    with policy(name):
        golden = layer_golden(case)
    return golden, _values(golden)


def mixed_golden(case: dict) -> dict:
    golden, mixed = _run(case, POLICY)
    _, single = _run(case, "float32")
    return {
        "id": case["id"],
        "weights": [{"path": weight["path"], "dtype": weight["dtype"]} for weight in golden["weights"]],
        "values": [
            {
                "what": what,
                "value": value,
                "distance": float(np.abs(_array(value) - _array(single[what])).max(initial=0)),
            }
            for what, value in mixed.items()
        ],
    }


def _batch(step: int) -> tuple[np.ndarray, np.ndarray]:
    x = uniform(key_of("mixed", "x", step), BATCH * 36).reshape(BATCH, 6, 6, 1)
    return x, np.arange(BATCH, dtype=np.int32) * 5 % CLASSES


def _model() -> keras.Model:
    layers = keras.layers
    keras.utils.clear_session()
    model = keras.Sequential(
        [
            layers.Input((6, 6, 1)),
            layers.Conv2D(4, 3),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.Flatten(),
            layers.Dense(8, activation="tanh", kernel_regularizer="l2"),
            layers.Dense(CLASSES, activation="softmax", dtype="float32"),
        ]
    )
    for i, weight in enumerate(model.weights):
        value = uniform(key_of("mixed", "weight", i), int(np.prod(weight.shape))).reshape(weight.shape) * np.float32(0.5)
        weight.assign(1 + value if "variance" in weight.path else value)
    return model


def _train(name: str, skipped: list[int]) -> dict:
    """Some steps, of which some only measure the loss."""
    with policy(name):
        model = _model()
        inner = keras.optimizers.SGD(0.05, momentum=0.9)
        optimizer = keras.optimizers.LossScaleOptimizer(inner, INITIAL_SCALE, GROWTH_STEPS)
        model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", jit_compile=False)
        optimizer.build(model.trainable_variables)
    losses, scales = [], []
    for step in range(STEPS):
        model.reset_metrics()
        variables = [*model.trainable_variables, *optimizer.variables]
        before = [np.array(variable) for variable in variables]
        losses.append(float(model.train_on_batch(*_batch(step))))
        scales.append(float(optimizer.dynamic_scale.value))
        if step in skipped:
            for variable, value in zip(variables, before):
                variable.assign(value)
    weights = [np.asarray(weight.value, np.float64).ravel() for weight in model.weights]
    return {"losses": losses, "scales": scales, "iterations": int(inner.iterations.value), "weights": weights}


def mixed_trajectory() -> dict:
    mixed = _train(POLICY, [])
    halved = [a > b for a, b in zip([INITIAL_SCALE, *mixed["scales"]], mixed["scales"])]
    skipped = [step for step, half in enumerate(halved) if half]
    if mixed["iterations"] != STEPS - len(skipped):
        raise ValueError("a step was left out without a smaller scale")
    single = _train("float32", skipped)
    return {
        "initialScale": INITIAL_SCALE,
        "growthSteps": GROWTH_STEPS,
        "losses": mixed["losses"],
        "scales": mixed["scales"],
        "distance": float(np.abs(np.subtract(mixed["losses"], single["losses"])).max()),
        "weights": [
            {"sum": float(ours.sum()), "distance": float(np.abs(ours - theirs).sum())}
            for ours, theirs in zip(mixed["weights"], single["weights"])
        ],
    }
