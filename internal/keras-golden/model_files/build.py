"""Models that between them hold every layer, each as one branch of its own. What a version of Keras lacks is left out."""

import keras
import numpy as np

layers = keras.layers
IS_NEW = int(keras.__version__.split(".")[0]) >= 3


def branches(x, table: dict) -> dict:
    """One output for each entry: `name: (class name, options)`, or a function of the input."""
    outputs = {}
    for name, entry in table.items():
        if callable(entry):
            made = entry(x)
        else:
            kind, options = entry
            if not hasattr(layers, kind):
                continue
            made = getattr(layers, kind)(name=name, **options)(x)
        if made is not None:
            outputs[name] = made
    return outputs


def model_of(name: str, inputs, outputs: dict) -> keras.Model:
    return keras.Model(inputs, list(outputs.values()), name=name)


def newer(kind: str, make):
    """A branch with a layer that this version may not have."""
    return make if hasattr(layers, kind) else lambda x: None


def vectors() -> keras.Model:
    x = keras.Input((6,), name="x")
    simple = {
        "dense": ("Dense", {"units": 4, "activation": "relu", "kernel_regularizer": keras.regularizers.L1L2(0.01, 0.02)}),
        "dense_plain": ("Dense", {"units": 3, "use_bias": False, "kernel_constraint": keras.constraints.MaxNorm(1.5)}),
        "einsum_dense": ("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 3, "bias_axes": "c"}),
        "activation": ("Activation", {"activation": "gelu"}),
        "hard_sigmoid": ("Activation", {"activation": "hard_sigmoid"}),
        "swish": ("Activation", {"activation": "swish"}),
        "leaky_relu": ("LeakyReLU", {}),
        "prelu": ("PReLU", {}),
        "elu": ("ELU", {"alpha": 0.7}),
        "relu": ("ReLU", {"max_value": 0.8, "threshold": 0.1}),
        "softmax": ("Softmax", {}),
        "batch_normalization": ("BatchNormalization", {"momentum": 0.8}),
        "layer_normalization": ("LayerNormalization", {"epsilon": 1e-4}),
        "group_normalization": ("GroupNormalization", {"groups": 2}),
        "unit_normalization": ("UnitNormalization", {}),
        "rms_normalization": ("RMSNormalization", {}),
        "dropout": ("Dropout", {"rate": 0.3, "seed": 7}),
        "alpha_dropout": ("AlphaDropout", {"rate": 0.3}),
        "gaussian_dropout": ("GaussianDropout", {"rate": 0.3}),
        "gaussian_noise": ("GaussianNoise", {"stddev": 0.3}),
        "activity_regularization": ("ActivityRegularization", {"l2": 0.1}),
        "identity": ("Identity", {}),
        "flatten": ("Flatten", {}),
        "reshape": ("Reshape", {"target_shape": (2, -1)}),
        "repeat_vector": ("RepeatVector", {"n": 2}),
        "rescaling": ("Rescaling", {"scale": 0.5, "offset": 0.25}),
        "normalization": ("Normalization", {"mean": [0.1] * 6, "variance": [0.5] * 6}),
        "discretization": ("Discretization", {"bin_boundaries": [-0.5, 0.0, 0.5]}),
    }
    outputs = branches(x, simple)
    a = layers.Dense(4, name="left")(x)
    b = layers.Dense(4, name="right")(x)
    for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
        outputs[kind] = getattr(layers, kind)(name=f"merge_{kind.lower()}")([a, b])
    outputs["dot"] = layers.Dot(axes=1, normalize=True, name="dot")([a, b])
    if hasattr(layers, "SpectralNormalization"):
        outputs["spectral"] = layers.SpectralNormalization(layers.Dense(3, name="inner_dense"), name="spectral")(x)
    return model_of("vectors", x, outputs)


def images() -> keras.Model:
    x = keras.Input((8, 8, 2), name="x")
    same = {"padding": "same"}
    return model_of("images", x, branches(x, {
        "conv2d": ("Conv2D", {"filters": 3, "kernel_size": 3, "activation": "relu"}),
        "conv2d_dilated": ("Conv2D", {"filters": 4, "kernel_size": (2, 3), "dilation_rate": 2, "groups": 2, **same}),
        "conv2d_transpose": ("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, **same}),
        "depthwise": ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2, "strides": 2}),
        "separable": ("SeparableConv2D", {"filters": 3, "kernel_size": 3, **same}),
        "max_pooling": ("MaxPooling2D", {"pool_size": 3, "strides": 2, **same}),
        "average_pooling": ("AveragePooling2D", {"pool_size": 2}),
        "global_max": ("GlobalMaxPooling2D", {"keepdims": True}),
        "global_average": ("GlobalAveragePooling2D", {}),
        "adaptive_average": ("AdaptiveAveragePooling2D", {"output_size": 3}),
        "adaptive_max": ("AdaptiveMaxPooling2D", {"output_size": (2, 3)}),
        "cropping": ("Cropping2D", {"cropping": ((1, 2), (0, 3))}),
        "zero_padding": ("ZeroPadding2D", {"padding": (1, 2)}),
        "up_sampling": ("UpSampling2D", {"size": 2, "interpolation": "bilinear"}),
        "spatial_dropout": ("SpatialDropout2D", {"rate": 0.2}),
        "permute": ("Permute", {"dims": (3, 1, 2)}),
        "batch_normalization": ("BatchNormalization", {"axis": -1, "scale": False}),
        "resizing": ("Resizing", {"height": 5, "width": 4}),
        "center_crop": ("CenterCrop", {"height": 4, "width": 5}),
        "random_flip": ("RandomFlip", {"mode": "horizontal"}),
        "random_rotation": ("RandomRotation", {"factor": 0.2}),
        "random_translation": ("RandomTranslation", {"height_factor": 0.2, "width_factor": 0.1}),
        "random_zoom": ("RandomZoom", {"height_factor": 0.2}),
        "random_contrast": ("RandomContrast", {"factor": 0.2}),
        "random_brightness": ("RandomBrightness", {"factor": 0.2, "value_range": (0, 1)}),
    }))


