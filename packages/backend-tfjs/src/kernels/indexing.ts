import { LamellaError, randomBits, randomRounds, sizeOf } from "@lamella/ir";
import { stridesOf } from "@lamella/runtime";

import type { Handle, HostArray } from "../device.ts";
import { tfDType, toTf } from "../dtypes.ts";
import { onHost } from "./on-host.ts";
import type { KernelTable } from "./table.ts";

function checkIndex(index: number, size: number, axis: number): void {
  if (index >= 0 && index < size) return;
  throw new LamellaError("data", {
    problem: `Index ${index} is out of range at axis ${axis}, which has ${size} elements.`,
    expected: size === 0 ? "no index" : `a whole number from 0 to ${size - 1}`,
    received: String(index),
  });
}

/** Rows this long are copied as a whole. */
const longRow = 16;

const gather: KernelTable["Gather"] = (site) => {
  const { machine, inputs, attributes } = site;
  const [{ shape }] = inputs as [(typeof inputs)[number]];
  const axis = attributes.axis < 0 ? attributes.axis + shape.length : attributes.axis;
  const size = shape[axis]!;
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  if (machine.memory === undefined) {
    return ([x, indices]) => machine.run("GatherV2", { x: x!, indices: indices! }, { axis, batchDims: 0 });
  }
  return onHost(site, ([x, indices], out) => {
    for (const index of indices!) checkIndex(index, size, axis);
    let to = 0;
    for (let block = 0; block < outer; block++) {
      for (let i = 0; i < indices!.length; i++) {
        const from = (block * size + indices![i]!) * inner;
        if (inner >= longRow) out.set(x!.subarray(from, from + inner), to);
        else for (let at = 0; at < inner; at++) out[to + at] = x![from + at]!;
        to += inner;
      }
    }
  });
};

const scatterND: KernelTable["ScatterND"] = (site) => {
  const { machine, inputs, outputs } = site;
  const [data, indices, updates] = inputs.map(({ shape }) => shape);
  const { dtype } = outputs[0]!;
  const depth = indices!.at(-1) ?? 0;
  const expected = [...indices!.slice(0, -1), ...data!.slice(depth)];
  if (indices!.length === 0 || depth > data!.length || String(updates) !== String(expected)) {
    throw new LamellaError("shape", {
      problem: "The indices and updates do not fit the data.",
      expected: `indices with a last axis of at most ${data!.length} elements, and updates of shape (${expected.join(", ")})`,
      received: `(${indices!.join(", ")}) and (${updates!.join(", ")})`,
    });
  }
  const rows = sizeOf(indices!.slice(0, -1));
  const inner = sizeOf(data!.slice(depth));
  if (machine.memory === undefined) {
    return ([x, places, added]) => {
      const flatPlaces = machine.reshape(places!, [rows, depth]);
      const flatAdded = machine.reshape(added!, [rows, ...data!.slice(depth)]);
      const sums = machine.run("ScatterNd", { indices: flatPlaces, updates: flatAdded }, { shape: [...data!] });
      return machine.run("Add", { a: x!, b: sums });
    };
  }
  const strides = stridesOf(data!);
  return onHost(site, ([x, places, added], out) => {
    const sums = dtype === "float32" ? Float64Array.from(x!) : undefined;
    const target: Float64Array | HostArray = sums ?? out;
    if (sums === undefined) out.set(x!);
    for (let row = 0; row < rows; row++) {
      let base = 0;
      for (let axis = 0; axis < depth; axis++) {
        const index = places![row * depth + axis]!;
        checkIndex(index, data![axis]!, axis);
        base += index * strides[axis]!;
      }
      for (let i = 0; i < inner; i++) target[base + i] = target[base + i]! + added![row * inner + i]!;
    }
    if (sums !== undefined) out.set(sums);
  });
};

/** The rounds of random-bits.ts on a device: in float32, which is exact below 2^24. */
const randomBitsOnDevice: KernelTable["RandomBits"] = ({ machine, outputs }) => {
  const { shape } = outputs[0]!;
  const size = sizeOf(shape);
  return ([key, counter]) => {
    const scalar = (value: number, dtype: "float32" | "int32" = "float32") => machine.filled([], dtype, value);
    const binary = (kernel: string, a: Handle, b: Handle) => machine.run(kernel, { a, b });
    const float = (x: Handle) => machine.cast(x, "float32");
    const lanes = scalar(2048);
    const below = (x: Handle) => {
      const whole = machine.run("Floor", { x: binary("Multiply", x, scalar(1 / 2048)) });
      return binary("Sub", x, binary("Multiply", whole, lanes));
    };
    const count = machine.reshape(counter!, [size]);
    const upper = binary("FloorDiv", count, scalar(2048, "int32"));
    let c = float(binary("Sub", count, binary("Multiply", upper, scalar(2048, "int32"))));
    let b = below(float(upper));
    let a = below(float(binary("FloorDiv", upper, scalar(2048, "int32"))));
    const keys = float(key!);
    for (let round = 0; round < randomRounds; round++) {
      const sum = binary("Add", b, machine.run("Slice", { x: keys }, { begin: [round], size: [1] }));
      const part = machine.run("Floor", { x: binary("Multiply", binary("Multiply", sum, sum), scalar(1 / 64)) });
      [a, b, c] = [b, c, below(binary("Add", a, part))];
    }
    const bits = binary("Add", binary("Multiply", b, lanes), c);
    return machine.reshape(machine.cast(bits, "int32"), shape);
  };
};

/** Values by their indices, and values made from indices. */
export const indexing: Pick<KernelTable, "Constant" | "DimSize" | "Range" | "RandomBits" | "Gather" | "ScatterND"> = {
  /** Constants are uploaded once, by the executable; this row is for one that stands alone. */
  Constant:
    ({ machine, attributes: { value } }) =>
    () =>
      machine.write(toTf(value), value.shape, tfDType(value.dtype)),
  DimSize:
    ({ machine, attributes: { dim } }) =>
    () =>
      machine.write(Int32Array.of(dim), [], "int32"),
  Range:
    ({ machine, attributes: { size } }) =>
    () =>
      machine.write(
        Int32Array.from({ length: size }, (_, i) => i),
        [size],
        "int32",
      ),
  RandomBits: (site) => {
    const { shape } = site.inputs[0]!;
    if (shape.length !== 1 || shape[0] !== randomRounds) {
      throw new LamellaError("shape", {
        problem: "The key has the wrong shape.",
        expected: `(${randomRounds})`,
        received: `(${shape.join(", ")})`,
      });
    }
    if (site.machine.memory === undefined) return randomBitsOnDevice(site);
    return onHost(site, ([key, counter], out) => {
      const words = Array.from(key!);
      for (let i = 0; i < out.length; i++) out[i] = randomBits(words, counter![i]!);
    });
  },
  Gather: gather,
  ScatterND: scatterND,
};
