"""Runs the benchmarks in real Keras: reads commands line by line, answers milliseconds.

`fit NAME STEPS TOGETHER`: a step of training, so many in one execution; `build NAME`: building one of keras.applications; `load FILE`: loading a model.
"""

import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

threads = int(sys.argv[1])
tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)
layers = keras.layers


def mlp():
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    ), 128


def cnn():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    ), 64


def lstm():
    return keras.Sequential(
        [keras.Input((50, 32)), layers.LSTM(64), layers.Dense(10, activation="softmax")]
    ), 32


models = {}
for build in (mlp, cnn, lstm):
    model, batch = build()
    models[build.__name__] = (model, batch)
together_of = {}

print(json.dumps({"keras": keras.__version__, "tensorflow": tf.__version__}), flush=True)
random = np.random.default_rng(0)


def fit(name, steps, together):
    model, batch = models[name]
    if together_of.get(name) != together:
        model.compile(
            optimizer="adam",
            loss="sparse_categorical_crossentropy",
            steps_per_execution=int(together),
        )
        together_of[name] = together
    count = batch * int(steps)
    x = random.random((count, *model.input_shape[1:]), dtype=np.float32)
    y = random.integers(0, 10, count)
    warm = batch * int(together)
    model.fit(x[:warm], y[:warm], batch_size=batch, verbose=0)
    start = time.perf_counter()
    model.fit(x, y, batch_size=batch, verbose=0, shuffle=True)
    return 1000 * (time.perf_counter() - start) / int(steps)


def build(name):
    start = time.perf_counter()
    getattr(keras.applications, name)(weights=None)
    return 1000 * (time.perf_counter() - start)


def load(file):
    start = time.perf_counter()
    keras.models.load_model(file)
    return 1000 * (time.perf_counter() - start)


commands = {"fit": fit, "build": build, "load": load}
for line in sys.stdin:
    command, *arguments = line.split()
    print(commands[command](*arguments), flush=True)
