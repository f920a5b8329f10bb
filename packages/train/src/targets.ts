import {
  flatTensor,
  formatShape,
  isFloating,
  LamellaError,
  locate,
  type StaticShape,
  tensor,
  Tensor,
  type ValueType,
} from "@lamella/ir";

import { type Data, findElement } from "./data.ts";
import { type Loss, targetsOf } from "./losses/losses.ts";
import type { TracedFunction } from "./tensor-function.ts";

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
 * Targets as a tensor: whole numbers as int32 where they fit, others as float32. A flat array holds one number a sample, or fills the
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
  const missing = isFloating(raw.dtype) ? findElement(raw, Number.isNaN) : undefined;
  if (missing !== undefined) {
    throw new LamellaError("not-finite", {
      where,
      problem: `Element ${missing.at} is NaN.`,
      hint: "Drop samples without a target, or fill them in.",
    });
  }
  const whole = !isFloating(raw.dtype) && findElement(raw, (value) => !isInt32(value)) === undefined;
  return raw.cast(whole ? "int32" : "float32");
}

function isInt32(value: number): boolean {
  return value === (value | 0);
}

function rawTarget(data: Data, where: string, output: ValueType, samples: number): Tensor {
  if (data instanceof Tensor) return data;
  if (!ArrayBuffer.isView(data)) {
    const nested = locate(where, () => tensor(data, undefined, "float64"));
    return findElement(nested, (value) => !isInt32(value)) === undefined ? nested.cast("int32") : nested;
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

/** Refuses targets that the loss would misread. */
export function checkTarget(target: Tensor, name: string, output: ValueType, loss: Loss | TracedFunction): void {
  if (typeof loss === "function") return;
  const { shape } = target;
  const where = `targets '${name}'`;
  switch (targetsOf(loss)) {
    case "values":
      return checkShape(target, name, output, loss);
    case "classes": {
      if (shape.length === output.shape.length && shape.at(-1) === output.shape.at(-1) && shape.at(-1) !== 1) {
        throw new LamellaError("shape", {
          where,
          problem: `${loss.type} takes class numbers, and these targets have a value for every class.`,
          expected: `one number for each prediction, ${formatShape(output.shape.slice(0, -1))}`,
          received: formatShape(shape),
          hint: "Use categoricalCrossentropy for targets that are one-hot or probabilities.",
        });
      }
      return checkLabels(target, name, output, loss);
    }
    case "sequences": {
      if (shape.length === 2) return checkLabels(target, name, output, loss);
      throw new LamellaError("shape", {
        where,
        problem: `${loss.type} takes a sequence of class numbers for every sample, filled up with 0.`,
        expected: "(samples, labels)",
        received: formatShape(shape),
      });
    }
    case "identities": {
      const isWhole = findElement(target, (value) => !isInt32(value)) === undefined;
      if (isWhole && shape.slice(1).every((size) => size === 1)) return;
      throw new LamellaError("shape", {
        where,
        problem: `${loss.type} takes one whole number a sample, equal for samples that belong together.`,
        expected: "(samples,), whole numbers",
        received: `${formatShape(shape)}${isWhole ? "" : ", with fractions"}`,
      });
    }
  }
}

/** Without this, a column against a row would become a matrix, silently. */
function checkShape({ shape }: Tensor, name: string, output: ValueType, loss: Loss): void {
  const trimmed = (sizes: ValueType["shape"]) => (sizes.at(-1) === 1 && sizes.length > 1 ? sizes.slice(0, -1) : sizes);
  const [given, wanted] = [trimmed(shape), trimmed(output.shape)];
  const fits = (dim: ValueType["shape"][number], axis: number) =>
    axis === 0 || typeof dim === "string" || dim === given[axis];
  if (given.length === wanted.length && wanted.every(fits)) return;
  throw new LamellaError("shape", {
    where: `targets '${name}'`,
    problem: "The shape of the targets does not fit the output.",
    expected: formatShape(output.shape),
    received: formatShape(shape),
    hint:
      loss.type.startsWith("Categorical") && given.length < wanted.length
        ? "Use sparseCategoricalCrossentropy for targets that are class numbers."
        : "Give the last layer as many units as there are targets a sample, or reshape the targets.",
  });
}

/** Refuses class numbers that the output has no class for. */
function checkLabels(target: Tensor, name: string, output: ValueType, loss: Loss): void {
  const classes = output.shape.at(-1);
  if (typeof classes !== "number") return;
  const ignored = loss.config["ignoreClass"];
  const isClass = (label: number) => label >= 0 && label < classes && Number.isInteger(label);
  const wrong = findElement(target, (label) => !isClass(label) && label !== ignored);
  if (wrong === undefined) return;
  const { value, at } = wrong;
  const sample = Math.floor((at * target.shape[0]!) / target.size);
  throw new LamellaError("data", {
    where: `targets '${name}'`,
    problem: Number.isInteger(value)
      ? `Label ${value} at sample ${sample} is out of range.`
      : `Label ${value} at sample ${sample} is no class number.`,
    expected: `class numbers from 0 to ${classes - 1}, since the output has ${classes} classes`,
    received: String(value),
    hint: "Count classes from 0, or give the last layer as many units as there are classes.",
  });
}
