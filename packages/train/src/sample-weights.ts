import { formatShape, LamellaError, locate, type NestedArray, sizeOf, tensor, Tensor } from "@lamella/ir";

import { type OutputPlan, usesWeights } from "./compile-options.ts";
import { assignData, type Data, findElement, type Slot } from "./data.ts";

/** How much samples count, as `fit` and `evaluate` take it. */
export interface Weighting {
  /** A weight a sample, or one a step in time; for several outputs a list or a record of them. */
  readonly sampleWeight?: unknown;
  /** A weight for each class number. */
  readonly classWeight?: Readonly<Record<number, number>> | undefined;
}

/**
 * The weights of the samples of every output, where they do not all count alike.
 *
 * @throws LamellaError `data` for weights that do not fit the targets, `not-finite`, `config`
 */
export function toWeights(
  { sampleWeight, classWeight }: Weighting,
  plans: readonly OutputPlan[],
  targets: readonly Tensor[],
): readonly (Tensor | undefined)[] {
  if (classWeight !== undefined) {
    checkAlone(plans, sampleWeight);
    return [weightsOfClasses(classWeight, targets[0]!)];
  }
  if (sampleWeight === undefined || sampleWeight === null) return plans.map(() => undefined);
  const slots = plans.map(({ name }, i): Slot => ({ name, shape: targets[i]!.shape, dtype: "float32" }));
  const forAll = plans.length > 1 && (sampleWeight instanceof Tensor || ArrayBuffer.isView(sampleWeight));
  const data = forAll ? plans.map(() => sampleWeight as Data) : assignData(sampleWeight, slots, "sampleWeight");
  return plans.map((plan, i) => (usesWeights(plan) ? weightTensor(data[i]!, plan.name, targets[i]!) : undefined));
}

function checkAlone(plans: readonly OutputPlan[], sampleWeight: unknown): void {
  const received =
    plans.length > 1
      ? `${plans.length} outputs: ${plans.map(({ name }) => name).join(", ")}`
      : sampleWeight !== undefined && "sampleWeight, too";
  if (received === false) return;
  throw new LamellaError("config", {
    where: "classWeight",
    problem: "Class weights are for models with one output, and stand alone.",
    expected: "either classWeight, or sampleWeight",
    received,
  });
}

/** The weight of the class of every sample, 1 for classes that have none. */
function weightsOfClasses(classWeight: Readonly<Record<number, number>>, target: Tensor): Tensor {
  const [samples, ...rest] = target.shape as [number, ...number[]];
  const size = sizeOf(rest);
  const classes = rest.at(-1) ?? 1;
  if (size !== classes) {
    throw new LamellaError("data", {
      where: "classWeight",
      problem: "The targets do not name one class a sample.",
      expected: "class numbers, or one number for each class",
      received: `targets of shape ${formatShape(target.shape)}`,
      hint: "Give sampleWeight instead.",
    });
  }
  const values = target.toNumbers();
  const weights = Float32Array.from({ length: samples }, (_, sample) => {
    const own = values.slice(sample * classes, (sample + 1) * classes);
    const label = classes === 1 ? Math.round(own[0]!) : own.indexOf(Math.max(...own));
    return classWeight[label] ?? 1;
  });
  return new Tensor("float32", [samples], weights);
}

function weightTensor(data: Data, output: string, target: Tensor): Tensor {
  const where = `sampleWeight of '${output}'`;
  const raw = data instanceof Tensor ? data : locate(where, () => tensor(data as NestedArray, undefined, "float64"));
  const weights = raw.cast("float32");
  const [samples] = weights.shape;
  if (samples === undefined || weights.shape.some((size, axis) => size !== target.shape[axis])) {
    throw new LamellaError("data", {
      where,
      problem: "The weights do not fit the targets.",
      expected: `a weight for each of the ${target.shape[0]} samples, or for the leading axes of ${formatShape(target.shape)}`,
      received: `shape ${formatShape(weights.shape)}`,
    });
  }
  const wrong = findElement(weights, (value) => !Number.isFinite(value));
  if (wrong === undefined) return weights;
  throw new LamellaError("not-finite", { where, problem: `Element ${wrong.at} is ${wrong.value}.` });
}
