import { isFloating, type ReduceAttributes, sizeOf, type StaticShape } from "@lamella/ir";
import { stridesOf } from "@lamella/runtime";

import type { Handle } from "../device.ts";
import { tfDType } from "../dtypes.ts";
import { onHost, share } from "./on-host.ts";
import { vectorSum } from "./on-vectors.ts";
import type { Compute, KernelRow, Site } from "./site.ts";
import { walkOf } from "./strided.ts";
import type { KernelTable } from "./table.ts";
import { transposed } from "./transpose.ts";

const positive = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

/** Strides through the output that stay where they are along reduced axes. */
function keptStrides(shape: StaticShape, axes: readonly number[]): readonly number[] {
  const own = stridesOf(shape.map((size, axis) => (axes.includes(axis) ? 1 : size)));
  return own.map((stride, axis) => (axes.includes(axis) ? 0 : stride));
}

/** Folds elements into float64 sums and rounds the results to their dtype. */
function hostReduce(
  site: Site<ReduceAttributes>,
  initial: number,
  fold: (sum: number, value: number) => number,
  finish: (sum: number) => number = (sum) => sum,
): Compute {
  const { shape } = site.inputs[0]!;
  const axes = site.attributes.axes.map((axis) => positive(axis, shape.length));
  const { inner, starts, steps } = walkOf(shape, [stridesOf(shape), keptStrides(shape, axes)]);
  const [reads, places] = starts as readonly [Int32Array, Int32Array];
  const [readStep, placeStep] = steps as readonly [number, number];
  return onHost(site, ([x], out) => {
    const sums = new Float64Array(out.length).fill(initial);
    for (let row = 0; row < reads.length; row++) {
      let at = reads[row]!;
      let place = places[row]!;
      if (placeStep === 0) {
        let sum = sums[place]!;
        for (let i = 0; i < inner; i++, at += readStep) sum = fold(sum, x![at]!);
        sums[place] = sum;
      } else {
        for (let i = 0; i < inner; i++, at += readStep, place += placeStep) sums[place] = fold(sums[place]!, x![at]!);
      }
    }
    for (let i = 0; i < out.length; i++) out[i] = finish(sums[i]!);
  });
}

/** A kernel for floats and, on most devices, int32; what else there is is cast. */
function kernelReduce(
  site: Site<ReduceAttributes>,
  kernel: string,
  axisName: string,
): (inputs: readonly Handle[]) => Handle {
  const { machine, inputs, outputs, attributes } = site;
  const { shape, dtype } = outputs[0]!;
  const axes = attributes.axes.map((axis) => positive(axis, inputs[0]!.shape.length));
  const whole = machine.looseIntegers ? "float32" : "int32";
  return ([x]) => {
    const number = isFloating(dtype) || tfDType(dtype) === whole ? x! : machine.cast(x!, whole);
    const reduced = machine.run(kernel, { x: number }, { [axisName]: axes, keepDims: attributes.keepdims });
    const cast = reduced.dtype === tfDType(dtype) ? reduced : machine.cast(reduced, tfDType(dtype));
    return machine.reshape(cast, shape);
  };
}

const lowest = (site: Site<unknown>) => {
  const { dtype } = site.inputs[0]!;
  return isFloating(dtype) ? -Infinity : dtype === "int32" || dtype === "int64" ? -(2 ** 31) : 0;
};

const add = (sum: number, value: number) => sum + value;

/** `reduce` unless there is nothing to reduce, or nothing at all. */
const reduction =
  (empty: (site: Site<unknown>) => number, reduce: KernelRow<ReduceAttributes>): KernelRow<ReduceAttributes> =>
  (site) => {
    const { machine, inputs, outputs, attributes } = site;
    if (sizeOf(inputs[0]!.shape) === 0) {
      return () => machine.filled(outputs[0]!.shape, tfDType(outputs[0]!.dtype), empty(site));
    }
    return attributes.axes.length === 0 ? share(site) : reduce(site);
  };

/** A last axis for kernels that know only that, and the way back. */
function alongLast(site: Site<{ readonly axis: number }>, work: (x: Handle) => Handle): Compute {
  const { machine, inputs } = site;
  const { shape } = inputs[0]!;
  const axis = positive(site.attributes.axis, shape.length);
  const perm = shape.map((_, i) => i);
  [perm[axis], perm[perm.length - 1]] = [perm.length - 1, axis];
  const turn = transposed(machine, shape, perm);
  const back = transposed(
    machine,
    perm.map((i) => shape[i]!),
    perm,
  );
  return ([x]) => back(work(turn(x!)));
}

