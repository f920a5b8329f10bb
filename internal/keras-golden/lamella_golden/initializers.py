"""The fans Keras computes for a shape, and the limit or standard deviation it samples with."""

import keras
import numpy as np
from keras.src.initializers import random_initializers

_SHAPES = [(3, 3, 4, 8), (5, 7), (10,)]


class _Recorder:
    """Stands in for keras.random and keeps what the initializer asked for."""

    SeedGenerator = keras.random.SeedGenerator

    def uniform(self, shape, minval, maxval, **_):
        self.asked = {"distribution": "uniform", "low": float(minval), "high": float(maxval)}
        return np.zeros(shape)

    def truncated_normal(self, shape, mean, stddev, **_):
        self.asked = {"distribution": "truncatedNormal", "mean": float(mean), "stddev": float(stddev)}
        return np.zeros(shape)


def initializers_golden() -> list[dict]:
    real, recorder = random_initializers.random, _Recorder()
    out = []
    try:
        random_initializers.random = recorder
        for family in ("Glorot", "He", "Lecun"):
            for kind in ("Uniform", "Normal"):
                initializer = getattr(keras.initializers, family + kind)(seed=0)
                for shape in _SHAPES:
                    initializer(shape)
                    fan_in, fan_out = random_initializers.compute_fans(shape)
                    out.append(
                        {
                            "type": family + kind,
                            "shape": list(shape),
                            "scale": initializer.scale,
                            "mode": "fanIn" if initializer.mode == "fan_in" else "fanAvg",
                            "fanIn": fan_in,
                            "fanOut": fan_out,
                            **recorder.asked,
                        }
                    )
    finally:
        random_initializers.random = real
    return out
