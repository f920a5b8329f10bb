"""Saturated crossentropies, as a compiled Keras model computes them on TensorFlow.

Keras goes back to the logits when softmax or sigmoid feeds the loss directly, and clips at 1e-7 otherwise.
"""

import keras
import numpy as np
import tensorflow as tf

layers = keras.layers

_WIDE = [[60, -60, 3], [1, 2, -1], [-50, 0, 50], [0, 0, 0]]
_NARROW = [[60], [-60], [3], [0]]

# name, activation, logits, targets
_LOSSES = {
    "categoricalCrossentropy": ("softmax", _WIDE, [[0, 1, 0], [0, 1, 0], [1, 0, 0], [0.25, 0.25, 0.5]]),
    "sparseCategoricalCrossentropy": ("softmax", _WIDE, [1, 1, 0, 2]),
    "binaryCrossentropy": ("sigmoid", _NARROW, [[0], [1], [1], [1]]),
}

_CLASSES = {
    "categoricalCrossentropy": keras.losses.CategoricalCrossentropy,
    "sparseCategoricalCrossentropy": keras.losses.SparseCategoricalCrossentropy,
    "binaryCrossentropy": keras.losses.BinaryCrossentropy,
}


def _head(route: str, activation: str, units: int):
    dense = {"use_bias": False, "kernel_initializer": "identity"}
    if route in ("logits", "activationLayer", "activationClass"):
        dense["activation"] = None
    else:
        dense["activation"] = activation
    chain = [layers.Dense(units, **dense)]
    if route == "reshape":
        chain.append(layers.Reshape((units,)))
    if route == "dropout":
        chain.append(layers.Dropout(0.5))
    if route == "activationLayer":
        chain.append(layers.Activation(activation))
    if route == "activationClass":
        chain.append(layers.Softmax())
    return chain


def _case(loss: str, route: str, label_smoothing: float = 0.0) -> dict:
    keras.utils.clear_session()
    activation, logits, targets = _LOSSES[loss]
    x = np.asarray(logits, np.float32)
    y = np.asarray(targets, np.int32 if loss.startswith("sparse") else np.float32)
    from_logits = route in ("logits", "directFromLogits")
    options = {"from_logits": from_logits}
    if label_smoothing:
        options["label_smoothing"] = label_smoothing

    output = symbolic = keras.Input((x.shape[1],))
    for layer in _head(route, activation, x.shape[1]):
        output = layer(output)
    model = keras.Model(symbolic, output)
    model.compile(optimizer="sgd", loss=_CLASSES[loss](**options), jit_compile=False)
    per_sample_loss = _CLASSES[loss](reduction="none", **options)

    def step(inputs, target):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            prediction = model(inputs, training=False)
            value = model.compute_loss(x=inputs, y=target, y_pred=prediction, training=False)
        return value, tape.gradient(value, inputs), per_sample_loss(target, prediction)

    arguments = tf.constant(x), tf.constant(y)
    value, gradient, per_sample = tf.function(step)(*arguments)
    eager = step(*arguments)
    for got, want in zip(eager, (value, gradient, per_sample)):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-7, err_msg=f"{loss} {route}: eager is not graph")
    np.testing.assert_allclose(model.test_on_batch(x, y), value, rtol=1e-6, err_msg=f"{loss} {route}: test_on_batch")
    id_parts = [loss, route] + (["smoothed"] if label_smoothing else [])
    return {
        "id": "/".join(id_parts),
        "loss": {
            "type": loss[0].upper() + loss[1:],
            "config": {"fromLogits": from_logits, **({"labelSmoothing": label_smoothing} if label_smoothing else {})},
        },
        "route": route,
        "activation": None if route == "logits" else activation,
        "logits": x.tolist(),
        "targets": y.tolist(),
        "value": float(value),
        "perSample": np.asarray(per_sample).tolist(),
        "gradient": np.asarray(gradient).tolist(),
    }


def crossentropy_golden() -> list[dict]:
    out = []
    for loss in _LOSSES:
        routes = ["direct", "reshape", "logits", "directFromLogits", "activationLayer", "dropout"]
        if loss != "binaryCrossentropy":
            routes.append("activationClass")
        out += [_case(loss, route) for route in routes]
        if not loss.startswith("sparse"):
            out += [_case(loss, route, 0.1) for route in ("direct", "reshape", "logits")]
    return out