def volumes() -> keras.Model:
    x = keras.Input((4, 4, 4, 2), name="x")
    return model_of("volumes", x, branches(x, {
        "conv3d": ("Conv3D", {"filters": 2, "kernel_size": 2, "activation": "tanh"}),
        "conv3d_transpose": ("Conv3DTranspose", {"filters": 2, "kernel_size": 2}),
        "max_pooling": ("MaxPooling3D", {"pool_size": 2}),
        "average_pooling": ("AveragePooling3D", {"pool_size": 2, "padding": "same"}),
        "global_max": ("GlobalMaxPooling3D", {}),
        "global_average": ("GlobalAveragePooling3D", {}),
        "adaptive_average": ("AdaptiveAveragePooling3D", {"output_size": 2}),
        "adaptive_max": ("AdaptiveMaxPooling3D", {"output_size": 2}),
        "cropping": ("Cropping3D", {"cropping": 1}),
        "zero_padding": ("ZeroPadding3D", {"padding": (1, 0, 1)}),
        "up_sampling": ("UpSampling3D", {"size": (1, 2, 1)}),
        "spatial_dropout": ("SpatialDropout3D", {"rate": 0.2}),
        "conv_lstm2d": ("ConvLSTM2D", {"filters": 2, "kernel_size": 2}),
        "time_distributed": lambda x: layers.TimeDistributed(layers.Conv2D(2, 2, name="inner"), name="time_distributed")(x),
    }))


def cells():
    return [layers.GRUCell(3, name="gru_cell"), layers.LSTMCell(2, name="lstm_cell"), layers.SimpleRNNCell(2, name="simple_cell")]


def grouped(x):
    return layers.GroupQueryAttention(head_dim=3, num_query_heads=4, num_key_value_heads=2, name="grouped")(x, x)


