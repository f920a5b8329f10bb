import { fromBinary } from "@bufbuild/protobuf";
import { Add, Conv, type ConvAttributes, GraphBuilder, Mul, ReduceMean, Reshape, type Tracer } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { ModelProtoSchema } from "../src/gen/onnx_pb.ts";
import { toOnnx } from "../src/index.ts";

const conv: ConvAttributes = {
  layout: "channelsLast",
  strides: [1, 1],
  dilations: [1, 1],
  pads: "SAME_UPPER",
  group: 1,
};

type Build = (x: Tracer, kernel: Tracer, bias: Tracer) => Readonly<Record<string, Tracer>>;

/** The operators, with their numbers of inputs, that a graph of an image, a kernel and a bias becomes. */
function operators(build: Build, size = 3): readonly string[] {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", [2, 5, 4, 2], "float32");
  const kernel = builder.input("kernel", [3, 3, 2, 3], "float32");
  const graph = builder.finish(build(x, kernel, builder.input("bias", [size], "float32")));
  const nodes = fromBinary(ModelProtoSchema, toOnnx(graph)).graph!.node;
  return nodes
    .filter(({ opType }) => ["Conv", "Add", "Identity"].includes(opType))
    .map(({ opType, input, name }) => `${opType} ${input.length} ${name}`);
}

describe("what is added to each channel of a convolution is its bias", () => {
  test("in the order of Keras, from either side", () => {
    expect(operators((x, kernel, bias) => ({ y: Add(Conv(x, kernel, conv), bias) }))).toEqual(["Conv 3 Conv"]);
    expect(operators((x, kernel, bias) => ({ y: Add(bias, Conv(x, kernel, conv)) }))).toEqual(["Conv 3 Conv"]);
  });

  test("and what is done with the sum is done with its output", () => {
    const found = operators((x, kernel, bias) => {
      const sum = Add(Conv(x, kernel, conv), bias);
      return { twice: Mul(sum, 2), sum };
    });
    expect(found).toEqual(["Conv 3 Conv"]);
  });
});

describe("a sum of its own stays", () => {
  test.each<[string, Build, number?]>([
    [
      "where the convolution is read elsewhere, too",
      (x, kernel, bias) => {
        const y = Conv(x, kernel, conv);
        return { y: Add(y, bias), twice: Mul(y, 2) };
      },
    ],
    [
      "where the convolution is an output",
      (x, kernel, bias) => {
        const y = Conv(x, kernel, conv);
        return { y, sum: Add(y, bias) };
      },
    ],
    ["of one number for all channels", (x, kernel, bias) => ({ y: Add(Conv(x, kernel, conv), bias) }), 1],
    [
      "of one number for all channels that was reshaped",
      (x, kernel, bias) => ({ y: Add(Conv(x, kernel, conv), Reshape(bias, [1, 1, 1])) }),
      1,
    ],
    ["of a number for each row", (x, kernel, bias) => ({ y: Add(Conv(x, kernel, conv), Reshape(bias, [5, 1, 1])) }), 5],
    [
      "of what is computed from the convolution",
      (x, kernel, bias) => {
        const y = Conv(x, kernel, conv);
        return { y: Add(Conv(x, kernel, conv), ReduceMean(Mul(y, bias), { axes: [0, 1, 2], keepdims: false })) };
      },
    ],
  ])("%s", (_, build, size) => {
    const found = operators(build, size);
    expect(found.filter((node) => node.startsWith("Conv")).every((node) => node.startsWith("Conv 2"))).toBe(true);
    expect(found.some((node) => node.startsWith("Add"))).toBe(true);
  });
});
