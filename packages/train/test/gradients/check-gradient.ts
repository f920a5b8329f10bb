import {
  Add,
  Cast,
  Cos,
  type DType,
  GraphBuilder,
  Mul,
  Range,
  randomKey,
  randomUniform,
  ReduceSum,
  Reshape,
  type Shape,
  sizeDim,
  sizeOf,
  type StaticShape,
  Tensor,
  type Tracer,
  verifyPrimitives,
} from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { expect } from "vitest";

import { gradients } from "../../src/index.ts";

/** An input of a function under test; float64 ones are differentiated. */
export interface Input {
  readonly value: Tensor;
  /** The shape it is declared with, symbols included. Default: the value's. */
  readonly shape?: Shape;
}

/** float64 values in [-1, 1) that depend on the name alone. */
export function noise(name: string, shape: StaticShape, scale = 1, offset = 0): Tensor<"float64"> {
  const values = randomUniform(randomKey(name), sizeOf(shape));
  return new Tensor(
    "float64",
    shape,
    Float64Array.from(values, (value) => value * scale + offset),
  );
}

export function float64(shape: StaticShape, values: readonly number[]): Tensor<"float64"> {
  return new Tensor("float64", shape, Float64Array.from(values));
}

export function int32(shape: StaticShape, values: readonly number[]): Tensor<"int32"> {
  return new Tensor("int32", shape, Int32Array.from(values));
}

export function bool(shape: StaticShape, values: readonly number[]): Tensor<"bool"> {
  return new Tensor("bool", shape, Uint8Array.from(values));
}

/** A scalar in which every element of every value counts differently. */
function weighted(values: readonly Tracer[]): Tracer {
  const terms = values.map((value, i) => {
    const { builder, shape, dtype } = value;
    const size = sizeDim(shape);
    const positions = Cast(Range(builder, size), dtype);
    return Reshape(ReduceSum(Mul(Reshape(value, [size]), Cos(Mul(positions, 1.7 + i)))), []);
  });
  return terms.reduce((sum, term) => Add(sum, term));
}

const isDifferentiated = ({ dtype }: { readonly dtype: DType }) => dtype === "float64";

export type Differentiable = (...inputs: readonly Tracer[]) => Tracer | readonly Tracer[];

/** The loss and its gradients, of the given order, as a runnable function of the inputs. */
async function compileLoss(build: Differentiable, inputs: readonly Input[], order: number) {
  const builder = new GraphBuilder("test");
  const tracers = inputs.map(({ value, shape }, i) => builder.input(`x${i}`, shape ?? value.shape, value.dtype));
  const wrt = tracers.filter(isDifferentiated);
  let values: readonly Tracer[] = [build(...tracers)].flat();
  let loss = weighted(values);
  for (let i = 1; i < order; i++) {
    values = gradients(loss, wrt);
    loss = weighted(values);
  }
  const found = gradients(loss, wrt);
  for (const [i, { shape }] of found.entries()) expect(shape.length).toBe(wrt[i]!.rank);
  const named = found.map((gradient, i): [string, Tracer] => [`gradient${i}`, gradient]);
  const graph = builder.finish(Object.fromEntries([["loss", loss], ...named]));
  verifyPrimitives(graph);
  const executable = await reference().compile(graph);
  return async (feeds: readonly Tensor[]) => {
    const outputs = await executable.run(Object.fromEntries(feeds.map((feed, i) => [`x${i}`, feed])));
    const read = async (name: string) => (await outputs[name]!.read()).toNumbers();
    const lossValue = (await read("loss"))[0]!;
    return { loss: lossValue, gradients: await Promise.all(named.map(([name]) => read(name))) };
  };
}

export interface CheckOptions {
  /** 2: the gradient of the gradient. Default: 1. */
  readonly order?: number;
  readonly step?: number;
  readonly tolerance?: number;
}

/** Compares every element of every gradient with a central difference. */
export async function expectGradients(
  build: Differentiable,
  inputs: readonly Input[],
  { order = 1, step = 1e-5, tolerance = 1e-6 }: CheckOptions = {},
): Promise<void> {
  const run = await compileLoss(build, inputs, order);
  const values = inputs.map(({ value }) => value);
  const { gradients: found } = await run(values);
  const wrt = values.flatMap((value, i) => (isDifferentiated(value) ? [i] : []));
  for (const [n, i] of wrt.entries()) {
    const numbers = values[i]!.toNumbers();
    const differences: number[] = [];
    for (const [at, number] of numbers.entries()) {
      const lossWith = async (changed: number) => {
        const moved = float64(values[i]!.shape, numbers.with(at, changed));
        return (await run(values.with(i, moved))).loss;
      };
      differences.push(((await lossWith(number + step)) - (await lossWith(number - step))) / (2 * step));
    }
    for (const [at, difference] of differences.entries()) {
      const error = Math.abs(found[n]![at]! - difference) / Math.max(1, Math.abs(difference));
      expect(error, `input ${i}, element ${at}: ${found[n]![at]} is not ${difference}`).toBeLessThan(tolerance);
    }
    expect(found[n]!.length).toBe(numbers.length);
  }
}

/** The gradients at a point, where differences cannot tell: at corners and ties. */
export async function gradientsAt(build: Differentiable, inputs: readonly Input[]): Promise<number[][]> {
  const builder = new GraphBuilder("test");
  const tracers = inputs.map(({ value, shape }, i) => builder.input(`x${i}`, shape ?? value.shape, value.dtype));
  const wrt = tracers.filter(isDifferentiated);
  const loss = [build(...tracers)].flat().map((value) => ReduceSum(value));
  const found = gradients(
    loss.reduce((sum, term) => Add(sum, term)),
    wrt,
  );
  const named = found.map((gradient, i): [string, Tracer] => [`gradient${i}`, gradient]);
  const graph = builder.finish(Object.fromEntries(named));
  verifyPrimitives(graph);
  const executable = await reference().compile(graph);
  const outputs = await executable.run(Object.fromEntries(inputs.map(({ value }, i) => [`x${i}`, value])));
  return Promise.all(named.map(async ([name]) => (await outputs[name]!.read()).toNumbers()));
}