def sequences() -> keras.Model:
    x = keras.Input((6, 4), name="x")
    wide = keras.Input((3, 5, 2), name="wide")
    outputs = branches(x, {
        "conv1d": ("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "causal"}),
        "conv1d_transpose": ("Conv1DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2}),
        "depthwise": ("DepthwiseConv1D", {"kernel_size": 3}),
        "separable": ("SeparableConv1D", {"filters": 3, "kernel_size": 3}),
        "max_pooling": ("MaxPooling1D", {"pool_size": 2}),
        "average_pooling": ("AveragePooling1D", {"pool_size": 3, "strides": 1, "padding": "same"}),
        "global_max": ("GlobalMaxPooling1D", {}),
        "global_average": ("GlobalAveragePooling1D", {}),
        "adaptive_average": ("AdaptiveAveragePooling1D", {"output_size": 4}),
        "adaptive_max": ("AdaptiveMaxPooling1D", {"output_size": 4}),
        "cropping": ("Cropping1D", {"cropping": (1, 2)}),
        "zero_padding": ("ZeroPadding1D", {"padding": 1}),
        "up_sampling": ("UpSampling1D", {"size": 2}),
        "spatial_dropout": ("SpatialDropout1D", {"rate": 0.2}),
        "lstm": ("LSTM", {"units": 3, "return_sequences": True, "dropout": 0.1}),
        "gru": ("GRU", {"units": 3, "go_backwards": True}),
        "gru_before": ("GRU", {"units": 3, "reset_after": False, "recurrent_activation": "hard_sigmoid"}),
        "simple_rnn": ("SimpleRNN", {"units": 3, "activation": "relu"}),
        "bidirectional": lambda x: layers.Bidirectional(layers.LSTM(2, name="both"), merge_mode="sum", name="bidirectional")(x),
        "rnn": lambda x: layers.RNN(layers.SimpleRNNCell(3, name="cell"), return_sequences=True, name="rnn")(x),
        "stacked": lambda x: layers.RNN(layers.StackedRNNCells(cells(), name="cells"), name="stacked")(x),
        "time_distributed": lambda x: layers.TimeDistributed(layers.Dense(2, name="each"), name="time_distributed")(x),
        "attention": lambda x: layers.Attention(use_scale=True, name="attention")([x, x]),
        "additive": lambda x: layers.AdditiveAttention(name="additive")([x, x]),
        "multi_head": lambda x: layers.MultiHeadAttention(2, 3, name="multi_head")(x, x, use_causal_mask=True),
        "grouped": newer("GroupQueryAttention", grouped),
        "masked": lambda x: layers.LSTM(3, name="after_mask")(layers.Masking(0.0, name="masking")(x)),
    })
    outputs["conv_lstm1d"] = layers.ConvLSTM1D(2, 2, name="conv_lstm1d")(wide)
    return model_of("sequences", [x, wide], outputs)


def tokens() -> keras.Model:
    x = keras.Input((5,), dtype="int32", name="x")
    embedded = layers.Embedding(12, 4, mask_zero=True, name="embedding")(x)
    outputs = {
        "embedded": embedded,
        "gru": layers.Bidirectional(layers.GRU(3, return_sequences=True, name="gru"), name="both")(embedded),
        "pooled": layers.GlobalAveragePooling1D(name="pooled")(embedded),
        "encoded": layers.CategoryEncoding(12, output_mode="multi_hot", name="encoded")(x),
        "hashed": layers.Hashing(7, name="hashed")(x),
        "looked_up": layers.IntegerLookup(vocabulary=[3, 5, 9], name="looked_up")(x),
    }
    return model_of("tokens", x, outputs)


def adapted() -> keras.Model:
    """Layers that learned from data before training."""
    random = np.random.default_rng(9)
    ids = keras.Input((3,), dtype="int32", name="ids")
    x = keras.Input((4,), name="x")
    lookup = layers.IntegerLookup(num_oov_indices=2, name="lookup")
    lookup.adapt(np.array([[3, 9, 7], [3, 9, 5]]))
    normalization = layers.Normalization(name="normalization")
    normalization.adapt(random.normal(2, 3, (50, 4)).astype("float32"))
    outputs = {"lookup": lookup(ids), "normalization": normalization(x)}
    if IS_NEW:  # Keras 2 saves a summary of the data instead of the bins
        discretization = layers.Discretization(num_bins=4, name="discretization")
        discretization.adapt(random.uniform(-1, 1, (40, 4)).astype("float32"))
        outputs["discretization"] = discretization(x)
    return model_of("adapted", [ids, x], outputs)


def nested() -> keras.Model:
    """Shared layers, models within models, several inputs and outputs, frozen layers, training state."""
    a = keras.Input((4,), name="a")
    b = keras.Input((4,), name="b")
    shared = layers.Dense(5, activation="tanh", name="shared")
    inner_in = keras.Input((5,), name="inner_in")
    inner = keras.Model(inner_in, layers.Dense(3, name="inner_dense")(inner_in), name="inner")
    stack = keras.Sequential([keras.Input((5,)), layers.Dense(4, name="first"), layers.BatchNormalization(name="norm")], name="stack")
    frozen = layers.Dense(2, name="frozen", trainable=False)
    left, right = shared(a), shared(b)
    joined = layers.Concatenate(name="joined")([inner(left), inner(right), stack(left)])
    one = layers.Dense(2, name="one")(joined)
    model = keras.Model([a, b], [one, frozen(joined)], name="nested")
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.01, 10, 0.9)),
        loss={"one": "mse", "frozen": keras.losses.Huber(0.7)},
        loss_weights={"one": 1.0, "frozen": 0.5},
        metrics={"one": ["mae"]},
    )
    return model


