import {
  type DType,
  fromNumbers,
  GraphBuilder,
  isFloating,
  type PrimitiveGraph,
  randomKey,
  randomUniform,
  type Shape,
  type StaticShape,
  sizeOf,
  substituteDim,
  Tensor,
  type Tracer,
} from "@lamella/ir";
import { type Backend, reference } from "@lamella/runtime";
import { expect } from "vitest";

import { backendOn } from "../src/backend.ts";
import type { Device } from "../src/device.ts";
import { cpu } from "../src/devices/cpu.ts";
import { tfjs } from "../src/index.ts";

/** A device that keeps its memory to itself, as those with a GPU do. */
const closed: Device = {
  ...cpu,
  load: async () => {
    const { core, backend } = await cpu.load();
    return { core, backend };
  },
};

/** What kernels are tested on: the last has every kernel done by TensorFlow.js alone. */
export const backends: readonly (readonly [string, Backend])[] = [
  ["wasm", tfjs({ device: "wasm" })],
  ["cpu", tfjs({ device: "cpu" })],
  ["kernels of TensorFlow.js alone", backendOn(async () => closed, "closed")],
];

interface InputSpec {
  readonly shape: Shape;
  readonly dtype?: DType;
  /** Whole numbers from `low` to below `high`; for floating dtypes real ones. Default: -2 to 2. */
  readonly low?: number;
  readonly high?: number;
  /** Whole numbers in floating dtypes, too: equal values come up. */
  readonly whole?: boolean;
}

/** Values that depend on the seed alone. */
export function randomTensor(
  seed: string,
  shape: StaticShape,
  { dtype = "float32", low = -2, high = 2, whole }: Omit<InputSpec, "shape"> = {},
): Tensor {
  const numbers = Array.from(randomUniform(randomKey(seed), sizeOf(shape)), (unit) => {
    const value = low + ((unit + 1) / 2) * (high - low);
    return isFloating(dtype) && whole !== true ? value : Math.floor(value);
  });
  return new Tensor(dtype, shape, fromNumbers(dtype, numbers));
}

interface Case {
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** Values for the symbols in the shapes, one run for each. */
  readonly sizes?: readonly Readonly<Record<string, number>>[];
  readonly build: (
    inputs: Readonly<Record<string, Tracer>>,
    builder: GraphBuilder,
  ) => Readonly<Record<string, Tracer>> | Tracer;
}

export function graphOf({ inputs, build }: Case): PrimitiveGraph {
  const builder = new GraphBuilder("case");
  const tracers = Object.entries(inputs).map(([key, { shape, dtype = "float32" }]) => [
    key,
    builder.input(key, shape, dtype),
  ]);
  const result = build(Object.fromEntries(tracers) as Record<string, Tracer>, builder);
  return builder.finish("builder" in result ? { y: result as Tracer } : result);
}

function feedsOf({ inputs }: Case, sizes: Readonly<Record<string, number>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, ...rest }]) => {
      const actual = shape.map((dim) => Number(substituteDim(dim, sizes)));
      return [name, randomTensor(`${name} ${JSON.stringify(sizes)}`, actual, rest)];
    }),
  );
}

/**
 * How far two results may be apart: `tolerance` times the largest expected size. Sums in another order and exponentials by
 * polynomials are each good to a few units in the last place, 6e-8 in float32.
 */
function expectClose(actual: Tensor, expected: Tensor, tolerance: number): void {
  expect(actual.dtype).toBe(expected.dtype);
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [actual.toNumbers(), expected.toNumbers()];
  const scale = Math.max(1, ...b.filter(Number.isFinite).map(Math.abs));
  for (const [i, value] of b.entries()) {
    if (Object.is(a[i], value) || a[i] === value) continue;
    expect(Math.abs(a[i]! - value), `element ${i}: ${a[i]} where ${value} is expected`).toBeLessThanOrEqual(
      tolerance * scale,
    );
  }
}

/** Runs a case on a backend: it must give what the reference backend gives. */
export async function expectSame(backend: Backend, item: Case, tolerance?: number): Promise<void> {
  const runs = (item.sizes ?? [{}]).map((sizes) => feedsOf(item, sizes));
  await expectSameGraph(backend, graphOf(item), runs, tolerance);
}

export async function expectSameGraph(
  backend: Backend,
  graph: PrimitiveGraph,
  runs: readonly Readonly<Record<string, Tensor>>[],
  tolerance = 2e-6,
): Promise<void> {
  const [tested, plain] = [await backend.compile(graph), await reference().compile(graph)];
  for (const feeds of runs) {
    const [actual, expected] = [await tested.run(feeds), await plain.run(feeds)];
    expect(Object.keys(actual)).toEqual(graph.outputs.map(({ name }) => name));
    for (const { name } of graph.outputs) {
      const wanted = await expected[name]!.read();
      expectClose(await actual[name]!.read(), wanted, isFloating(wanted.dtype) ? tolerance : 0);
      actual[name]!.dispose();
    }
  }
  await tested.dispose();
}
