import { float16ToNumber, fromNumbers, LamellaError, Tensor } from "@lamella/ir";

import type { ArraySource } from "../contents.ts";
import type { Members } from "../files/members.ts";
import type { Manifest, ManifestWeight } from "./manifest.ts";

/** The bytes of a group of files, one after the other. */
interface Group {
  readonly size: number;
  /** A copy of some of them. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
}

function groupOf(paths: readonly string[], files: Members): Group {
  const shards = paths.map((path) => {
    if (files.has(path)) return files.open(path);
    throw new LamellaError("format", {
      where: path,
      problem: "The file with the weights is missing.",
      expected: "it beside model.json",
    });
  });
  return {
    size: shards.reduce((sum, { size }) => sum + size, 0),
    read(offset, length) {
      const out = new Uint8Array(length);
      let start = 0;
      for (const shard of shards) {
        const from = Math.max(offset - start, 0);
        const to = Math.min(offset + length - start, shard.size);
        if (from < to) out.set(shard.read(from, to - from), start + from - offset);
        start += shard.size;
      }
      return out;
    },
  };
}

/** The numbers of a weight from its bytes, which are its own. (TensorFlow.js: `decodeWeights`.) */
function decode({ shape, dtype, quantization }: ManifestWeight, { buffer }: Uint8Array<ArrayBuffer>): Tensor {
  if (quantization?.dtype === "float16") {
    return new Tensor(dtype, shape, fromNumbers(dtype, Float32Array.from(new Uint16Array(buffer), float16ToNumber)));
  }
  if (quantization !== undefined) {
    const { scale, min } = quantization;
    const levels = quantization.dtype === "uint8" ? new Uint8Array(buffer) : new Uint16Array(buffer);
    const numbers = Float64Array.from(levels, (level) => level * scale + min);
    return new Tensor(dtype, shape, fromNumbers(dtype, dtype === "int32" ? numbers.map(Math.round) : numbers));
  }
  if (dtype === "bool") return new Tensor(dtype, shape, fromNumbers(dtype, new Uint8Array(buffer)));
  return dtype === "int32"
    ? new Tensor(dtype, shape, new Int32Array(buffer))
    : new Tensor("float32", shape, new Float32Array(buffer));
}

/**
 * The weights of a model of TensorFlow.js, by their names. The sizes of the files are checked before anything is read.
 *
 * @throws LamellaError `format` for files that are missing or of another size
 */
export function manifestArrays({ groups, weights }: Manifest, files: Members): ArraySource {
  const opened = groups.map((paths, index) => {
    const group = groupOf(paths, files);
    const last = weights.findLast((weight) => weight.group === index);
    const needed = last === undefined ? 0 : last.offset + last.byteLength;
    if (group.size !== needed) {
      throw new LamellaError("format", {
        where: paths.join(", "),
        problem: "The files with the weights are damaged or cut off.",
        expected: `${needed} bytes`,
        received: `${group.size}`,
      });
    }
    return group;
  });
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  return {
    paths: [...byName.keys()],
    type: (path) => {
      const { shape, dtype } = byName.get(path)!;
      return { shape, dtype };
    },
    read: (path) => {
      const weight = byName.get(path)!;
      return decode(weight, opened[weight.group]!.read(weight.offset, weight.byteLength));
    },
  };
}
