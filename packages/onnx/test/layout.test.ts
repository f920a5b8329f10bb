import {
  Add,
  Cast,
  Concat,
  type ConvAttributes,
  Conv,
  ConvInputGrad,
  ConvWeightGrad,
  Gather,
  GraphBuilder,
  Greater,
  MatMul,
  MaxPool,
  MaxPoolGrad,
  Mul,
  Pad,
  type PrimitiveGraph,
  Range,
  ReduceMean,
  ReduceSum,
  Relu,
  Reshape,
  SliceAxis,
  Softmax,
  Sub,
  Tensor,
  tensor,
  type Tracer,
  Transpose,
  Where,
} from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { channelsFirst } from "../src/index.ts";
import { withConstants } from "../src/with-constants.ts";

const conv: ConvAttributes = {
  layout: "channelsLast",
  strides: [1, 1],
  dilations: [1, 1],
  pads: "SAME_UPPER",
  group: 1,
};
const pool = { layout: "channelsLast", strides: [2, 2], pads: [0, 0, 0, 0], kernelShape: [2, 2] } as const;

function transposes(graph: PrimitiveGraph): string[] {
  return graph.nodes.filter(({ op }) => op.type === "Transpose").map(({ name }) => name);
}

/** conv, relu, pool, conv, batch normalization, relu, a residual sum, flatten, dense; as layers would write it. */
function cnn(builder: GraphBuilder) {
  const x = builder.input("x", ["batch", 8, 8, 3], "float32");
  const weights = {
    kernel1: builder.input("kernel1", [3, 3, 3, 4], "float32"),
    kernel2: builder.input("kernel2", [3, 3, 4, 4], "float32"),
    bias1: builder.input("bias1", [4], "float32"),
    gamma: builder.input("gamma", [4], "float32"),
    mean: builder.input("mean", [4], "float32"),
    dense: builder.input("dense", [64, 3], "float32"),
  };
  const convolved = builder.scoped("conv1", () => Add(Conv(x, weights.kernel1, conv), weights.bias1));
  const active = builder.scoped("relu1", () => Relu(convolved));
  const pooled = builder.scoped("pool", () => MaxPool(active, pool));
  const second = builder.scoped("conv2", () => Conv(pooled, weights.kernel2, conv));
  const normal = builder.scoped("norm", () => Mul(Sub(second, weights.mean), weights.gamma));
  const sum = builder.scoped("add", () => Add(Relu(normal), pooled));
  const flat = builder.scoped("flatten", () => Reshape(sum, ["batch", 64]));
  const logits = builder.scoped("dense", () => MatMul(flat, weights.dense));
  return { x, weights, convolved, active, pooled, second, normal, sum, logits };
}

