"""Case data (camelCase, { type, config }) turned into Keras objects."""

import inspect
import re
from collections import Counter

import keras
import tensorflow as tf
from keras.src.applications import convnext
from keras.src.utils.naming import to_snake_case

from .documented import RandomCrop

# String values that are data, not the name of an option.
_VERBATIM = {"name", "dtype", "equation", "bias_axes", "vocabulary", "oov_token", "mask_token", "encoding", "path"}


class LayerScale(convnext.LayerScale):
    """Keras gives the weight no name, so that its path would depend on how many there are."""

    def build(self, _):
        initializer = keras.initializers.Constant(self.init_values)
        self.gamma = self.add_weight(name="gamma", shape=(self.projection_dim,), initializer=initializer)


# Layers that keras.layers does not have under their class's name, or not as documented.
_ELSEWHERE = {
    "GroupedQueryAttention": keras.layers.GroupQueryAttention,
    "LayerScale": LayerScale,
    "RandomCrop": RandomCrop,
}

_MODULES = {
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "constraint": keras.constraints,
    "dtype": keras.dtype_policies,
    "learning_rate": keras.optimizers.schedules,
    "optimizer": keras.optimizers,
}


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _parameter(name: str, cls: type) -> str:
    """The constructor's spelling of a camelCase key: useBias -> use_bias, beta1 -> beta_1."""
    parameters = inspect.signature(cls.__init__).parameters
    wanted = snake(name)
    if wanted in parameters:
        return wanted
    for parameter in parameters:
        if parameter.replace("_", "") == wanted.replace("_", ""):
            return parameter
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return wanted
    raise ValueError(f"{cls.__name__} has no argument for '{name}'. It takes: {', '.join(parameters)}")


def with_old_momentum(optimizer: keras.optimizers.ScheduleFreeAdamW) -> keras.optimizers.ScheduleFreeAdamW:
    """The optimizer, with `momentum_old = momentum.value` in its step the old value, as it says and as JAX has it.

    On TensorFlow that is the variable itself, which holds the new value when it is read. Works in eager mode only.
    """
    assign_sub = optimizer.assign_sub

    def assign(variable, value):
        if any(variable is momentum for momentum in optimizer._momentums):
            variable._value = tf.Variable(variable.value - value)
        else:
            assign_sub(variable, value)

    optimizer.assign_sub = assign
    return optimizer


class Builder:
    """Makes Keras objects and numbers unnamed layers per case as Keras does: dense, dense_1, ..."""

    def __init__(self):
        self._names = Counter()

    def _name(self, type_name: str) -> str:
        base = to_snake_case(type_name)
        count = self._names[base]
        self._names[base] += 1
        return f"{base}_{count}" if count else base

    def _value(self, key: str, value):
        if isinstance(value, dict):
            if set(value) <= {"type", "config", "name"} and "type" in value:
                return self._object(key, value)
            return {k: self._value(k, v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._value(key, v) if isinstance(v, (dict, list)) else v for v in value]
        if isinstance(value, str) and key not in _VERBATIM:
            return snake(value)
        return value

    def _config(self, cls: type, config: dict) -> dict:
        out = {}
        for key, value in config.items():
            parameter = _parameter(key, cls)
            out[parameter] = self._value(parameter, value)
        return out

    def _object(self, key: str, spec: dict):
        for suffix, module in _MODULES.items():
            if key.endswith(suffix):
                cls = getattr(module, spec["type"])
                return cls(**self._config(cls, spec.get("config", {})))
        return self.layer(spec)

    def layer(self, spec: dict) -> keras.layers.Layer:
        cls = _ELSEWHERE.get(spec["type"]) or getattr(keras.layers, spec["type"], None)
        if cls is None:
            raise ValueError(f"Keras has no layer '{spec['type']}'")
        config = self._config(cls, spec.get("config", {}))
        config.setdefault("name", spec.get("name") or self._name(spec["type"]))
        return cls(**config)

    def optimizer(self, spec: dict) -> keras.optimizers.Optimizer:
        cls = getattr(keras.optimizers, spec["type"])
        config = dict(spec.get("config", {}))
        excluded = config.pop("excludeFromWeightDecay", None)
        made = cls(**self._config(cls, config))
        if excluded is not None:
            made.exclude_from_weight_decay(var_names=excluded)
        return with_old_momentum(made) if isinstance(made, keras.optimizers.ScheduleFreeAdamW) else made

    def schedule(self, spec: dict) -> keras.optimizers.schedules.LearningRateSchedule:
        return self._object("learning_rate", spec)

    def loss(self, spec) -> keras.losses.Loss | str:
        if isinstance(spec, str):
            return snake(spec)
        cls = getattr(keras.losses, spec["type"])
        return cls(**self._config(cls, spec.get("config", {})))
