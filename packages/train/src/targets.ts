import { isFloating, LamellaError, type StaticShape, tensor, Tensor, type ValueType } from "@lamella/ir";

import { type Data, flatTensor } from "./data.ts";
import type { Loss, LossFunction } from "./losses/losses.ts";

/** What the targets of one output look like to the graph: the batch and open sizes stay symbols. */
export function targetType(target: Tensor, output: ValueType): ValueType {
  const sameRank = target.shape.length === output.shape.length;
  const shape = target.shape.map((size, axis) => {
    if (axis === 0) return output.shape[0]!;
    const dim = output.shape[axis];
    return sameRank && typeof dim === "string" ? dim : size;
  });
  return { shape, dtype: target.dtype };
}

/**
 * Targets as a tensor: whole numbers as int32, others as float32. A flat array holds one number a sample, or fills the
 * output's shape.
 *
 * @throws LamellaError `data`
 */
export function toTarget(data: Data, name: string, output: ValueType, samples: number): Tensor {
  const where = `targets '${name}'`;
  const raw = rawTarget(data, where, output, samples);
  if (raw.shape[0] !== samples) {
    throw new LamellaError("data", {
      where,
      problem: "The targets and the inputs have different numbers of samples.",
      expected: `${samples}, as many as the inputs`,
      received: String(raw.shape[0] ?? 1),
    });
  }
  if (isFloating(raw.dtype)) {
    const at = raw.toNumbers().findIndex((value) => Number.isNaN(value));
    if (at < 0) return raw.cast("float32");
    throw new LamellaError("not-finite", {
      where,
      problem: `Element ${at} is NaN.`,
      hint: "Drop samples without a target, or fill them in.",
    });
  }
  return raw.cast("int32");
}

function rawTarget(data: Data, where: string, output: ValueType, samples: number): Tensor {
  if (data instanceof Tensor) return data;
  if (!ArrayBuffer.isView(data)) {
    const nested = tensor(data, undefined, "float64");
    return nested.data.every((value) => Number.isInteger(value)) ? nested.cast("int32") : nested;
  }
  if (data.length === samples) return flatTensor(data, [samples]);
  const rest = output.shape.slice(1);
  const size = rest.reduce<number>((product, dim) => product * Number(dim), 1);
  if (data.length === samples * size) return flatTensor(data, [samples, ...(rest as StaticShape)]);
  throw new LamellaError("data", {
    where,
    problem: "The flat array does not fit the samples.",
    expected: `${samples} numbers, or ${samples} times the ${rest.join(" x ")} of the output`,
    received: `${data.length} numbers`,
  });
}

/** Refuses class numbers that the output has no class for. */
export function checkLabels(target: Tensor, name: string, output: ValueType, loss: Loss | LossFunction): void {
  if (typeof loss === "function" || loss.type !== "SparseCategoricalCrossentropy") return;
  const classes = output.shape.at(-1);
  if (typeof classes !== "number") return;
  const ignored = loss.config["ignoreClass"];
  const labels = target.toNumbers();
  const at = labels.findIndex((label) => (label < 0 || label >= classes) && label !== ignored);
  if (at < 0) return;
  throw new LamellaError("data", {
    where: `targets '${name}'`,
    problem: `Label ${labels[at]} at sample ${Math.floor((at * target.shape[0]!) / target.size)} is out of range.`,
    expected: `class numbers from 0 to ${classes - 1}, since the output has ${classes} classes`,
    received: String(labels[at]),
    hint: "Count classes from 0, or give the last layer as many units as there are classes.",
  });
}
