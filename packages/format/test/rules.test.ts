import { type Dim, type SavedModel, tensor } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { normalDim } from "../src/check-dim.ts";
import { checkModel } from "../src/check-model.ts";
import { readOutline } from "../src/decode.ts";
import { decode, encode } from "../src/index.ts";
import { highestRank, type StoredTensor, tensorsOf } from "../src/stored.ts";
import { small, withConfig, withGraph, withTensors } from "./models.ts";

describe("a model is refused, when saving and when loading, for", () => {
  const [node] = withGraph(() => ({})).layers[1]?.graph?.nodes ?? [];
  const port = (name: string, value: number) => ({ name, value });
  const holder = (name: string, layer: number) => ({
    type: "Wrapper",
    name,
    trainable: true,
    config: { x: [{ layer }] },
  });
  const bias = { layer: 0, name: "bias", tensor: small.weights[1]?.tensor as never };
  const changedNode = (change: object) => withGraph(() => ({ nodes: [{ ...node, ...change } as never] }));

  const models: readonly (readonly [string, SavedModel])[] = [
    ["root: There is no layer 2. Expected: 0 to 1.", { ...small, root: 2 }],
    ["root: There is no layer 0.", { layers: [], root: 0, weights: [] }],
    ["weights[0] 'bias': There is no layer 9.", { ...small, weights: [{ ...bias, layer: 9 }] }],
    ["weights[1] 'bias': Layer 0 has two weights of this name.", { ...small, weights: [bias, bias] }],
    ["layers[1] 'model' graph: There is no layer 5.", withGraph(() => ({ layers: [5] }))],
    ["layers[1] 'model' nodes[0]: There is no layer 2.", changedNode({ layer: 2 })],
    ["layers[1] 'model' nodes[0]: There is no value 2.", changedNode({ inputs: [2] })],
    ["layers[1] 'model' nodes[0]: Value 1 is used before it is produced.", changedNode({ inputs: [1] })],
    ["layers[1] 'model' nodes[0]: Value 0 is produced twice.", changedNode({ outputs: [0] })],
    ["layers[1] 'model': Nothing produces value 1.", changedNode({ outputs: [] })],
    ["layers[1] 'model' nodes[0]: 2 of 1 inputs cannot be positional.", changedNode({ positional: 2 })],
    ["layers[1] 'model' nodes[0] args: There is no input 1.", changedNode({ args: { a: [{ tensor: 1 }] } })],
    [
      "layers[1] 'model' inputs: The name 'x' stands there twice.",
      withGraph(() => ({ inputs: [port("x", 0), port("x", 1)] })),
    ],
    [
      "layers[1] 'model' inputs: Value 0 is produced twice.",
      withGraph(() => ({ inputs: [port("x", 0), port("y", 0)] })),
    ],
    ["layers[1] 'model' outputs 'y': There is no value -1.", withGraph(() => ({ outputs: [port("y", -1)] }))],
    [
      "layers[1] 'model' values[0]: 'time/2' is not a dimension.",
      withGraph((graph) => ({ values: graph.values.map((value) => ({ ...value, shape: ["time/2"] })) })),
    ],
    [
      "layers[1] 'model' values[0]: A rank of 65 is too high.",
      withGraph((graph) => ({
        values: graph.values.map((value) => ({ ...value, shape: new Array<Dim>(highestRank + 1).fill(1) })),
      })),
    ],
    ["layers[0] 'dense' config: There is no layer 1.", withConfig({ inner: { layer: 1 } })],
    ["layers[0] 'dense': The layer is within itself.", withConfig({ inner: { layer: 0 } })],
    ["layers[0] 'a': The layer is within itself.", { layers: [holder("a", 1), holder("b", 0)], root: 0, weights: [] }],
    ["layers[1] 'model': The layer is within itself.", changedNode({ layer: 1 })],
    [
      "layers[100] 'h': Layers are nested more than 100 deep.",
      { layers: Array.from({ length: 1000 }, (_, i) => holder("h", Math.min(999, i + 1))), root: 0, weights: [] },
    ],
    [
      "layers[100] 'h': Layers are nested more than 100 deep.",
      {
        layers: [withConfig({}).layers[0] as never, ...Array.from({ length: 1000 }, (_, i) => holder("h", i))],
        root: 0,
        weights: [],
      },
    ],
  ];

  test.each(models)("%s", (message, model) => {
    expect(() => checkModel(model)).toThrow(message);
    expect(() => encode(model)).toThrow(message);
  });
});

test("a tensor of too high a rank is refused when saving and when loading", () => {
  const high = tensor([1], new Array<number>(highestRank + 1).fill(1));
  expect(() => encode(withTensors([high]))).toThrow("tensor 0: A rank of 65 is too high.");
  const shape = new Array<number>(highestRank).fill(1);
  expect(decode(encode(withTensors([tensor([1], shape)]))).weights[0]?.tensor.shape).toEqual(shape);
});

test("a number that is not alone in its object is no reference", () => {
  expect(() => checkModel(withConfig({ a: { layer: 7, name: "x" }, layer: 9 }))).not.toThrow();
});

describe("dims", () => {
  test.each([-1, 1.5, NaN, 2 ** 53, "", "1+", "a b(", "floor(a/0)", "((a)", "é", "a".repeat(2000)] as Dim[])(
    "%j is refused",
    (dim) => {
      expect(() => normalDim(dim, "here")).toThrow(/^here: /);
    },
  );

  test("are read in normal form", () => {
    expect(normalDim("floor((time-1)/2)+1", "here")).toBe("floor((time+1)/2)");
    expect(normalDim("b*a*2", "here")).toBe("a*b*2");
  });

  test("that would take long to multiply out are refused at once", () => {
    const bomb = new Array<string>(100).fill("(a+b)").join("*");
    expect(() => normalDim(bomb, "here")).toThrow("too complicated");
    const floors = new Array<string>(60).fill("floor((2*a+b)/2)").join("*");
    expect(() => normalDim(floors, "here")).toThrow("too complicated");
    expect(() => normalDim("(".repeat(999), "here")).toThrow(/^here: /);
  });
});

describe("where tensors stand in a file", () => {
  const bytes = encode(small);
  const header = {
    flatBufferLength: Number(new DataView(bytes.buffer).getBigUint64(16, true)),
    totalLength: bytes.length,
  };
  const flatBuffer = bytes.subarray(32, 32 + header.flatBufferLength);

  /** The file's outline after one of the numbers in its FlatBuffer was changed. */
  function withNumber(from: bigint, to: bigint): () => StoredTensor[] {
    const copy = flatBuffer.slice();
    const view = new DataView(copy.buffer);
    for (let at = 0; at + 8 <= copy.length; at += 4) {
      if (view.getBigUint64(at, true) === from) view.setBigUint64(at, to, true);
    }
    return () => tensorsOf(readOutline(copy, header).model);
  }

  test("is read", () => {
    expect(withNumber(-1n, 0n)().map(({ offset, length }) => [offset, length])).toEqual([
      [0, 24],
      [64, 8],
      [128, 8],
    ]);
  });

  test.each([
    [64n, 96n, "tensor 1: The offset 96 is not a multiple of 64."],
    [64n, 192n, "tensor 1: The data lies outside the file."],
    [64n, 2n ** 40n, "tensor 1: The data lies outside the file."],
    [64n, 2n ** 63n, "offset: The number is too large."],
    [24n, 20n, "tensor 0: The length does not fit float32 [3, 2]. Expected: 24 bytes. Received: 20 bytes."],
  ])("is checked: %i as %i", (from, to, message) => {
    expect(withNumber(from, to)).toThrow(message);
  });
});
