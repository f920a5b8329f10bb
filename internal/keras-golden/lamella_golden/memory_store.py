"""A weight file of Keras that is a dict."""

import keras
import numpy as np
from keras.src.saving import saving_lib


class MemoryStore(saving_lib.NpzIOStore):
    """Groups of arrays by the path of their owner."""

    def __init__(self):
        self.groups = {}

    def make(self, path, metadata=None):
        return self.groups.setdefault(path, {})

    def get(self, path):
        return self.groups.get(path, {})

    def has_path(self, path):
        return any(name == path or name.startswith(f"{path}/") for name in self.groups)

    def close(self):
        pass


def saved_arrays(model: keras.Model) -> dict[str, np.ndarray]:
    """What Keras saves of a model, by path: layers/dense/vars/0."""
    store = MemoryStore()
    saving_lib._save_state(model, store, None, "", set())
    return {
        f"{path}/vars/{key}": np.asarray(value) for path, group in store.groups.items() for key, value in group.items()
    }


def load_arrays(model: keras.Model, arrays: dict[str, np.ndarray]) -> None:
    """Fills a model as Keras does from a file. Raises ValueError for what does not fit."""
    store = MemoryStore()
    for path, value in arrays.items():
        owner, key = path.rsplit("/vars/", 1)
        store.make(owner)[key] = value
    failed, errors = set(), {}
    saving_lib._load_state(model, store, None, "", visited_saveables=set(), failed_saveables=failed, error_msgs=errors)
    if failed:
        raise ValueError("; ".join(str(error) for _, error in errors.values()))
