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

/** A backend under test. */
export interface PrimitiveSubject {
  readonly name: string;
  readonly backend: Backend;
  /** What it keeps. */
  readonly dtypes: readonly DType[];
  /** Further ways for every graph, each of which must give the same. Default: none. */
  readonly routes?: readonly Backend[];
}

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

const tolerances: Partial<Record<DType, number>> = { float32: 2e-6, float16: 2e-3, float64: 1e-6 };

/** Runs a case on a backend, and on all of its routes: each must give what the reference backend gives. */
export async function expectSame(subject: PrimitiveSubject, item: Case, tolerance?: number): Promise<void> {
  const runs = (item.sizes ?? [{}]).map((sizes) => feedsOf(item, sizes));
  await expectSameGraph(subject, graphOf(item), runs, tolerance);
}

export async function expectSameGraph(
  { backend, routes = [] }: PrimitiveSubject,
  graph: PrimitiveGraph,
  runs: readonly Readonly<Record<string, Tensor>>[],
  tolerance?: number,
): Promise<void> {
  const plain = await reference().compile(graph);
  for (const route of [backend, ...routes]) {
    await using tested = await route.compile(graph);
    for (const feeds of runs) {
      const [actual, expected] = [await tested.run(feeds), await plain.run(feeds)];
      expect(Object.keys(actual)).toEqual(graph.outputs.map(({ name }) => name));
      for (const { name } of graph.outputs) {
        const wanted = await expected[name]!.read();
        expectClose(await actual[name]!.read(), wanted, tolerance ?? tolerances[wanted.dtype] ?? 0);
        actual[name]!.dispose();
      }
    }
  }
}
