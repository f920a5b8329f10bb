import { readFileSync } from "node:fs";

import {
  type DType,
  GraphBuilder,
  type NestedArray,
  type Shape,
  type StaticShape,
  tensor,
  type Tensor,
  type Tracer,
  verifyPrimitives,
} from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { expect } from "vitest";

export interface LossCase {
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly yTrue: NestedArray;
  readonly labels: boolean;
  readonly yPred: NestedArray;
  readonly sampleWeight: NestedArray | null;
  readonly mask: NestedArray | null;
  readonly value: NestedArray;
  readonly gradient: NestedArray;
}

export interface MetricCase {
  readonly name: string;
  readonly reported: string;
  readonly yTrue: NestedArray;
  readonly yPred: NestedArray;
  readonly sampleWeight: NestedArray | null;
  readonly mask: NestedArray | null;
  readonly total: number;
  readonly count: number;
}

/** What Keras computed; see goldens/keras_values.py. */
export const kerasValues = JSON.parse(readFileSync(new URL("goldens/keras-values.json", import.meta.url), "utf8")) as {
  readonly losses: LossCase[];
  readonly metrics: MetricCase[];
};

/** Keras's option names as ours: `from_logits` to `fromLogits`. */
export function camelCased(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const camel = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [camel(name), value]));
}

export function of(values: NestedArray, dtype: DType = "float32"): Tensor {
  return tensor(values, undefined, dtype);
}

/** The first axis as a symbol. */
export function batched(shape: StaticShape): Shape {
  return shape.map((dim, axis) => (axis === 0 ? "batch" : dim));
}

/** Runs a graph whose inputs are these tensors. */
export async function run(
  inputs: Readonly<Record<string, { readonly value: Tensor; readonly shape?: Shape }>>,
  build: (tracers: Readonly<Record<string, Tracer>>) => Readonly<Record<string, Tracer>>,
): Promise<Record<string, Tensor>> {
  const builder = new GraphBuilder("test");
  const tracers = Object.entries(inputs).map(([name, { value, shape }]): [string, Tracer] => [
    name,
    builder.input(name, shape ?? value.shape, value.dtype),
  ]);
  const graph = builder.finish(build(Object.fromEntries(tracers)));
  verifyPrimitives(graph);
  const executable = await reference().compile(graph);
  const outputs = await executable.run(
    Object.fromEntries(Object.entries(inputs).map(([name, { value }]) => [name, value])),
  );
  const read = Object.entries(outputs).map(async ([name, output]) => [name, await output.read()] as const);
  return Object.fromEntries(await Promise.all(read));
}

/** Compares within what float32 allows. */
export function expectClose(actual: Tensor, expected: NestedArray, tolerance = 1e-5): void {
  const wanted = of(expected, "float64");
  expect(actual.shape).toEqual(wanted.shape);
  const numbers = actual.toNumbers();
  for (const [i, value] of wanted.toNumbers().entries()) {
    const error = Math.abs(numbers[i]! - value) / Math.max(1, Math.abs(value));
    expect(error, `element ${i}: ${numbers[i]} is not ${value}`).toBeLessThan(tolerance);
  }
}
