"""Losses of a few training steps, in float32 and in float64."""

import contextlib

import keras
import numpy as np
import tensorflow as tf

from .bits import key_of
from .config import Builder
from .models import MODELS, initial_weight

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
        optimizer = builder.optimizer(case["optimizer"])
        model.compile(
            optimizer=with_dense_gradients(optimizer),
            loss=builder.loss(case["loss"]),
            metrics=["accuracy"],
            jit_compile=False,
            run_eagerly=isinstance(optimizer, keras.optimizers.ScheduleFreeAdamW),
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


def rounded(value, digits: int):
    """Numbers with so many digits, which is all of a float32 with nine."""
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, list):
        return [rounded(item, digits) for item in value]
    if isinstance(value, dict):
        return {key: rounded(item, digits) for key, item in value.items()}
    return value


def trajectory_golden(case: dict) -> dict:
    single, double = run(case, "float32"), run(case, "float64")
    gaps = np.abs(np.subtract(single["losses"], double["losses"]))
    if not np.isfinite(gaps).all():
        raise ValueError(f"{case['id']}: a loss is not finite")
    single, double = rounded(single, 9), rounded(double, 11)
    return {
        **case,
        "losses": single["losses"],
        "losses64": double["losses"],
        "distance": float(gaps.max()),
        "accuracy": single["accuracy"],
        "finalWeights": single["finalWeights"],
        "finalWeights64": double["finalWeights"],
    }
