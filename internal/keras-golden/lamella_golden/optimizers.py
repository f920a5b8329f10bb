"""Steps of optimizers, and learning rates of schedules."""

import base64

import keras
import numpy as np
import tensorflow as tf

from .config import Builder

_STEPS = 30
# Of a run in float64, only these are written.
_WRITTEN = (1, 2, 3, 10, 20, 30)
_SHAPES = {"dense/kernel": (3, 2), "dense/bias": (3,)}


def numbers(shape, start):
    """Whole numbers by a fixed rule, spread over [-1, 1)."""
    at = start + np.arange(int(np.prod(shape)))
    return ((at * at * 389 + at * 811 + 17) % 2000 / 1000 - 1).astype(np.float32).reshape(shape)


def case(kind, constraint=None, spoiled=(), **config):
    """At spoiled steps a gradient is infinite. The constraint is the kernel's largest norm."""
    return {"type": kind, "config": config, "constraint": constraint, "spoiled": list(spoiled)}


def schedule(kind, **config):
    return {"type": kind, "config": config}


_CASES = [
    case("SGD", momentum=0.9, nesterov=True, learningRate=schedule("PiecewiseConstantDecay", boundaries=[3, 9], values=[0.1, 0.02, 0.3])),
    case("SGD", learningRate=0.1, clipvalue=0.4, weightDecay=0.1, excludeFromWeightDecay=["bias"]),
    case("SGD", learningRate=0.1, globalClipnorm=0.7, gradientAccumulationSteps=4, lossScaleFactor=8.0),
    case("RMSprop", momentum=0.5, centered=True, epsilon=1e-3, learningRate=schedule("ExponentialDecay", initialLearningRate=0.05, decaySteps=7, decayRate=0.5)),
    case("RMSprop", useEma=True, emaMomentum=0.8, learningRate=0.02),
    case("Adam", useEma=True, emaMomentum=0.7, emaOverwriteFrequency=5, learningRate=0.05),
    case("Adam", amsgrad=True, gradientAccumulationSteps=3, useEma=True, emaMomentum=0.6, emaOverwriteFrequency=2, clipnorm=0.5, weightDecay=0.02, constraint=0.9, learningRate=0.1),
    case("AdamW"),
    case("AdamW", learningRate=0.05, weightDecay=0.3, beta1=0.8, beta2=0.95, epsilon=1e-4, amsgrad=True, excludeFromWeightDecay=["dense/kernel"]),
    case("AdamW", learningRate=schedule("CosineDecay", initialLearningRate=0.001, decaySteps=20, alpha=0.1, warmupTarget=0.1, warmupSteps=6), gradientAccumulationSteps=2, lossScaleFactor=64.0),
    case("Adamax"),
    case("Adamax", learningRate=0.1, beta1=0.7, beta2=0.9, epsilon=1e-2, weightDecay=0.05),
    case("Adamax", learningRate=0.03, gradientAccumulationSteps=4, clipvalue=0.3),
    case("Nadam"),
    case("Nadam", learningRate=0.1, beta1=0.6, beta2=0.9, epsilon=1e-3, globalClipnorm=0.5),
    case("Nadam", learningRate=0.05, gradientAccumulationSteps=3, useEma=True, emaOverwriteFrequency=3),
    case("Adagrad"),
    case("Adagrad", learningRate=0.5, initialAccumulatorValue=0.0, epsilon=1e-2, weightDecay=0.01),
    case("Adagrad", learningRate=0.3, initialAccumulatorValue=2.0, gradientAccumulationSteps=5),
    case("Adadelta"),
    case("Adadelta", learningRate=1.0, rho=0.7, epsilon=1e-2, clipnorm=0.8),
    case("Adadelta", learningRate=5.0, epsilon=1e-4, useEma=True, emaMomentum=0.5, emaOverwriteFrequency=1),
    case("Ftrl"),
    case("Ftrl", learningRate=0.3, learningRatePower=-0.7, initialAccumulatorValue=0.5, l1RegularizationStrength=0.05, l2RegularizationStrength=0.1, l2ShrinkageRegularizationStrength=0.02, beta=0.4),
    case("Ftrl", learningRate=0.2, learningRatePower=0.0, weightDecay=0.1, gradientAccumulationSteps=2),
    case("Adafactor"),
    case("Adafactor", learningRate=0.2, beta2Decay=-0.5, epsilon1=1e-8, epsilon2=0.1, clipThreshold=0.4, relativeStep=False),
    case("Adafactor", learningRate=schedule("InverseTimeDecay", initialLearningRate=0.5, decaySteps=4, decayRate=0.5, staircase=True), gradientAccumulationSteps=3, weightDecay=0.05),
    case("Lion"),
    case("Lion", learningRate=0.05, beta1=0.5, beta2=0.8, weightDecay=0.2),
    case("Lion", learningRate=0.02, beta1=1.0, gradientAccumulationSteps=2, useEma=True, emaOverwriteFrequency=4),
    case("Lamb"),
    case("Lamb", learningRate=0.1, beta1=0.6, beta2=0.9, epsilon=1e-2, weightDecay=0.1, excludeFromWeightDecay=["nothing", "b.as"]),
    case("Lamb", learningRate=0.05, globalClipnorm=0.3, gradientAccumulationSteps=2),
    case("Muon"),
    case("Muon", learningRate=0.1, momentum=0.6, nesterov=False, nsSteps=3, rmsRate=None, adamLrRatio=0.5, weightDecay=0.2, adamWeightDecay=None),
    case("Muon", learningRate=0.1, weightDecay=None, adamBeta1=0.7, adamBeta2=0.9, epsilon=1e-3, excludeFromWeightDecay=["bias"], muonA=3.0, muonB=-4.0, muonC=1.8, gradientAccumulationSteps=2),
    case("Muon", learningRate=0.05, excludeLayers=["dense/k"]),
    case("ScheduleFreeAdamW"),
    case("ScheduleFreeAdamW", learningRate=0.1, beta1=0.6, beta2=0.9, epsilon=1e-3, warmupSteps=7, weightDecay=0.05),
    case("ScheduleFreeAdamW", learningRate=0.05, gradientAccumulationSteps=3, useEma=True, emaMomentum=0.5),
    case("LossScaleOptimizer", innerOptimizer={"type": "SGD", "config": {"momentum": 0.8, "learningRate": 0.1, "lossScaleFactor": 3.0}}, initialScale=4.0, dynamicGrowthSteps=3, spoiled=[5, 6, 20]),
    case("LossScaleOptimizer", innerOptimizer={"type": "Nadam", "config": {"learningRate": 0.05, "useEma": True, "gradientAccumulationSteps": 2}}, initialScale=2.0, dynamicGrowthSteps=1, spoiled=[1, 9], constraint=0.8),
    case("LossScaleOptimizer", innerOptimizer={"type": "Adafactor", "config": {"learningRate": 0.1}}, spoiled=[2]),
    case("LossScaleOptimizer", innerOptimizer={"type": "Adam", "config": {"learningRate": schedule("ExponentialDecay", initialLearningRate=0.1, decaySteps=5, decayRate=0.7)}}),
]

