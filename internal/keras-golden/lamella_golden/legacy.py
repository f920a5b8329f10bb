"""python -m lamella_golden.legacy FOLDER: models of Keras 2, as tf_keras runs them, for the tests of @lamella/keras.

Needs tf_keras of TensorFlow's version: pip install --no-deps tf_keras==2.21.0. Each file holds the configuration that Keras 2
writes, the weights of each layer in the order of legacy h5 files, inputs, and what the model gives for them.
"""

import base64
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import tensorflow as tf
import tf_keras as keras
from tf_keras.src.saving.legacy import hdf5_format, saving_utils

layers = keras.layers


def functions():
    """TensorFlow's functions on tensors of a model: TFOpLambda and SlicingOpLambda."""
    x = layers.Input((4, 6), name="x")
    y = layers.Dense(6, name="y")(x)
    z = (x * 2.0 + y - 1.0) / 3.0
    joined = tf.concat([z, y], axis=-1)[:, 1:, ::2]
    mean = tf.reduce_mean(joined, axis=1)
    late = tf.nn.relu(2.0 - mean) ** 2.0
    outputs = [
        joined,
        late,
        mean[:, 0],
        x[..., tf.newaxis, 1],
        tf.stack([mean, late], axis=1),
        tf.expand_dims(mean, -1),
        tf.squeeze(tf.expand_dims(mean, -1), axis=-1),
        tf.clip_by_value(y, -0.5, 0.25),
        -tf.abs(y),
        tf.image.resize(tf.reshape(mean, (-1, 2, 3, 1)), (4, 5)),
        tf.image.resize(tf.reshape(mean, (-1, 2, 3, 1)), (3, 5), method="nearest"),
        tf.matmul(x, y, transpose_b=True),
        tf.where(y > 0.1, y, x),
        *tf.split(mean, 3, axis=1)[::2],
        tf.math.l2_normalize(y, axis=-1),
        x - [0.5, 0.25, 0.125, 1.0, 2.0, 3.0],
        tf.transpose(y, perm=[0, 2, 1]),
        tf.tile(mean, [1, 2]),
        tf.pad(mean, [[0, 0], [1, 2]]),
        tf.maximum(tf.math.sqrt(tf.square(y)), 0.3),
        tf.reduce_max(y, axis=[1], keepdims=True),
        tf.nn.leaky_relu(y),
        tf.nn.softmax(y),
        tf.math.log_softmax(y),
        tf.nn.gelu(y),
        tf.cast(tf.argmax(y, axis=-1), "float32"),
        tf.gather(y, [2, 0], axis=2),
        tf.slice(y, [0, 1, 2], [-1, 2, 3]),
        tf.cumsum(y, axis=1),
        tf.math.squared_difference(x, y),
        tf.math.sigmoid(x) * tf.math.tanh(y),
        layers.ThresholdedReLU(0.25, name="threshold")(y),
    ]
    return keras.Model(x, outputs, name="functions")


def recurrent():
    """Recurrent layers with the hard_sigmoid of Keras 2, states between layers, and wrappers."""
    x = layers.Input((5, 4), name="x")
    ids = layers.Input((5,), dtype="int32", name="ids")
    masked = layers.Embedding(7, 4, mask_zero=True, name="embedding")(ids)
    old = {"recurrent_activation": "hard_sigmoid", "bias_initializer": "random_normal"}
    many, h, c = layers.LSTM(3, return_sequences=True, return_state=True, name="lstm", **old)(masked)
    again = layers.LSTM(3, name="from_state")(x, initial_state=[h, c])
    gru = layers.GRU(3, reset_after=False, name="gru", **old)(many)
    after = layers.GRU(3, reset_after=True, return_sequences=True, name="gru_after", **old)(x)
    wrapped = layers.Bidirectional(layers.LSTM(2, return_sequences=True, **old), name="bidirectional")(after)
    other = layers.Bidirectional(layers.GRU(2, name="inner"), merge_mode="sum", name="summed")(wrapped)
    simple = layers.SimpleRNN(2, activation="hard_sigmoid", name="simple")(after)
    cells = [layers.LSTMCell(2, recurrent_activation="hard_sigmoid"), layers.GRUCell(2, reset_after=False)]
    stacked = layers.RNN(cells, name="stacked")(x)
    dense = layers.Dense(2, activation="hard_sigmoid", bias_initializer="random_normal")
    spread = layers.TimeDistributed(dense, name="spread")(after)
    image = layers.Reshape((1, 5, 4, 1), name="image")(x)
    conv = layers.ConvLSTM2D(2, 2, name="conv_lstm", **old)(image)
    attended = layers.MultiHeadAttention(2, 3, name="heads")(after, x, use_causal_mask=True)
    dotted = layers.Attention(use_scale=True, name="attention")([after, after])
    outputs = [many, again, gru, other, simple, stacked, spread, conv, attended, dotted]
    return keras.Model([x, ids], outputs, name="recurrent")


