"""Writes keras-callbacks.json: what real Keras's callbacks do with values of given epochs.

Run with the environment of internal/keras-golden: .venv/bin/python keras_callbacks.py
"""

import json
import os
import pathlib
import random
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np

draw = random.Random(11)
warnings.simplefilter("ignore")


class Optimizer:
    """Keeps its learning rate as a float32, as Keras's optimizers do."""

    def __init__(self):
        self.rate = np.float32(0.1)

    learning_rate = property(lambda self: self.rate, lambda self, value: setattr(self, "rate", np.float32(value)))


class Model:
    """Writes down what a callback does with it; its weights are the number of the epoch."""

    def __init__(self):
        self.stop_training = False
        self.optimizer = Optimizer()
        self.epoch = None
        self.restored = None
        self.saved = []

    def get_weights(self):
        return self.epoch

    def set_weights(self, weights):
        self.restored = weights

    def save(self, path, overwrite):
        self.saved.append(path.removesuffix(".keras"))


def run(callback, values, monitor, steps=1):
    """Calls the hooks as `fit` does. A value that is None is missing from the logs."""
    model = Model()
    callback.set_model(model)
    callback.on_train_begin()
    rates, epochs = [], 0
    for epoch, value in enumerate(values):
        model.epoch = epoch
        callback.on_epoch_begin(epoch)
        for batch in range(steps):
            callback.on_train_batch_end(batch, {"loss": 1.0})
        callback.on_epoch_end(epoch, {"loss": 1.0} if value is None else {"loss": 1.0, monitor: value})
        rates.append(float(model.optimizer.rate))
        epochs += 1
        if model.stop_training:
            break
    callback.on_train_end()
    return {"epochs": epochs, "restored": model.restored, "rates": rates, "saved": model.saved}


def some(*choices):
    return draw.choice(choices)


def values(maximize):
    """Values that mostly get better, with ties, steps back and gaps."""
    level, found = 1.0, []
    for _ in range(12):
        level += some(-0.2, -0.1, -0.05, 0, 0, 0.05, 0.1) * (-1 if maximize else 1)
        found.append(None if draw.random() < 0.08 else round(level, 2))
    return found


def camel(options):
    def name(text):
        first, *rest = text.split("_")
        return first + "".join(part.capitalize() for part in rest)

    return {name(key): value for key, value in options.items()}


def scenario(kind):
    mode = some("auto", "min", "max")
    monitor = "val_loss" if mode == "auto" else "val_score"
    options = {"monitor": monitor, "mode": mode}
    steps = 1
    if kind == "EarlyStopping":
        options |= {
            "patience": some(0, 1, 2, 3),
            "min_delta": some(0, 0.05, 0.1, -0.1),
            "restore_best_weights": some(True, False),
            "start_from_epoch": some(0, 0, 2),
            "baseline": some(None, 0.9, 1.1),
        }
    elif kind == "ReduceLROnPlateau":
        options |= {
            "patience": some(0, 1, 2),
            "min_delta": some(0, 1e-4, 0.1),
            "cooldown": some(0, 1, 3),
            "factor": some(0.5, 0.1),
            "min_lr": some(0.0, 0.001, 0.03),
        }
    elif draw.random() < 0.4:
        steps = some(3, 4)
        options |= {"save_freq": some(2, 3, 5), "filepath": "{epoch:02d}-{batch}.keras"}
    else:
        options |= {"save_best_only": some(True, True, False), "initial_value_threshold": some(None, 0.9, 1.1)}
        options["filepath"] = "{epoch:02d}-{loss:.2f}.keras"
    given = values(mode == "max")
    result = run(getattr(keras.callbacks, kind)(**options), given, monitor, steps)
    written = {**camel(options), **({"filepath": options["filepath"].replace(".keras", "")} if "filepath" in options else {})}
    return {"type": kind, "options": written, "values": given, "steps": steps, **result}


scenarios = [scenario(kind) for kind in ("EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint") for _ in range(24)]
lines = ",\n".join(json.dumps(entry) for entry in scenarios)
target = pathlib.Path(__file__).with_name("keras-callbacks.json")
target.write_text(f'{{\n"versions": {{"keras": "{keras.__version__}"}},\n"scenarios": [\n{lines}\n]\n}}\n')
