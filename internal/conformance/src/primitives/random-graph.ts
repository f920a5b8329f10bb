import {
  Add,
  Concat,
  Conv,
  type ConvAttributes,
  Expand,
  Gather,
  GraphBuilder,
  Greater,
  MatMul,
  Max,
  MaxPool,
  MaxPoolGrad,
  Mul,
  Pad,
  type PrimitiveGraph,
  Range,
  ReduceMax,
  ReduceMean,
  ReduceSum,
  Relu,
  Reshape,
  Reverse,
  SliceAxis,
  Softmax,
  Sub,
  Tanh,
  type Tracer,
  Transpose,
  Where,
} from "@lamella/ir";
import fc from "fast-check";
import { test } from "vitest";

import { expectSameGraph, type PrimitiveSubject, randomTensor } from "./harness.ts";

const same: ConvAttributes = {
  layout: "channelsLast",
  strides: [1, 1],
  dilations: [1, 1],
  pads: "SAME_UPPER",
  group: 1,
};
const window = { layout: "channelsLast", strides: [1, 1], pads: "SAME_UPPER", kernelShape: [2, 2] } as const;
const shape = ["batch", 3, 4, 2] as const;

type Step = (
  x: Tracer,
  y: Tracer,
  weights: { readonly kernel: Tracer; readonly vector: Tracer; readonly map: Tracer },
) => Tracer;

/** Each takes and gives (batch, 3, 4, 2). */
const steps: Readonly<Record<string, Step>> = {
  conv: (x, _, { kernel }) => Conv(x, kernel, same),
  convFirst: (x, _, { kernel }) => {
    const weight = Transpose(kernel, [3, 2, 0, 1]);
    return Transpose(Conv(Transpose(x, [0, 3, 1, 2]), weight, { ...same, layout: "channelsFirst" }), [0, 2, 3, 1]);
  },
  pool: (x) => MaxPool(x, window),
  poolGrad: (x, y) => MaxPoolGrad(x, MaxPool(x, window), y, window),
  relu: (x) => Relu(x),
  tanh: (x) => Tanh(x),
  add: (x, y) => Add(x, y),
  max: (x, y) => Max(x, y),
  scale: (x, _, { vector }) => Mul(x, vector),
  shift: (x, _, { map }) => Sub(x, map),
  where: (x, y, { vector }) => Where(Greater(x, vector), x, y),
  center: (x) => Sub(x, ReduceMean(x, { axes: [0, 1, 2], keepdims: true })),
  total: (x) => Mul(x, Tanh(ReduceSum(x, { axes: [1, 3], keepdims: true }))),
  squeeze: (x) => Add(x, Reshape(ReduceMax(x, { axes: [1, 2] }), ["batch", 1, 1, 2])),
  spread: (x) => Expand(ReduceMean(x, { axes: [1, 2], keepdims: true }), shape),
  softmax: (x) => Softmax(x, 3),
  turn: (x) => Transpose(SliceAxis(Transpose(Concat([x, x], 1), [0, 2, 1, 3]), 2, 1, 4), [0, 2, 1, 3]),
  reverse: (x) => Reverse(x, 2),
  crop: (x) => SliceAxis(SliceAxis(Pad(x, [0, 1, 0, 0, 0, 0, 2, 0]), 1, 0, 3), 2, 2, 6),
  gather: (x) => Gather(x, Range(x.builder, 4), 2),
  dense: (x, y) => MatMul(x, SliceAxis(Reshape(SliceAxis(y, 0, 0, 1), [12, 2]), 0, 0, 2)),
  flat: (x) => Reshape(Reshape(x, ["batch", 24]), shape),
};

const names = Object.keys(steps);
const program = fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(), fc.nat()), { minLength: 1, maxLength: 10 });

function build(lines: readonly (readonly [string, number, number])[], constant: boolean): PrimitiveGraph {
  const builder = new GraphBuilder("random");
  const values = [builder.input("x", shape, "float32")];
  const weight = (name: string, sizes: readonly number[]): Tracer =>
    constant ? builder.constant(randomTensor(name, sizes)) : builder.input(name, sizes, "float32");
  const weights = { kernel: weight("kernel", [3, 3, 2, 2]), vector: weight("vector", [2]), map: weight("map", [4, 2]) };
  for (const [name, i, j] of lines) {
    values.push(steps[name]!(values.at(i % values.length)!, values.at(j % values.length)!, weights));
  }
  return builder.finish({ last: values.at(-1)!, middle: values[Math.floor(values.length / 2)]! });
}

/** Programs of random primitives. */
export function describeRandomGraphs(subject: PrimitiveSubject): void {
  test("graphs of random primitives give the same", { timeout: 20_000 }, async () => {
    const property = fc.asyncProperty(program, fc.boolean(), async (lines, constant) => {
      const graph = build(lines, constant);
      const feeds = Object.fromEntries(
        graph.inputs.map(({ name, value }) => {
          const sizes = graph.values[value]!.shape.map((dim) => (dim === "batch" ? 2 : Number(dim)));
          return [name, randomTensor(name, sizes)];
        }),
      );
      // Ten operators after each other, each with its own rounding.
      await expectSameGraph(subject, graph, [feeds], 1e-4);
    });
    await fc.assert(property, { numRuns: 40, interruptAfterTimeLimit: 8000 });
  });
}
