"""Losses of a few training steps, in float32 and in float64."""

import contextlib

import keras
import numpy as np
import tensorflow as tf

from .bits import key_of
from .config import Builder
from .models import MODELS, initial_weight

_LOSSES = {
    "mlp": "categoricalCrossentropy",
    "cnn": "sparseCategoricalCrossentropy",
    "lstm": "binaryCrossentropy",
}
_OPTIMIZERS = [
    {"type": "SGD", "config": {"learningRate": 0.05, "momentum": 0.9, "nesterov": True}},
    {"type": "RMSprop", "config": {"learningRate": 0.002}},
    {"type": "Adam", "config": {"learningRate": 0.005}},
]

# What is run when the conformance cases list no trajectories.
DEFAULT_TRAJECTORIES = [
    {
        "id": f"{model}/{optimizer['type'].lower()}",
        "model": model,
        "optimizer": optimizer,
        "loss": loss,
        "steps": 20,
        "batchSize": 16,
    }
    for model, loss in _LOSSES.items()
    for optimizer in _OPTIMIZERS
]


@contextlib.contextmanager
def precision(dtype: str):
    previous = keras.config.floatx()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_floatx(previous)
        keras.config.set_dtype_policy(previous)


def with_dense_gradients(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """The optimizer, given an Embedding's gradient with equal rows summed, as Keras has it on its other backends.

    On TensorFlow that gradient is IndexedSlices, which optimizers square row by row, before equal rows are summed.
    """
    apply = optimizer.apply
    optimizer.apply = lambda grads, *args, **kwargs: apply([tf.convert_to_tensor(g) for g in grads], *args, **kwargs)
    return optimizer


def run(case: dict, dtype: str) -> dict:
    keras.utils.clear_session()
    with precision(dtype):
        make_model, make_batch = MODELS[case["model"]]
        model = make_model()
        builder = Builder()
        model.compile(
            optimizer=with_dense_gradients(builder.optimizer(case["optimizer"])),
            loss=builder.loss(case["loss"]),
            metrics=["accuracy"],
            jit_compile=False,
        )
        for i, weight in enumerate(model.weights):
            if weight.dtype != dtype:
                raise TypeError(f"{weight.path} is {weight.dtype}, expected {dtype}")
            weight.assign(initial_weight(case["id"], i, weight.path, tuple(weight.shape)))
        losses, accuracy = [], []
        for step in range(case["steps"]):
            x, y = make_batch(key_of(case["id"], "x", step), case["batchSize"])
            if x.dtype == np.float32:
                x = x.astype(dtype)
            # train_on_batch returns running means: reset, so that each step reports its own batch.
            model.reset_metrics()
            result = model.train_on_batch(x, y.astype(dtype) if y.dtype == np.float32 else y, return_dict=True)
            losses.append(float(result["loss"]))
            accuracy.append(float(result["accuracy"]))
        weights = [(w.path, np.asarray(w.value, np.float64)) for w in model.weights]
        return {
            "losses": losses,
            "accuracy": accuracy,
            "finalWeights": [
                {
                    "path": path,
                    "shape": list(value.shape),
                    "sum": float(value.sum()),
                    "sumAbs": float(np.abs(value).sum()),
                    "first": value.ravel()[:4].tolist(),
                }
                for path, value in weights
            ],
        }


def trajectory_golden(case: dict) -> dict:
    single, double = run(case, "float32"), run(case, "float64")
    gaps = np.abs(np.subtract(single["losses"], double["losses"]))
    if not np.isfinite(gaps).all():
        raise ValueError(f"{case['id']}: a loss is not finite")
    return {
        **case,
        "losses": single["losses"],
        "losses64": double["losses"],
        "distance": float(gaps.max()),
        "accuracy": single["accuracy"],
        "finalWeights": single["finalWeights"],
        "finalWeights64": double["finalWeights"],
    }
