import {
  activation,
  add,
  batchNormalization,
  catalogue,
  concatenate,
  conv2d,
  dense,
  globalAveragePooling2d,
  lower,
  lstm,
  maxPooling2d,
  modelFromJson,
  ops,
  type Registry,
  resetNames,
  type SymbolicTensor,
  tensor,
  verifyPrimitives,
} from "@lamella/ir";
import { beforeEach, describe, expect, test } from "vitest";

import { expectError } from "../../ir/test/expect-error.ts";
import { functionalType, input, model, type ModelOptions } from "../src/index.ts";

beforeEach(resetNames);

const registry: Registry = { layers: catalogue, models: [functionalType] };

const anyOptions = (options: object) => options as ModelOptions<SymbolicTensor, SymbolicTensor>;

function twoInputs() {
  const profile = input({ shape: [10], name: "profile_data" });
  const activity = input({ shape: [20, 5], name: "activity_data" });
  const merged = concatenate()([dense(16, { activation: "relu" })(profile), lstm(16)(activity)]);
  return model({
    inputs: [profile, activity],
    outputs: dense(1, { activation: "sigmoid", name: "prediction" })(merged),
  });
}

describe("model()", () => {
  test("takes a graph with two inputs", () => {
    const net = twoInputs();
    expect([net.name, net.type, net.inputNames, net.outputNames]).toEqual([
      "functional",
      "Functional",
      ["profile_data", "activity_data"],
      ["prediction"],
    ]);
    expect(net.layers.map(({ name }) => name)).toEqual([
      "profile_data",
      "activity_data",
      "dense",
      "lstm",
      "concatenate",
      "prediction",
    ]);
    expect(net.countParams()).toBe(1617); // as Keras counts
    verifyPrimitives(lower(net).graph);
  });

  test("takes one output or a list, with names of its own or automatic ones", () => {
    const x = input({ shape: [4] });
    const [a, b] = [dense(3, { name: "a" })(x), dense(2, { name: "b" })(x)];
    expect(model({ inputs: x, outputs: a }).name).toBe("functional");
    expect(model({ inputs: [x], outputs: [a, b] }).outputNames).toEqual(["a", "b"]);
    expect(model({ inputs: x, outputs: a, name: "mine" }).name).toBe("mine");
    expect(model({ inputs: x, outputs: a }).name).toBe("functional_2");
  });

  test("a residual block: skips, shared sizes, an unknown number of samples", () => {
    const image = input({ shape: [32, 32, 3], name: "image" });
    const block = (x: SymbolicTensor, filters: number) => {
      const y = batchNormalization()(conv2d(filters, 3, { padding: "same", useBias: false })(x));
      return activation("relu")(add()([y, conv2d(filters, 1)(x)]));
    };
    const y = globalAveragePooling2d()(block(maxPooling2d()(block(image, 8)), 16));
    const net = model({ inputs: image, outputs: dense(10, { activation: "softmax" })(y) });
    expect(net.output.shape).toEqual(["batch", 10]);
    verifyPrimitives(lower(net).graph);
    expect(modelFromJson(net.toJson(), registry).toJson()).toBe(net.toJson());
  });

  test("feature extractors share weights with the model they look into", () => {
    const net = twoInputs();
    const features = model({ inputs: net.inputs, outputs: net.getLayer("concatenate").output });
    expect(features.weights).toEqual(net.weights.slice(0, 5));
    const onlyProfile = model({ inputs: net.inputs[0]!, outputs: net.layers[2]!.output });
    expect(onlyProfile.weights.map(({ path }) => path)).toEqual(["dense/kernel", "dense/bias"]);
  });

  test("what ops give are operations of a model, not layers, as in Keras", () => {
    const x = input({ shape: [4], name: "x" });
    const y = dense(4)(x);
    const net = model({ inputs: x, outputs: dense(2)(ops.multiply(ops.add(x, y), 0.5)) });
    const names = (layers: typeof net.layers) => layers.map(({ name }) => name);
    const again = modelFromJson(net.toJson(), registry);
    for (const { operations, layers } of [net, again]) {
      expect(names(operations)).toEqual(["x", "dense", "add", "multiply", "dense_1"]);
      expect(names(layers)).toEqual(["x", "dense", "dense_1"]);
    }
    expect(again.toJson()).toBe(net.toJson());
    expect([net.getLayer(2).name, net.getLayer("add").type]).toEqual(["dense_1", "ops.add"]);
    let text = "";
    net.summary({ print: (table) => (text = table) });
    expect(text).toMatch(/│ add \(ops\.add\) +│ \(None, 4\) +│ +0 │ x, dense /);
    expect(text).toMatch(/│ multiply \(ops\.multiply\) +│ \(None, 4\) +│ +0 │ add /);
  });

  test("several outputs of one layer", () => {
    const x = input({ shape: [5, 4], name: "x" });
    const outputs = lstm(3, { returnState: true })(x);
    const net = model({ inputs: x, outputs });
    expect(net.outputNames).toEqual(["lstm", "lstm_1", "lstm_2"]);
    expect(net.outputs.map(({ shape }) => shape)).toEqual([
      ["batch", 3],
      ["batch", 3],
      ["batch", 3],
    ]);
  });

  test("a model called like a layer gives a tensor, or a list", () => {
    const x = input({ shape: [4] });
    const one = model({ inputs: x, outputs: dense(3)(x), name: "one" });
    const two = model({ inputs: x, outputs: [dense(3)(x), dense(2)(x)], name: "two" });
    const z = input({ shape: [4] });
    const [a, b] = two(z);
    const net = model({ inputs: z, outputs: concatenate()([one(z), a!, b!]) });
    expect(net.output.shape).toEqual(["batch", 8]);
    expect([a!.name, b!.name]).toEqual(["two", "two"]);
    verifyPrimitives(lower(net).graph);
  });
});

