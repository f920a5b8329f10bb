import * as ir from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { gradients } from "../../src/index.ts";
import {
  type Differentiable,
  expectGradients,
  float64,
  gradientsAt,
  type Input,
  int32,
  noise,
} from "./check-gradient.ts";

const matrix: Input = { value: noise("matrix", [2, 3]), shape: ["batch", 3] };
const cube: Input = { value: noise("cube", [2, 3, 4]), shape: ["batch", 3, "time"] };

type Case = readonly [string, Differentiable, readonly Input[]];

const slice = (starts: ir.Shape, ends: ir.Shape, steps: readonly number[]): Differentiable => {
  return (x) => ir.Slice(x, { starts, ends, steps });
};

const cases: readonly Case[] = [
  ["ReduceSum of all", (x) => ir.ReduceSum(x), [cube]],
  ["ReduceSum of axes", (x) => ir.ReduceSum(x, { axes: [0, 2] }), [cube]],
  ["ReduceSum, keepdims", (x) => ir.ReduceSum(x, { axes: [-1], keepdims: true }), [cube]],
  ["ReduceMean of all", (x) => ir.ReduceMean(x), [cube]],
  ["ReduceMean of a fixed axis", (x) => ir.ReduceMean(x, { axes: [1] }), [cube]],
  ["ReduceMean of symbols, keepdims", (x) => ir.ReduceMean(x, { axes: [0, 2], keepdims: true }), [cube]],
  ["ReduceMax", (x) => ir.ReduceMax(x, { axes: [1] }), [cube]],
  ["ReduceMax of all", (x) => ir.ReduceMax(x), [cube]],
  ["Softmax", (x) => ir.Softmax(x), [matrix]],
  ["Softmax along an inner axis", (x) => ir.Softmax(x, 1), [cube]],
  ["LogSoftmax", (x) => ir.LogSoftmax(x), [matrix]],
  ["LogSoftmax along an inner axis", (x) => ir.LogSoftmax(x, 1), [cube]],

  ["Reshape", (x) => ir.Reshape(x, ["batch*time", 3]), [{ value: noise("r", [2, 4, 3]), shape: ["batch", "time", 3] }]],
  ["Transpose", (x) => ir.Transpose(x, [2, 0, 1]), [cube]],
  ["Expand", (x) => ir.Expand(x, ["batch", 4, 3]), [{ value: noise("e", [2, 1, 3]), shape: ["batch", 1, 3] }]],
  ["Expand to a symbol", (x, y) => ir.Mul(ir.Expand(x, ["batch", 3]), y), [{ value: noise("e", [3]) }, matrix]],
  ["Concat", (a, b) => ir.Concat([a, b, a], 1), [matrix, { value: noise("c", [2, 1]), shape: ["batch", 1] }]],
  ["Concat along symbols", (a, b) => ir.Concat([a, b], 0), [matrix, { value: noise("c", [4, 3]), shape: ["more", 3] }]],
  ["Pad", (x) => ir.Pad(x, [1, 0, 2, 3], 7), [matrix]],
  ["Slice", (x) => ir.SliceAxis(x, 1, 1, 3), [matrix]],
  ["Slice to a symbol", (x) => ir.SliceAxis(x, 2, 1, -1), [cube]],
  ["Slice with steps", slice([0, 1], [2, 7], [1, 3]), [{ value: noise("s", [2, 8]) }]],
  ["Slice with steps that fit", slice([0, 1], [2, 8], [1, 3]), [{ value: noise("s", [2, 8]) }]],
  ["Slice with steps to a symbol", slice([0], ["n"], [2]), [{ value: noise("s", [5]), shape: ["n"] }]],
  ["Slice with steps to an even symbol", slice([1], ["n"], [2]), [{ value: noise("s", [6]), shape: ["n"] }]],
  ["Slice backwards", slice([5, 1], [1, -1], [-1, -1]), [{ value: noise("s", [7, 2]) }]],
  ["Slice backwards with steps", slice([6], [0], [-2]), [{ value: noise("s", [8]) }]],
  ["Slice backwards with steps to the start", slice([6], [-1], [-4]), [{ value: noise("s", [8]) }]],
  ["Slice of nothing", (x) => [ir.SliceAxis(x, 1, 2, 2), ir.Mul(x, x)], [matrix]],
  ["Reverse", (x) => ir.Reverse(x, 0), [matrix]],

  ["Gather", (x, i) => ir.Gather(x, i, 0), [{ value: noise("g", [4, 2]) }, { value: int32([3], [2, 0, 2]) }]],
  ["Gather of one", (x, i) => ir.Gather(x, i, 1), [cube, { value: int32([], [1]) }]],
  [
    "Gather along an inner axis, by a symbolic matrix",
    (x, i) => ir.Gather(x, i, 1),
    [cube, { value: int32([2, 3], [0, 1, 1, 2, 1, 0]), shape: ["k", 3] }],
  ],
  [
    "Gather of embeddings, by tokens",
    (x, i) => ir.Gather(x, i, 0),
    [{ value: noise("g", [5, 2]) }, { value: int32([2, 3], [4, 0, 1, 1, 1, 0]), shape: ["batch", "time"] }],
  ],
  [
    "ScatterND of rows",
    (x, i, u) => ir.ScatterND(x, i, u),
    [{ value: noise("d", [4, 2]) }, { value: int32([3, 1], [1, 3, 1]) }, { value: noise("u", [3, 2]) }],
  ],
  [
    "ScatterND of elements",
    (x, i, u) => ir.ScatterND(x, i, u),
    [cube, { value: int32([2, 1, 3], [0, 1, 2, 1, 2, 3]) }, { value: noise("u", [2, 1]) }],
  ],

  ["MatMul", ir.MatMul, [matrix, { value: noise("m", [3, 4]) }]],
  ["MatMul of a batch with a matrix", ir.MatMul, [cube, { value: noise("m", [4, 2]) }]],
  ["MatMul of a matrix with a batch", ir.MatMul, [{ value: noise("m", [2, 3]) }, cube]],
  ["MatMul of batches", ir.MatMul, [cube, { value: noise("m", [2, 4, 2]), shape: ["batch", "time", 2] }]],
  [
    "MatMul of batches broadcast both ways",
    ir.MatMul,
    [
      { value: noise("m", [2, 1, 2, 3]), shape: ["batch", 1, 2, 3] },
      { value: noise("n", [4, 3, 1]), shape: ["heads", 3, 1] },
    ],
  ],
];