_SCHEDULES = [
    (schedule("ExponentialDecay", initialLearningRate=0.1, decaySteps=1000, decayRate=0.96), [0, 1, 2, 10, 500, 999, 1000, 1001, 5000, 100000, 1000000, 16777216]),
    (schedule("ExponentialDecay", initialLearningRate=0.3, decaySteps=7, decayRate=0.5, staircase=True), [0, 1, 6, 7, 8, 13, 14, 15, 69, 70, 71, 700]),
    (schedule("ExponentialDecay", initialLearningRate=0.01, decaySteps=3, decayRate=1.2), list(range(12))),
    (schedule("PiecewiseConstantDecay", boundaries=[100, 110, 2000], values=[1.0, 0.5, 0.1, 0.003]), [0, 1, 99, 100, 101, 109, 110, 111, 1999, 2000, 2001, 1000000]),
    (schedule("PiecewiseConstantDecay", boundaries=[0], values=[0.7, 0.2]), list(range(12))),
    (schedule("PolynomialDecay", initialLearningRate=0.1, decaySteps=10), [0, 1, 2, 5, 8, 9, 10, 11, 12, 20, 21, 1000]),
    (schedule("PolynomialDecay", initialLearningRate=0.1, decaySteps=10, endLearningRate=0.01, power=0.5), [0, 1, 2, 5, 8, 9, 10, 11, 12, 20, 21, 1000]),
    (schedule("PolynomialDecay", initialLearningRate=0.5, decaySteps=7, endLearningRate=0.02, power=2.0, cycle=True), [0, 1, 3, 6, 7, 8, 13, 14, 15, 20, 21, 700]),
    (schedule("InverseTimeDecay", initialLearningRate=0.1, decaySteps=1.0, decayRate=0.5), [0, 1, 2, 3, 5, 10, 100, 1000, 10000, 100000, 1000000, 16777216]),
    (schedule("InverseTimeDecay", initialLearningRate=0.4, decaySteps=5, decayRate=0.3, staircase=True), [0, 1, 4, 5, 6, 9, 10, 11, 49, 50, 51, 1000]),
    (schedule("CosineDecay", initialLearningRate=0.1, decaySteps=10), [0, 1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 1000]),
    (schedule("CosineDecay", initialLearningRate=0.0, decaySteps=10, alpha=0.2, warmupTarget=0.3, warmupSteps=4), [0, 1, 2, 3, 4, 5, 9, 13, 14, 15, 16, 1000]),
    (schedule("CosineDecay", initialLearningRate=0.01, decaySteps=10, warmupTarget=0.3), [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 16, 1000]),
    (schedule("CosineDecayRestarts", initialLearningRate=0.1, firstDecaySteps=5), [0, 1, 4, 5, 6, 14, 15, 16, 34, 35, 36, 75]),
    (schedule("CosineDecayRestarts", initialLearningRate=0.1, firstDecaySteps=4, tMul=1.0, mMul=0.8, alpha=0.1), [0, 1, 3, 4, 5, 7, 8, 9, 11, 12, 13, 100]),
    (schedule("CosineDecayRestarts", initialLearningRate=0.2, firstDecaySteps=8, tMul=1.5, mMul=0.5, alpha=0.05), [0, 1, 7, 8, 9, 19, 20, 21, 37, 38, 39, 65]),
    (schedule("CosineDecayRestarts", initialLearningRate=0.2, firstDecaySteps=3, tMul=3.0, mMul=1.1), [0, 2, 3, 4, 11, 12, 13, 38, 39, 40, 119, 120]),
]


