"""Models of two outputs, one with masked steps in time, compiled with weights of all kinds: what fit and evaluate log.

Options are Keras's, in its spelling; a metric is its class and its arguments.
"""

import keras
import numpy as np

from .measure_data import array

layers = keras.layers
SAMPLES, STEPS, CLASSES = 7, 3, 3
EPOCHS, BATCH, LEARNING_RATE = 2, 3, 0.1


def _data() -> dict:
    sequences = array((SAMPLES, STEPS, 2), 100)
    sequences[1, 2:] = 0
    sequences[3, 1:] = 0
    labels = np.arange(SAMPLES) * 5 % CLASSES
    return {
        "x": array((SAMPLES, 4)),
        "s": sequences,
        "labels": labels.astype(np.int32),
        "one_hot": np.eye(CLASSES, dtype=np.float32)[labels],
        "heights": array((SAMPLES, STEPS, 1), 200),
        "sample": np.array([1, 0.5, 2, 0, 1, 3, 0.25], np.float32),
        "step": np.round((array((SAMPLES, STEPS), 300) + 1) * 4) / 4,
    }


def _model(outputs: str):
    keras.utils.clear_session()
    x, s = keras.Input((4,), name="x"), keras.Input((STEPS, 2), name="s")
    made = {
        "a": layers.Dense(CLASSES, activation="softmax", name="a")(x),
        "b": layers.Dense(1, name="b")(layers.Masking()(s)),
    }
    inputs = {"a": [x], "b": [s], "ab": [x, s]}[outputs]
    model = keras.Model(inputs, [made[name] for name in outputs])
    model.set_weights([array(weight.shape, 400 + 20 * i) for i, weight in enumerate(model.weights)])
    return model


def _made(spec):
    """Metrics and losses from [class, arguments]."""
    if isinstance(spec, dict):
        return {name: _made(item) for name, item in spec.items()}
    if isinstance(spec, list) and len(spec) == 2 and isinstance(spec[1], dict):
        kind, config = spec
        return getattr(keras.metrics if kind.startswith("M:") else keras.losses, kind[2:])(**config)
    return [_made(item) for item in spec] if isinstance(spec, list) else spec


# outputs, targets, options of compile, sample weights, class weights
CASES = [
    ("a", ["one_hot"], {"loss": "categorical_crossentropy", "metrics": ["accuracy"], "weighted_metrics": ["accuracy"]}, ["sample"], None),
    ("a", ["one_hot"], {"loss": "categorical_crossentropy", "metrics": [["M:AUC", {}], ["M:F1Score", {}]], "weighted_metrics": [["M:AUC", {"name": "auc"}], ["M:Precision", {}]]}, ["sample"], None),
    ("a", ["one_hot"], {"loss": "categorical_crossentropy", "weighted_metrics": ["mse"]}, None, None),
    ("a", ["labels"], {"loss": "sparse_categorical_crossentropy", "metrics": ["acc"], "weighted_metrics": ["acc"]}, None, {"0": 1.0, "1": 0.5, "2": 3.0}),
    ("a", ["one_hot"], {"loss": ["L:CategoricalCrossentropy", {"reduction": "sum"}], "metrics": ["mae"]}, ["sample"], None),
    ("a", ["one_hot"], {"loss": ["L:CategoricalCrossentropy", {"reduction": "none"}], "metrics": ["mae"]}, ["sample"], None),
    ("a", ["one_hot"], {"loss": ["L:CategoricalCrossentropy", {"reduction": "mean_with_sample_weight"}]}, ["sample"], None),
    ("a", ["one_hot"], {"loss": "categorical_crossentropy", "loss_weights": [0.3]}, None, None),
    ("a", ["one_hot"], {"loss": "categorical_focal_crossentropy"}, ["sample"], None),
    ("a", ["one_hot"], {"loss": "binary_focal_crossentropy"}, ["sample"], None),
    ("a", ["one_hot"], {"loss": "kld", "metrics": ["kl_divergence", "log_cosh_error", ["M:R2Score", {}]]}, None, None),
    ("b", ["heights"], {"loss": "huber", "metrics": ["mae", ["M:RootMeanSquaredError", {}]], "weighted_metrics": ["mae"]}, ["step"], None),
    ("b", ["heights"], {"loss": "mse", "weighted_metrics": ["mse"]}, None, None),
    ("b", ["heights"], {"loss": ["L:MeanSquaredError", {"reduction": "none"}]}, ["step"], None),
    ("ab", ["one_hot", "heights"], {"loss": {"a": "categorical_crossentropy", "b": "mse"}, "loss_weights": {"a": 0.5, "b": 2.0}, "metrics": {"a": ["accuracy", ["M:Recall", {"class_id": 1}]], "b": ["mae"]}, "weighted_metrics": {"a": ["accuracy"], "b": ["mae", "mse"]}}, ["sample", "step"], None),
    ("ab", ["one_hot", "heights"], {"loss": ["categorical_crossentropy", "log_cosh"], "loss_weights": [1.0, 0.1], "metrics": [["mse", "mse"], ["mse"]]}, None, None),
    ("ab", ["labels", "heights"], {"loss": ["sparse_categorical_crossentropy", "mae"], "weighted_metrics": [["acc"], []]}, ["sample", "step"], None),
]


def _case(number: int, outputs: str, targets: list, options: dict, weights, class_weights) -> dict:
    data = _data()
    model = _model(outputs)
    compiled = {name: _made(value) for name, value in options.items()}
    # In a graph Keras does not know the size of a batch and logs the losses of several outputs as if all batches were alike.
    eager = len(outputs) > 1
    model.compile(optimizer=keras.optimizers.SGD(LEARNING_RATE), jit_compile=False, run_eagerly=eager, **compiled)
    x = [data[tensor.name] for tensor in model.inputs]
    y = [data[name] for name in targets]
    single = len(outputs) == 1
    given = None if weights is None else [data[name] for name in weights]
    shared = {"x": x[0] if single else x, "y": y[0] if single else y, "batch_size": BATCH, "verbose": 0}
    if given is not None:
        shared["sample_weight"] = given[0] if single else given
    by_class = {} if class_weights is None else {"class_weight": {int(k): v for k, v in class_weights.items()}}
    history = model.fit(**shared, **by_class, epochs=EPOCHS, shuffle=False).history
    evaluated = model.evaluate(**shared, return_dict=True)
    plain = lambda value: np.asarray(value, np.float64).tolist()
    return {
        "id": f"compiled/{number}",
        "outputs": outputs,
        "targets": targets,
        "options": options,
        "weights": weights,
        "classWeights": class_weights,
        "history": {name: plain(values) for name, values in history.items()},
        "evaluated": {name: plain(value) for name, value in evaluated.items()},
        "trained": [plain(weight) for weight in model.get_weights()],
    }


def compiled_golden() -> list[dict]:
    return [_case(i, *case) for i, case in enumerate(CASES)]


def compiled_data() -> dict:
    """The arrays that cases name, and the weights that models start from."""
    arrays = {name: value.tolist() for name, value in _data().items()}
    starts = {outputs: [weight.tolist() for weight in _model(outputs).get_weights()] for outputs in ("a", "b", "ab")}
    return {"samples": SAMPLES, "epochs": EPOCHS, "batch": BATCH, "learningRate": LEARNING_RATE, "arrays": arrays, "weights": starts}