describe.each(cases)("%s", (_, build, inputs) => {
  test("gradient", () => expectGradients(build, inputs));
  test("gradient of the gradient", () => expectGradients(build, inputs, { order: 2 }));
});

describe("slices that make up the whole", () => {
  const parts =
    (...ranges: readonly (readonly [ir.Dim, ir.Dim])[]): Differentiable =>
    (x) =>
      ranges.map(([from, to], i) => ir.Pow(ir.SliceAxis(x, 1, from, to), i + 2));
  const wide: Input = { value: noise("wide", [2, 5]), shape: ["batch", 5] };
  const symbolic: Input = { value: noise("wide", [2, 5]), shape: ["batch", "n"] };

  const joins: readonly (readonly [string, Differentiable, Input, number])[] = [
    ["in any order", parts([3, 5], [0, 1], [1, 3]), wide, 1],
    ["up to a symbol", parts([0, 2], [2, "n"]), symbolic, 1],
    ["and one more", parts([0, 2], [2, 5], [1, 4]), wide, 1],
    ["twice", parts([0, 2], [2, 5], [0, 4], [4, 5]), wide, 2],
    ["but for a gap", parts([0, 2], [3, 5]), wide, 0],
  ];
  test.each(joins)("%s", async (_, build, input, joined) => {
    await expectGradients(build, [input]);
    const builder = new ir.GraphBuilder("test");
    const x = builder.input("x", input.shape!, "float32");
    const loss = [build(x)].flat().map((value) => ir.ReduceSum(value));
    gradients(
      loss.reduce((sum, term) => ir.Add(sum, term)),
      [x],
    );
    expect(builder.nodes.filter(({ op }) => op.type === "Concat")).toHaveLength(joined);
  });
});

describe("ties", () => {
  test("ReduceMax gives equal maxima equal shares, as TensorFlow does", async () => {
    const x = { value: float64([2, 4], [1, 3, 3, 0, 2, 2, 2, 2]) };
    expect(await gradientsAt((value) => ir.ReduceMax(value, { axes: [1] }), [x])).toEqual([
      [0, 0.5, 0.5, 0, 0.25, 0.25, 0.25, 0.25],
    ]);
  });
});

test("a matrix that multiplies a whole batch gets its gradient from one product", () => {
  const builder = new ir.GraphBuilder("test");
  const x = builder.input("x", ["batch", "time", 3], "float32");
  const kernel = builder.input("kernel", [3, 2], "float32");
  const [gradient] = gradients(ir.ReduceSum(ir.MatMul(x, kernel)), [kernel]);
  const graph = builder.finish({ gradient: gradient! });
  const products = graph.nodes.filter(({ op }) => op.type === "MatMul");
  expect(products.map(({ outputs }) => graph.values[outputs[0]!]!.shape)).toEqual([[3, 2]]);
});
