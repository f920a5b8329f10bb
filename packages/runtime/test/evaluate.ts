import {
  type DType,
  GraphBuilder,
  type NestedArray,
  randomKey,
  randomUniform,
  sizeOf,
  type StaticShape,
  Tensor,
  tensor,
  type Tracer,
} from "@lamella/ir";

import { type Feeds, reference, type ReferenceOptions } from "../src/index.ts";

/** A graph's outputs, on the reference backend. */
export async function evaluateAll(
  build: (builder: GraphBuilder) => Readonly<Record<string, Tracer>>,
  feeds: Feeds = {},
  options: ReferenceOptions = {},
): Promise<Record<string, Tensor>> {
  const builder = new GraphBuilder("test");
  const graph = builder.finish(build(builder));
  await using executable = await reference(options).compile(graph);
  const outputs = await executable.run(feeds);
  const read = Object.entries(outputs).map(async ([name, output]) => [name, await output.read()] as const);
  return Object.fromEntries(await Promise.all(read));
}

/** The one output of a graph. */
export async function evaluate(
  build: (builder: GraphBuilder) => Tracer,
  feeds: Feeds = {},
  options: ReferenceOptions = {},
): Promise<Tensor> {
  const { y } = await evaluateAll((builder) => ({ y: build(builder) }), feeds, options);
  return y!;
}

/** An operator applied to constants. */
export function apply(operator: (...inputs: Tracer[]) => Tracer, ...inputs: readonly Tensor[]): Promise<Tensor> {
  return evaluate((builder) => operator(...inputs.map((input) => builder.constant(input))));
}

export function of(dtype: DType, values: NestedArray): Tensor {
  return tensor(values, undefined, dtype);
}

/** float64 values in [-1, 1) that depend on the name alone. */
export function noise(name: string, shape: StaticShape): Tensor<"float64"> {
  return new Tensor("float64", shape, Float64Array.from(randomUniform(randomKey(name), sizeOf(shape))));
}

/** 0, 1, 2, ... in a shape. */
export function counting(shape: StaticShape, dtype: DType = "float32"): Tensor {
  return tensor(
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => i),
    shape,
    dtype,
  );
}

/** All indices of a shape, row-major. */
export function indicesOf(shape: StaticShape): number[][] {
  const [size, ...rest] = shape;
  if (size === undefined) return [[]];
  return Array.from({ length: size }, (_, i) => indicesOf(rest).map((index) => [i].concat(index))).flat();
}

/** The element at an index; undefined outside of the tensor. */
export function at(x: Tensor, index: readonly number[]): number | undefined {
  let offset = 0;
  for (const [axis, size] of x.shape.entries()) {
    if (index[axis]! < 0 || index[axis]! >= size) return undefined;
    offset = offset * size + index[axis]!;
  }
  return Number(x.data[offset]);
}

/** The elements of a tensor of that shape by a formula of the index. */
export function formula(shape: StaticShape, element: (index: readonly number[]) => number): number[] {
  return indicesOf(shape).map(element);
}

export function dot(a: Tensor, b: Tensor): number {
  const other = b.toNumbers();
  return a.toNumbers().reduce((sum, value, i) => sum + value * other[i]!, 0);
}