/** Rows and columns of a block around one axis. */
function around(
  shape: StaticShape,
  axis: number,
): { readonly outer: number; readonly length: number; readonly inner: number } {
  const at = positive(axis, shape.length);
  return { outer: sizeOf(shape.slice(0, at)), length: shape[at]!, inner: sizeOf(shape.slice(at + 1)) };
}

export const reductions: Pick<
  KernelTable,
  "ReduceSum" | "ReduceMean" | "ReduceMax" | "ArgMax" | "TopK" | "Softmax" | "LogSoftmax"
> = {
  ReduceSum: reduction(
    () => 0,
    (site) => {
      if (site.machine.memory === undefined) return kernelReduce(site, "Sum", "axis");
      const rank = site.inputs[0]!.shape.length;
      const axes = site.attributes.axes.map((axis) => positive(axis, rank));
      return vectorSum(site, axes) ?? hostReduce(site, 0, add);
    },
  ),
  ReduceMean: reduction(
    (site) => (isFloating(site.inputs[0]!.dtype) ? NaN : 0),
    (site) => {
      const { machine, inputs, outputs } = site;
      const count = sizeOf(inputs[0]!.shape) / sizeOf(outputs[0]!.shape);
      if (machine.memory !== undefined) return hostReduce(site, 0, add, (sum) => sum / count);
      if (!machine.roughMean || !isFloating(inputs[0]!.dtype)) return kernelReduce(site, "Mean", "axis");
      const sum = kernelReduce(site, "Sum", "axis");
      return (values) => machine.run("RealDiv", { a: sum(values), b: machine.filled([], "float32", count) });
    },
  ),
  ReduceMax: reduction(lowest, (site) =>
    site.machine.memory === undefined
      ? kernelReduce(site, "Max", "reductionIndices")
      : hostReduce(site, lowest(site), Math.max),
  ),
  ArgMax: (site) => {
    const { machine, inputs, outputs, attributes } = site;
    const { shape, dtype } = inputs[0]!;
    const axis = positive(attributes.axis, shape.length);
    if (machine.memory === undefined) {
      return ([x]) => {
        const number = dtype === "bool" ? machine.cast(x!, "int32") : x!;
        return machine.reshape(machine.run("ArgMax", { x: number }, { axis }), outputs[0]!.shape);
      };
    }
    const { length, inner } = around(shape, axis);
    return onHost(site, ([x], out) => {
      for (let i = 0; i < out.length; i++) {
        const start = Math.floor(i / inner) * inner * length + (i % inner);
        let best = 0;
        for (let at = 1; at < length; at++) {
          const [value, most] = [x![start + at * inner]!, x![start + best * inner]!];
          if (value > most || (Number.isNaN(value) && !Number.isNaN(most))) best = at;
        }
        out[i] = best;
      }
    });
  },
  TopK: (site) => {
    const { machine, inputs, attributes } = site;
    const { shape, dtype } = inputs[0]!;
    const { axis, k, largest } = attributes;
    if (machine.memory === undefined) {
      return alongLast({ ...site, attributes: { axis } }, (x) => {
        const ordered = largest ? x : machine.run("Neg", { x });
        const number = dtype === "bool" ? machine.cast(ordered, "int32") : ordered;
        return machine.runAll("TopK", { x: number }, { k, sorted: true })[1]!;
      });
    }
    const { outer, length, inner } = around(shape, axis);
    return onHost(site, ([x], out) => {
      for (let row = 0; row < outer; row++) {
        for (let column = 0; column < inner; column++) {
          const start = row * length * inner + column;
          const value = (i: number) => x![start + i * inner]!;
          const order = Array.from({ length }, (_, i) => i);
          order.sort((a, b) => (largest ? value(b) - value(a) : value(a) - value(b)) || a - b);
          for (let i = 0; i < k; i++) out[(row * k + i) * inner + column] = order[i]!;
        }
      }
    });
  },
  Softmax: (site) =>
    alongLast(site, (logits) => site.machine.run("Softmax", { logits }, { dim: logits.shape.length - 1 })),
  LogSoftmax: (site) => {
    const { machine } = site;
    return alongLast(site, (x) => {
      const rows = machine.reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!]);
      const max = machine.run("Max", { x: rows }, { reductionIndices: [1], keepDims: true });
      const shifted = machine.run("Sub", { a: rows, b: machine.reshape(max, [rows.shape[0]!, 1]) });
      const sum = machine.run("Sum", { x: machine.run("Exp", { x: shifted }) }, { axis: [1], keepDims: true });
      const result = machine.run("Sub", {
        a: shifted,
        b: machine.reshape(machine.run("Log", { x: sum }), [rows.shape[0]!, 1]),
      });
      return machine.reshape(result, x.shape);
    });
  },
};