describe("what is no model is refused", () => {
  const x = input({ shape: [4], name: "x" });
  const y = dense(3, { name: "scores" })(x);

  test("a disconnected input", () => {
    const other = input({ shape: [4], name: "other" });
    expectError(
      () => model({ inputs: other, outputs: y, name: "net" }),
      "graph",
      "net: The graph is disconnected: 'scores' depends on input 'x', which is not among the model's inputs.",
      "Expected: inputs that include 'x'. Received: 'other'.",
    );
  });

  test("a way around the inputs that are given", () => {
    const hidden = dense(3, { name: "hidden" })(x);
    const merged = concatenate({ name: "merged" })([hidden, x]);
    expectError(() => model({ inputs: hidden, outputs: merged }), "graph", "'merged' depends on input 'x'");
  });

  test("duplicate layer names", () => {
    const twice = dense(3, { name: "dense_a" })(dense(3, { name: "dense_a" })(x));
    expectError(() => model({ inputs: x, outputs: twice, name: "net" }), "name", "net: Two layers are named 'dense_a'");
  });

  test.for<[string, object, string, string]>([
    ["no outputs", { inputs: x }, "outputs", "undefined"],
    ["an empty list", { inputs: [], outputs: y }, "inputs", "an empty list"],
    ["a layer in the place of a tensor", { inputs: x, outputs: dense(3) }, "outputs", "function"],
    ["numbers", { inputs: x, outputs: [1, 2] }, "outputs", "number, number"],
    ["a tensor of numbers", { inputs: tensor([1]), outputs: y }, "inputs", "object"],
  ])("%s", ([, options, what, received]) => {
    expectError(
      () => model(anyOptions(options)),
      "graph",
      `model: The ${what} of a model must be symbolic tensors. Expected: what input() or a layer gave, or a list of them.`,
      `Received: ${received}.`,
    );
  });

  test("numbers given to a model", () => {
    const net = model({ inputs: x, outputs: y, name: "net" });
    expectError(
      () => net(tensor([[1, 2, 3, 4]]) as unknown as SymbolicTensor),
      "graph",
      "net (Functional): A layer is called on symbolic tensors.",
      "Received: a tensor of numbers. To run a model on numbers, use model.predict().",
    );
  });
});