def nested():
    """Models within models, called twice, with statistics and frozen layers, and layers of changed arguments."""
    start = layers.Input((4, 4, 3), name="start")
    block = keras.Sequential(
        [
            layers.Conv2D(3, 3, padding="same", input_shape=(4, 4, 3), name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.LeakyReLU(0.1, name="leaky"),
            layers.DepthwiseConv2D(2, padding="same", name="depthwise"),
        ],
        name="block",
    )
    inner_in = layers.Input((4, 4, 3), name="inner_in")
    inner_x = layers.SeparableConv2D(3, 2, padding="same", activation="hard_sigmoid", name="separable")(block(inner_in))
    inner_x = layers.BatchNormalization(name="frozen", trainable=False)(inner_x)
    inner_x = layers.Conv2DTranspose(3, 2, padding="same", name="transposed")(inner_x)
    inner = keras.Model(inner_in, [inner_x, layers.GlobalAveragePooling2D(name="pool")(inner_x)], name="inner")
    first, _ = inner(start)
    second, pooled = inner(first)
    shape = layers.PReLU(shared_axes=[1, 2], name="prelu")(second)
    shape = layers.LayerNormalization(axis=[-1], name="layer_norm")(shape)
    flat = layers.Flatten(name="flat")(layers.UpSampling2D(2, interpolation="bilinear", name="up")(shape))
    act = layers.Activation("hard_sigmoid", name="act")(flat)
    late = keras.Sequential([layers.Dense(2, name="late_dense", activation="swish")], name="late")
    out = late(act)
    out2 = late(layers.Dense(act.shape[-1], name="widen", trainable=False)(pooled))
    hard = layers.Dense(2, activation="hard_sigmoid", bias_initializer="random_normal", name="hard")(pooled)
    return keras.Model(start, [out, out2, hard, second], name="nested")


def stack():
    """A Sequential model with what Keras 2 wrote for its first layer, a model within, and hard_sigmoid in its middle."""
    return keras.Sequential(
        [
            keras.Sequential([layers.Conv1D(3, 2, input_shape=(6, 2), name="conv1d")], name="front"),
            layers.Activation("hard_sigmoid", name="gate"),
            layers.Flatten(name="flatten"),
            layers.BatchNormalization(name="batch_norm"),
            layers.Dense(2, kernel_regularizer=keras.regularizers.l1_l2(0.01, 0.02), name="dense"),
        ],
        name="stack",
    )


def compiled():
    model = keras.Sequential([layers.Dense(2, input_shape=(3,), name="dense")], name="compiled")
    model.compile(keras.optimizers.legacy.Adam(0.01, decay=0.1), loss="mse", metrics=["mae"])
    return model


def cudnn():
    """Recurrent layers as CuDNNLSTM and CuDNNGRU, which run on a GPU alone: weights and configurations are turned into theirs."""
    x = layers.Input((4, 3), name="x")
    random = {"return_sequences": True, "bias_initializer": "random_normal"}
    lstm = layers.LSTM(2, name="lstm", **random)(x)
    gru = layers.GRU(3, reset_after=True, name="gru", **random)(lstm)
    both = layers.Bidirectional(layers.LSTM(2, name="inner", **random), name="both")(gru)
    return keras.Model(x, both, name="cudnn")


def as_cudnn(golden):
    """What CuDNN's layers would have written for the same model."""
    kept = {"name", "trainable", "dtype", "units", "return_sequences", "return_state", "go_backwards", "stateful"}

    def rewrite(layer):
        if layer["class_name"] == "Bidirectional":
            layer["config"]["layer"] = rewrite(layer["config"]["layer"])
            layer["config"].pop("backward_layer", None)
        elif layer["class_name"] in ("LSTM", "GRU"):
            layer["class_name"] = f"CuDNN{layer['class_name']}"
            layer["config"] = {k: v for k, v in layer["config"].items() if k in kept}
        return layer

    def convert(name, weights):
        target = type(f"CuDNN{name}", (), {})()
        return hdf5_format._convert_rnn_weights(target, [array(w) for w in weights])

    golden["model"]["config"]["layers"] = [rewrite(layer) for layer in golden["model"]["config"]["layers"]]
    for entry in golden["weights"]:
        weights = entry["weights"]
        for start in range(0, len(weights), 3):
            name = "GRU" if entry["layer"] == "gru" else "LSTM"
            for i, value in enumerate(convert(name, weights[start : start + 3])):
                weights[start + i].update(tensor(value))
    return golden


def array(spec):
    return np.frombuffer(base64.b64decode(spec["data"]), spec["dtype"]).reshape(spec["shape"])


def tensor(value):
    value = np.asarray(value)
    data = value.astype(value.dtype.newbyteorder("<")).tobytes()
    return {"shape": list(value.shape), "dtype": str(value.dtype), "data": base64.b64encode(data).decode()}


def vary(model, rng):
    """Weights at which nothing is 0, nothing saturates, and variances are positive."""
    for weight in model.weights:
        if weight.dtype.is_floating:
            positive = "variance" in weight.name
            limit = min(0.8, 2 / np.sqrt(np.prod(weight.shape[:-1])))
            weight.assign(rng.uniform(0.5, 1.5, weight.shape) if positive else rng.uniform(-limit, limit, weight.shape))


def inputs_of(model, rng):
    values = []
    for given in model.inputs:
        shape = [2, *given.shape[1:]]
        if given.dtype.is_integer:
            whole = rng.integers(1, 7, shape).astype("int32")
            whole[0, -2:] = 0
            values.append(whole)
        else:
            values.append(rng.normal(size=shape).astype("float32"))
    return values


def golden(model, seed):
    rng = np.random.default_rng(seed)
    vary(model, rng)
    inputs = inputs_of(model, rng)
    out = {"model": json.loads(model.to_json())}
    if model.optimizer is not None:
        for step in range(3):
            model.train_on_batch(inputs, [np.zeros([2, *output.shape[1:]], "float32") for output in model.outputs])
        metadata = saving_utils.model_metadata(model, include_optimizer=True)
        out["training"] = json.loads(json.dumps(metadata["training_config"], default=float))
        weights = model.optimizer.weights
        out["optimizer"] = [{"name": weight.name, **tensor(weight)} for weight in weights]
    outputs = model.predict(inputs, verbose=0)
    out["weights"] = [
        {
            "layer": layer.name,
            "weights": [{"name": w.name, **tensor(w)} for w in hdf5_format._legacy_weights(layer)],
        }
        for layer in model.layers
    ]
    out["inputs"] = [tensor(value) for value in inputs]
    out["outputs"] = [tensor(value) for value in (outputs if isinstance(outputs, list) else [outputs])]
    return out


def main(folder):
    tf.config.threading.set_intra_op_parallelism_threads(1)
    for seed, make in enumerate([functions, recurrent, nested, stack, compiled, cudnn]):
        keras.backend.clear_session()
        path = Path(folder) / f"{make.__name__}.json"
        made = golden(make(), seed)
        made = as_cudnn(made) if make is cudnn else made
        path.write_text(json.dumps(made, separators=(",", ":")) + "\n", encoding="utf-8")
        print(path, path.stat().st_size)


if __name__ == "__main__":
    main(sys.argv[1])