def _floatx(item, dtype):
    """Keras's Muon cannot update float64 variables while floatx is float32."""
    return dtype if item["type"] == "Muon" else "float32"


def _packed(values):
    return base64.b64encode(b"".join(value.tobytes() for value in values)).decode("ascii")


def _numbers(value):
    return [float(f"{number:.9g}") for number in np.asarray(value, np.float64).ravel()]


def _run(item, dtype):
    keras.utils.clear_session()
    keras.config.set_floatx(_floatx(item, dtype))
    variables = []
    for i, (path, shape) in enumerate(_SHAPES.items()):
        scope, name = path.split("/")
        with keras.name_scope(scope):
            variables.append(keras.Variable(numbers(shape, 20 * i), dtype=dtype, name=name))
    if item["constraint"] is not None:
        variables[0].constraint = keras.constraints.MaxNorm(item["constraint"])
    optimizer = Builder().optimizer(item)
    optimizer.build(variables)
    steps = []
    for step in range(1, _STEPS + 1):
        gradients = [numbers(shape, 40 + 13 * step + 30 * i).astype(dtype) for i, shape in enumerate(_SHAPES.values())]
        if step in item["spoiled"]:
            gradients[1][2] = np.inf
        optimizer.apply([tf.constant(gradient) for gradient in gradients], variables)
        if dtype == "float32" or step in _WRITTEN:
            steps.append(_packed([np.asarray(variable.value) for variable in variables]))
    kept = [
        {"name": v.name, "shape": list(v.shape), "dtype": v.dtype, "final": _numbers(v.value)} for v in optimizer.variables
    ]
    keras.config.set_floatx("float32")
    return steps, kept


def optimizer_goldens():
    for item in _CASES:
        (steps, kept), (steps64, kept64) = _run(item, "float32"), _run(item, "float64")
        final64 = [variable["final"] for variable in kept64]
        yield {**item, "steps": steps, "steps64": steps64, "kept": kept, "final64": final64}


def _rates(spec, steps, dtype):
    keras.config.set_floatx(dtype)
    made = Builder().schedule(spec)
    rates = [_numbers(made(tf.constant(step)))[0] for step in steps]
    keras.config.set_floatx("float32")
    return rates


def schedule_goldens():
    for spec, steps in _SCHEDULES:
        yield {**spec, "steps": steps, "rates": _rates(spec, steps, "float32"), "rates64": _rates(spec, steps, "float64")}