describe("channelsFirst", () => {
  test("leaves one Transpose at the entry and one before Flatten when weights are constants", () => {
    const builder = new GraphBuilder("cnn");
    const { logits, weights } = cnn(builder);
    const constants = Object.fromEntries(
      Object.entries(weights).map(([name, { shape }]) => {
        const sizes = shape.map(Number);
        return [name, new Tensor("float32", sizes, new Float32Array(sizes.reduce((a, b) => a * b)))];
      }),
    );
    const graph = channelsFirst(withConstants(builder.finish({ logits }), constants));
    expect(transposes(graph)).toEqual(["x/Transpose", "add/Add/Transpose"]);
    expect(graph.nodes.filter(({ op }) => op.type === "Reshape").map(({ name }) => name)).toEqual(["flatten/Reshape"]);
    const kernels = graph.nodes.filter(({ name }) => name.startsWith("kernel"));
    expect(kernels.map(({ outputs }) => graph.values[outputs[0]!]!.shape)).toEqual([
      [4, 3, 3, 3],
      [4, 4, 3, 3],
    ]);
  });

  test("transposes each weight once in a training graph, and no state of the optimizer", () => {
    const builder = new GraphBuilder("train");
    const { x, weights, convolved, active, pooled, normal, second, sum, logits } = cnn(builder);
    const moment = builder.input("moment", [3, 3, 4, 4], "float32");
    const dFlat = MatMul(logits, Transpose(weights.dense, [1, 0]));
    const dSum = Reshape(dFlat, sum.shape);
    const reluGrad = (of: Tracer, dy: Tracer) => Where(Greater(of, 0), dy, 0);
    const dNormal = reluGrad(normal, dSum);
    const dSecond = Mul(dNormal, weights.gamma);
    const dGamma = ReduceSum(Mul(dNormal, Sub(second, weights.mean)), { axes: [0, 1, 2] });
    const dKernel2 = ConvWeightGrad(pooled, dSecond, { ...conv, weightShape: [3, 3, 4, 4] });
    const dPooled = Add(dSum, ConvInputGrad(dSecond, weights.kernel2, { ...conv, inputShape: pooled.shape }));
    const dActive = MaxPoolGrad(active, pooled, dPooled, pool);
    const dConvolved = reluGrad(convolved, dActive);
    const dKernel1 = ConvWeightGrad(x, dConvolved, { ...conv, weightShape: [3, 3, 3, 4] });
    const newMoment = Add(Mul(moment, 0.9), Mul(dKernel2, 0.1));
    const graph = channelsFirst(
      builder.finish({
        moment: newMoment,
        kernel2: Sub(weights.kernel2, newMoment),
        kernel1: Sub(weights.kernel1, dKernel1),
        gamma: Sub(weights.gamma, dGamma),
        loss: ReduceMean(logits),
      }),
    );
    expect(transposes(graph).toSorted()).toEqual([
      "ConvWeightGrad/Transpose",
      "ConvWeightGrad_1/Transpose",
      "Reshape/Transpose",
      "Transpose",
      "add/Add/Transpose",
      "kernel1/Transpose",
      "kernel2/Transpose",
      "x/Transpose",
    ]);
  });

  test("keeps the channels first through Concat, Pad, Slice, Softmax and reductions, and cancels pairs", () => {
    const builder = new GraphBuilder("tail");
    const x = builder.input("x", ["batch", 6, 6, 2], "float32");
    const w = builder.constant(tensor([...Array(4).keys()], [1, 1, 2, 2]));
    const y = Conv(x, w, conv);
    const back = Transpose(Transpose(y, [0, 3, 1, 2]), [0, 2, 3, 1]);
    const cropped = SliceAxis(Pad(Relu(back), [0, 1, 1, 0, 0, 1, 1, 0]), 1, 0, 6);
    const joined = Concat([Softmax(cropped), Mul(cropped, ReduceSum(cropped, { axes: [3], keepdims: true }))], 3);
    const doubled = Gather(joined, Range(builder, 3), 2);
    const out = Conv(SliceAxis(doubled, 3, 1, 3), w, conv);
    const pooledMean = ReduceMean(out, { axes: [1, 2] });
    const graph = channelsFirst(builder.finish({ pooledMean }));
    expect(transposes(graph)).toEqual(["x/Transpose"]);
  });

  test("casts integers before it transposes them, which ONNX Runtime can fuse into a MatMul without a crash", () => {
    const builder = new GraphBuilder("cast");
    const x = builder.input("x", ["batch", 3, 2], "int32");
    const w = builder.constant(tensor([1, 2], [2, 1]));
    const graph = channelsFirst(builder.finish({ y: MatMul(Cast(Transpose(x, [1, 0, 2]), "float32"), w) }));
    expect(graph.nodes.map(({ op }) => op.type)).toEqual(["Constant", "Cast", "Transpose", "MatMul"]);
  });

  test("leaves a graph without spatial operators alone", () => {
    const builder = new GraphBuilder("plain");
    const x = builder.input("x", ["batch", 3], "float32");
    const graph = builder.finish({ y: Transpose(Relu(Add(x, 1)), [1, 0]) });
    expect(channelsFirst(graph)).toEqual(graph);
  });
});