def stacked() -> keras.Model:
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1), name="image"),
            layers.Conv2D(3, 3, activation="relu", name="conv"),
            keras.Sequential([layers.MaxPooling2D(name="pool"), layers.Flatten(name="flat")], name="head"),
            layers.Dropout(0.25, name="drop"),
            layers.Dense(3, activation="softmax", name="classes"),
        ],
        name="stacked",
    )
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def arithmetic() -> keras.Model:
    """Operations on tensors between the layers."""
    x = keras.Input((4, 3), name="x")
    y = layers.Dense(3, name="dense")(x * 2.0 + 1.0)
    z = (y - x[:, :, :]) / (abs(x) + 1.5)
    if IS_NEW:
        ops = keras.ops
        outputs = [
            z,
            x[:, 1:3],
            x[:, -1],
            ops.concatenate([z, -x], axis=-1),
            ops.mean(z, axis=1),
            ops.softmax(ops.matmul(z, ops.transpose(x, (0, 2, 1)))),
            ops.where(x > 0, x, y),
            ops.reshape(ops.square(x), (-1, 12)),
            ops.maximum(ops.exp(x), 1.0) ** 2,
        ]
    else:
        import tensorflow as tf

        outputs = [
            z,
            x[:, 1:3],
            x[:, -1],
            tf.concat([z, -x], axis=-1),
            tf.reduce_mean(z, axis=1),
            tf.nn.softmax(tf.matmul(z, tf.transpose(x, (0, 2, 1)))),
            tf.reshape(tf.square(x), (-1, 12)),
            tf.maximum(tf.exp(x), 1.0),
        ]
    return keras.Model(x, outputs, name="arithmetic")


def stored() -> keras.Model | None:
    """Every kind of variable that a store of weights keeps, in layers, in what is within them, and in the optimizer."""
    if not IS_NEW:
        return None
    x = keras.Input((4, 3), name="x")
    masked = layers.Masking(0.0, name="masking")(x)
    both = layers.Bidirectional(layers.LSTM(2, return_sequences=True, name="lstm"), name="both")(masked)
    norm = layers.BatchNormalization(name="norm")(both)
    regularized = {"kernel_regularizer": keras.regularizers.L1L2(0.01, 0.02), "kernel_constraint": keras.constraints.MaxNorm(1.5)}
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="tanh", name="within", **regularized)], name="inner")
    pooled = layers.GlobalAveragePooling1D(name="pool")(norm)
    double = layers.Dense(2, dtype="float64", name="double")(inner(pooled))
    model = keras.Model(x, layers.Dense(2, name="out")(double), name="stored")
    model.compile(keras.optimizers.RMSprop(0.01), "mse")
    return model


def activated() -> keras.Model:
    """Activations that are layers with settings of their own: in a layer that is called twice, in one within, and at the end."""
    x = keras.Input((4, 4, 2), name="x")
    leaky = {} if not IS_NEW else {"negative_slope": 0.2}
    conv = layers.Conv2D(3, 2, activation=layers.LeakyReLU(**leaky, name="leaky"), name="conv")
    left, right = conv(x), conv(layers.Permute((2, 1, 3), name="turned")(x))
    inner_in = keras.Input((3,), name="inner_in")
    within = layers.Dense(3, activation=layers.ELU(0.4, name="elu"), name="within")
    inner = keras.Model(inner_in, within(inner_in), name="inner")
    joined = inner(layers.GlobalAveragePooling2D(name="pool")(layers.Subtract(name="joined")([left, right])))
    one = layers.Dense(2, activation=layers.ReLU(max_value=0.3, name="capped"), name="one")(joined)
    model = keras.Model(x, [right, one], name="activated")
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), {"conv": "mae", "one": "mse"}, loss_weights={"conv": 2.0, "one": 0.5})
    return model


def compiled() -> keras.Model:
    """Compiled by names alone, which older versions save as such."""
    x = keras.Input((3,), name="x")
    model = keras.Model(x, layers.Dense(2, name="out")(x), name="compiled")
    model.compile("adam", "mse", metrics=["mae"])
    return model


MODELS = (vectors, images, volumes, sequences, tokens, nested, stacked, arithmetic, adapted, stored, activated, compiled)


def fill(model: keras.Model, seed: int) -> None:
    """Weights that make every output vary: biases, gains and statistics too."""
    if model.name == "adapted":
        return
    random = np.random.default_rng(seed)
    for weight in model.weights:
        value = random.uniform(-0.5, 0.5, tuple(weight.shape))
        path = getattr(weight, "path", None) or weight.name
        if "float" not in str(weight.dtype) or "normalization/mean" in path or "normalization/variance" in path:
            continue
        weight.assign((np.abs(value) + 0.5 if "variance" in path else value).astype("float32"))


def inputs_of(model: keras.Model, batch: int, seed: int) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    made = []
    for tensor in model.inputs:
        shape = (batch, *tensor.shape[1:])
        is_float = "float" in str(getattr(tensor.dtype, "name", tensor.dtype))
        made.append(random.uniform(-1, 1, shape).astype("float32") if is_float else random.integers(0, 12, shape).astype("int32"))
    return made
