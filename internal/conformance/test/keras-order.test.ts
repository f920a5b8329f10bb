import { readFileSync } from "node:fs";

import { type AnyModel, type JsonObject, modelToData, tensor } from "@lamella/ir";
import { arraysOf, encodeKeras, type KerasContents, modelFromContents, readKeras } from "@lamella/keras";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";

import { registry } from "../src/registry.ts";

const object = (className: string, config: JsonObject, inputs?: readonly string[]): JsonObject => ({
  module: "keras.layers",
  class_name: className,
  config,
  registered_name: null,
  name: config["name"]!,
  inbound_nodes:
    inputs === undefined
      ? []
      : [
          {
            args: [{ class_name: "__keras_tensor__", config: { keras_history: [inputs[0]!, 0, 0] } }],
            kwargs: {},
          },
        ],
});

/** Two layers of one shape side by side; the second has an activation that becomes a layer, and so goes before the first. */
function contentsOf(activation: string | JsonObject): KerasContents {
  const layers = [
    object("InputLayer", { batch_shape: [null, 1], dtype: "float32", name: "x" }),
    object("Dense", { name: "first", units: 1, use_bias: false }, ["x"]),
    object("Dense", { name: "second", units: 1, use_bias: false, activation }, ["x"]),
  ];
  const ends = {
    input_layers: [["x", 0, 0]],
    output_layers: [
      ["first", 0, 0],
      ["second", 0, 0],
    ],
  };
  const compile = {
    optimizer: { module: "keras.optimizers", class_name: "SGD", config: { momentum: 0.5 } },
    loss: "mse",
  };
  const state = [tensor(1), tensor(0.1), tensor([[3]]), tensor([[4]])];
  const paths = state.map((_, i) => `optimizer/vars/${i}`);
  return {
    model: {
      module: "keras.src.models.functional",
      class_name: "Functional",
      config: { name: "m", layers, ...ends },
      compile_config: compile,
    },
    weights: {
      layout: "structure",
      arrays: arraysOf(
        new Map([
          ["layers/dense/vars/0", tensor([[1]])],
          ["layers/dense_1/vars/0", tensor([[2]])],
        ]),
      ),
    },
    optimizer: { arrays: arraysOf(new Map(state.map((each, i) => [paths[i]!, each]))), paths },
    notes: [],
  };
}

const kernels = async (model: AnyModel) =>
  Object.fromEntries(
    await Promise.all(
      model.weights.map(async (variable) => [variable.path, (await variable.read()).toNumbers()[0]] as const),
    ),
  ) as Record<string, number>;

test("weights go by the order of the file where layers became several, and the state of the optimizer is left out", async () => {
  const leaky = { module: "keras.layers", class_name: "LeakyReLU", config: { name: "leaky", negative_slope: 0.5 } };
  const { model, training, report } = modelFromContents(contentsOf(leaky), { registry });
  expect(model.layers.map(({ name }) => name)).toEqual(["x", "second", "first", "second_activation"]);
  expect(await kernels(model)).toEqual({ "first/kernel": 1, "second/kernel": 2 });
  expect(training!.state.size).toBe(0);
  expect(report.ignored).toEqual([expect.stringMatching(/^m: the state of its optimizer: .*another order/)]);
});

test("where nothing moved, the state stays", async () => {
  const { model, training, report } = modelFromContents(contentsOf("relu"), { registry });
  expect(await kernels(model)).toEqual({ "first/kernel": 1, "second/kernel": 2 });
  expect([training!.state.size, report.ignored]).toEqual([4, []]);
});

test("a model that was never compiled has nothing to say of it", async () => {
  const file = readFileSync(new URL("../../../packages/keras/test/fixtures/3.15.1/adapted.keras", import.meta.url));
  expect((await readKeras(file, { registry })).report.ignored).toEqual([]);
});

test("what Keras wants to be a float is written as one", async () => {
  const contents = contentsOf("relu");
  const optimizer = { module: "keras.optimizers", class_name: "SGD", config: { momentum: 0, learning_rate: 1 } };
  const compiled = { ...contents.model, compile_config: { optimizer, loss: "mse" } };
  const { model, training } = modelFromContents({ ...contents, model: compiled }, { registry });
  const bytes = await encodeKeras(await modelToData(model, training), "keras", { registry });
  const text = new TextDecoder().decode(unzipSync(bytes)["config.json"]);
  expect(text).toMatch(/"momentum":0\.0[,}]/);
  expect(text).toMatch(/"learning_rate":1\.0[,}]/);
  expect(text).toContain('"units":1,');
});

test("what one layer gives twice is compiled by its name, which the first of the two has", () => {
  const { model: plain } = contentsOf("relu");
  const ends = {
    output_layers: [
      ["first", 0, 0],
      ["first", 0, 0],
    ],
  };
  const compiled = { ...plain.compile_config!, loss: { first: "mse" } };
  const repeated = { ...plain, config: { ...plain.config, ...ends }, compile_config: compiled };
  const { model, training } = modelFromContents({ model: repeated, notes: [] }, { registry });
  expect(model.outputNames).toEqual(["first", "first_1"]);
  expect(training!.config["loss"]).toEqual({ first: "mse" });
});
