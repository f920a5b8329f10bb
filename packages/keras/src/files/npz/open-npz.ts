import { LamellaError, locate } from "@lamella/ir";

import type { ArraySource } from "../../contents.ts";
import type { ByteSource } from "../byte-source.ts";
import { checkGrowth } from "../limits.ts";
import { type Archive, openZip } from "../zip.ts";
import { isKind, type PickleValue } from "./pickle-values.ts";
import { kindOf, readStored, type StoredArray, storedArray } from "./stored-array.ts";
import { PickleBudget, unpickle } from "./unpickle.ts";

/** An array, and what its bytes are read from. */
interface Member {
  readonly source: ByteSource;
  readonly array: StoredArray;
}

const ending = ".npy";

/** Whether an archive holds arrays of NumPy and nothing else. */
export function isNpz({ names }: Archive): boolean {
  return names.length > 0 && names.every((name) => name.endsWith(ending));
}

/**
 * The arrays of Keras's other store of weights (saving_lib.NpzIOStore), under the paths that they have in HDF5: each member is a pickled
 * dict of what one layer keeps. The pickles are read as data; nothing in them is run.
 *
 * @throws LamellaError `format` for anything but an intact file, `unsupported` for pickles of anything but arrays
 */
export function openNpz(source: ByteSource): ArraySource {
  return arraysIn(openZip(source), source.size);
}

/** @param size bytes of the archive */
export function arraysIn(archive: Archive, size: number): ArraySource {
  const arrays = new Map<string, Member>();
  const budget = new PickleBudget();
  let declared = 0;
  for (const name of archive.names.filter((each) => each.endsWith(ending))) {
    locate(name, () => {
      const opened = archive.open(name);
      for (const [key, value] of entriesIn(unpickle(opened, pickleStart(opened), budget))) {
        const path = pathOf(name, key);
        const array = locate(`${name}, '${key}'`, () => storedArray(value));
        declared += array.bytes.length;
        checkGrowth(`'${path}'`, size, declared);
        arrays.set(path, { source: opened, array });
      }
    });
  }
  const found = (path: string): Member => {
    const member = arrays.get(path);
    if (member !== undefined) return member;
    throw new LamellaError("name", { where: path, problem: "The file has no such array." });
  };
  return {
    paths: [...arrays.keys()],
    type: (path) => {
      const { shape, type } = found(path).array;
      return { shape, dtype: type.dtype };
    },
    read: (path) => {
      const { source, array } = found(path);
      return readStored(source, array);
    },
  };
}

/** `layers/dense/vars/0` of '0' in `layers/dense.npy`; the model's own are in `__root__.npy`. */
function pathOf(name: string, key: string): string {
  const place = name.slice(0, -ending.length);
  return place === "__root__" ? `vars/${key}` : `${place}/vars/${key}`;
}

/** Where the pickle of a .npy file begins. */
function pickleStart(source: ByteSource): number {
  const start = source.read(0, Math.min(source.size, 12));
  const magic = String.fromCodePoint(...start.subarray(0, 6));
  if (magic !== "\u0093NUMPY" || start.length < 12) {
    throw new LamellaError("format", {
      problem: "This is no .npy file.",
      expected: "the bytes \\x93NUMPY at its start",
    });
  }
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const [textStart, length] = start[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const header = new TextDecoder("latin1").decode(source.read(textStart, length));
  if (/'descr'\s*:\s*'\|O'/.test(header)) return textStart + length;
  throw new LamellaError("format", {
    problem: "The array holds no weights as Keras writes them.",
    expected: "a pickled dict, which has the dtype '|O'",
    received: header.trim().slice(0, 100),
    hint: "Arrays of numpy.savez are read with @lamella/data.",
  });
}

/** What a layer keeps: the dict in an array of one object. */
function entriesIn(root: PickleValue): ReadonlyMap<string, PickleValue> {
  const state = isKind(root, "made") ? root.state : undefined;
  const objects = isKind(state, "tuple") ? state.items[4] : undefined;
  const [dict] = isKind(objects, "list") && objects.items.length === 1 ? objects.items : [];
  if (isKind(dict, "dict")) return dict.entries ?? new Map();
  throw new LamellaError("format", {
    problem: "The array holds no weights as Keras writes them.",
    expected: "an array of one dict",
    received: kindOf(dict === undefined ? root : dict),
  });
}
