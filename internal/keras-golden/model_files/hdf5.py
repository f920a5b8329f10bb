"""python -m model_files.hdf5 FILE.json: small HDF5 files of h5py, with what is in them and what must not be read."""

import base64
import io
import json
import sys

import h5py
import ml_dtypes
import numpy as np

NUMBERS = {
    "float32": np.arange(6, dtype="<f4").reshape(2, 3) / 4,
    "big-endian": np.array([1.5, -2], ">f8"),
    "float16": np.array([0.5, -3], "<f2"),
    "bfloat16": np.array([1.5, -2, 0.25]).astype(ml_dtypes.bfloat16),
    "bool": np.array([True, False, True]),
    "int8": np.array([-3, 4], "i1"),
    "int16": np.array([-300, 4], ">i2"),
    "uint16": np.array([65535, 1], "<u2"),
    "uint8": np.array([255, 1], "u1"),
    "int32": np.array([[-70000], [1]], "<i4"),
    "uint32": np.array([2**32 - 1], "<u4"),
    "int64": np.array([-(2**40), 5], "<i8"),
    "scalar": np.float32(3),
    "empty": np.zeros((0, 3), "<f4"),
}
TABLE = np.arange(17 * 23, dtype="<f4").reshape(17, 23)


def packed(make, **options) -> str:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", **options) as file:
        make(file)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def numbers(file):
    for name, value in NUMBERS.items():
        dataset = file.create_dataset(f"layers/{name}/vars/0", data=value)
        if name == "bfloat16":
            dataset.attrs["dtype"] = "bfloat16"


def attributes(file):
    file.attrs["config"] = '{"name": "mödel"}'
    file.attrs["bytes"] = np.bytes_("2.15.0")
    file.attrs["names"] = [b"dense", b"dense_1"]
    file.attrs["texts"] = np.array(["a", "", "ç"], dtype=h5py.string_dtype())
    file.attrs["count"] = 3
    file.attrs["rate"] = 0.5
    file.attrs["none"] = np.array([], dtype="f8")
    file.create_group("inner").attrs["long"] = "x" * 5_000


def many(file):
    """More members and attributes than a header holds."""
    group = file.create_group("layers", track_order=True)
    for i in range(40):
        group.create_dataset(f"w{i}/vars/0", data=np.full((2,), i, "<f4"))
    for i in range(20):
        file.attrs[f"attribute {i}"] = "x" * i
    file.attrs["large"] = np.bytes_("y" * 6000)


def chunks(file):
    file.create_dataset("plain", data=TABLE, chunks=(5, 7))
    file.create_dataset("gzip", data=TABLE, chunks=(4, 23), compression="gzip")
    file.create_dataset("all", data=TABLE, chunks=(8, 8), compression="gzip", shuffle=True, fletcher32=True)
    partly = file.create_dataset("partly", shape=TABLE.shape, dtype="<f4", chunks=(10, 10))
    partly[:10, :10] = TABLE[:10, :10]


def virtual(file):
    layout = h5py.VirtualLayout((3,), "f8")
    layout[:] = h5py.VirtualSource("other.h5", "x", (3,))
    file.create_virtual_dataset("x", layout)


def cycle(file):
    inner = file.create_group("a/b")
    inner["again"] = file["a"]


def bad(file, name):
    if name == "soft link":
        file["x"] = np.zeros(3)
        file["y"] = h5py.SoftLink("/x")
    elif name == "external link":
        file["y"] = h5py.ExternalLink("other.h5", "/x")
    elif name == "external data":
        file.create_dataset("x", shape=(10,), dtype="u1", external=[("/etc/passwd", 0, 10)])
    elif name == "huge":
        file.create_dataset("x", shape=(10**9, 100), dtype="<f4")
    elif name == "bomb":
        file.create_dataset("x", data=np.zeros((5000, 900), "<f4"), chunks=(5000, 900), compression="gzip")
    elif name == "huge blocks":
        file.create_dataset("x", shape=(4,), maxshape=(None,), dtype="<f4", chunks=(10**8,), compression="gzip")
    elif name == "lzf":
        file.create_dataset("x", data=TABLE, compression="lzf")
    elif name == "text":
        file["x"] = np.array([b"a", b"bc"])


BAD = ("soft link", "external link", "external data", "huge", "bomb", "huge blocks", "lzf", "text")


def main(path: str) -> None:
    good = {
        "earliest": {"libver": ("earliest", "latest")},
        "v108": {"libver": ("v108", "v108")},
    }
    fields = {
        "versions": {"h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version},
        "values": {name: np.asarray(value, "f8").tolist() for name, value in NUMBERS.items()},
        "numbers": {name: packed(numbers, **options) for name, options in good.items()},
        "attributes": {name: packed(attributes, **options) for name, options in good.items()},
        "many": {name: packed(many, track_order=True, **options) for name, options in good.items()},
        "chunks": {name: packed(chunks, **options) for name, options in good.items()},
        "behind": {"user block": packed(chunks, libver=("earliest", "latest"), userblock_size=512)},
        "bad": {
            **{name: packed(lambda file, name=name: bad(file, name), libver=("earliest", "latest")) for name in BAD},
            "virtual": packed(virtual),
            "cycle": packed(cycle),
            "newest links": packed(lambda file: bad(file, "external link"), libver=("v108", "v108")),
        },
    }
    with open(path, "w", encoding="utf-8") as file:
        lines = [f"  {json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in fields.items()]
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(sys.argv[1])
