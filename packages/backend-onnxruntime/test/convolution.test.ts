import { Add, Conv, ConvWeightGrad, Mul, Relu, Reshape, type Tracer } from "@lamella/ir";
import { describe, test } from "vitest";

import { expectSame, type PrimitiveSubject } from "../../../internal/conformance/src/primitives/index.ts";
import { onnxruntime } from "../src/index.ts";

const subject: PrimitiveSubject = {
  name: "ONNX Runtime",
  backend: onnxruntime({ intraOpThreads: 1 }),
  dtypes: ["float32"],
};

const plain = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] as readonly number[] | "SAME_UPPER" } as const;

describe("weight gradients of many channels", () => {
  test.for([
    ["plain", { ...plain, sizes: [6, 5], kernel: [3, 3] }],
    ["steps from column to column", { ...plain, sizes: [6, 9], kernel: [2, 3], strides: [1, 2] }],
    ["steps from row to row", { ...plain, sizes: [7, 6], kernel: [3, 2], strides: [2, 1] }],
    ["dilated", { ...plain, sizes: [8, 9], kernel: [3, 2], dilations: [2, 3] }],
    ["uneven pads", { ...plain, sizes: [5, 6], kernel: [3, 3], pads: [2, 0, 1, 1] }],
    ["same", { ...plain, sizes: [6, 5], kernel: [2, 3], pads: "SAME_UPPER" }],
    ["one position", { ...plain, sizes: [4, 3], kernel: [1, 1] }],
    ["sizes that are symbols", { ...plain, sizes: ["height", "width"], kernel: [3, 2], pads: "SAME_UPPER" }],
  ] as const)("%s", async ([, { sizes, kernel, strides, dilations, pads }]) => {
    const attributes = { layout: "channelsLast", group: 1, strides, dilations, pads } as const;
    const weightShape = [...kernel, 16, 3];
    await expectSame(subject, {
      inputs: { x: { shape: ["batch", ...sizes, 16] }, w: { shape: weightShape } },
      sizes: [
        { batch: 2, height: 5, width: 6 },
        { batch: 1, height: 4, width: 7 },
      ],
      build: ({ x, w }) => ({ dw: ConvWeightGrad(x!, Conv(x!, w!, attributes), { ...attributes, weightShape }) }),
    });
  });
});

describe("a convolution and what is added to it", () => {
  const attributes = { ...plain, layout: "channelsLast", group: 1 } as const;
  type Sum = (conv: Tracer, bias: Tracer) => Readonly<Record<string, Tracer>>;

  test.for<[string, Sum]>([
    ["a bias and an activation", (conv, bias) => ({ y: Relu(Add(conv, bias)) })],
    ["a bias from the left, and the sum", (conv, bias) => ({ y: Mul(Add(bias, conv), 2), sum: Add(bias, conv) })],
    ["the convolution without it, too", (conv, bias) => ({ y: Add(conv, bias), conv })],
    ["a number for each row", (conv, bias) => ({ y: Add(conv, Reshape(bias, [4, 1, 1])) })],
  ])("%s", async ([, build]) => {
    await expectSame(subject, {
      inputs: { x: { shape: ["batch", 6, 5, 2] }, w: { shape: [3, 3, 2, 4] }, b: { shape: [4] } },
      sizes: [{ batch: 2 }, { batch: 1 }],
      build: ({ x, w, b }) => build(Conv(x!, w!, attributes), b!),
    });
  });
});
