"""The integer generator that stands in for stored weights and inputs.

Every intermediate value is an integer below 2**24, so the TypeScript twin gives the same bits.
"""

import functools

import numpy as np

BASE_KEY = (1608, 1342, 555, 69, 330, 1043, 1235, 1137, 460, 1475, 2028, 913)

Key = tuple[int, ...]


def random_bits(key: Key, counter):
    """22 random bits for a counter: an int, or an int64 array of counters."""
    a = (counter // 2**22) % 2048
    b = (counter // 2**11) % 2048
    c = counter % 2048
    for k in key:
        a, b, c = b, c, (a + (b + k) ** 2 // 64) % 2048
    return b * 2048 + c


def absorb(key: Key, n: int) -> Key:
    if not 0 <= n < 2**27:
        raise ValueError(f"absorb takes an integer in [0, 2**27). Received: {n}")
    return tuple(random_bits(key, n * 12 + i) % 2048 for i in range(12))


def _utf16(word: str) -> list[int]:
    raw = word.encode("utf-16-le", "surrogatepass")
    return [raw[i] + 256 * raw[i + 1] for i in range(0, len(raw), 2)]


@functools.lru_cache(maxsize=None)
def key_of(*words: str | int) -> Key:
    if not words:
        return BASE_KEY
    key, word = key_of(*words[:-1]), words[-1]
    if isinstance(word, str):
        units = _utf16(word)
        for unit in units:
            key = absorb(key, unit)
        return absorb(key, 65536 + len(units))
    if not 0 <= word < 2**32:
        raise ValueError(f"an integer word of a key is in [0, 2**32). Received: {word}")
    return absorb(absorb(key, word % 65536), word // 65536)


def uniform(key: Key, n: int) -> np.ndarray:
    """n float32 values in [-1, 1), multiples of 2**-21."""
    bits = random_bits(key, np.arange(n, dtype=np.int64))
    return ((bits - 2**21) / 2**21).astype(np.float32)


def check_vectors() -> dict:
    """What the TypeScript twin is tested against."""
    words: list[list[str | int]] = [
        [],
        [""],
        ["a"],
        ["ab"],
        ["a", "b"],
        [0],
        [1],
        [65535],
        [65536],
        [4294967295],
        ["dense/relu_no_bias", "input", 0],
        ["dense/relu_no_bias", "weight", 1],
        ["mlp/adam", "x", 19],
        ["seed", 1234567890, "dropout", 3, "step", 7],
        ["\u00e9\u4e16\U0001f600"],
    ]
    counters = [0, 1, 2047, 2048, 4194303, 4194304, 16777215, 16777216, 1610612735, 2147483648, 8589934591]
    return {
        "baseKey": list(BASE_KEY),
        "randomBits": [{"counter": n, "bits": random_bits(BASE_KEY, n)} for n in counters],
        "absorb": [{"n": n, "key": list(absorb(BASE_KEY, n))} for n in (0, 1, 65535, 65536, 131071, 2**27 - 1)],
        "keys": [
            {
                "words": w,
                "key": list(key_of(*w)),
                "bits": [int(v) for v in random_bits(key_of(*w), np.arange(8, dtype=np.int64))],
                "uniform": [float(v) for v in uniform(key_of(*w), 4)],
            }
            for w in words
        ],
    }
