import { readFileSync } from "node:fs";

import { type JsonObject, Tensor, tensor } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { expectError } from "../../../data/test/expect-error.ts";
import { arraysOf } from "../../src/arrays.ts";
import type { Hdf5File } from "../../src/files/hdf5/hdf5-file.ts";
import { currentCompileConfig } from "../../src/legacy/compile-config.ts";
import { h5Contents, readWeightLists } from "../../src/legacy/h5-contents.ts";

type Attributes = Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;

/** What an h5 file of such attributes and arrays looks like once it is opened. */
function fileOf(attributes: Attributes, tensors: ReadonlyMap<string, Tensor>): Hdf5File {
  return {
    arrays: arraysOf(tensors),
    members: () => [],
    has: (path) => tensors.has(path),
    attribute: (path, name) => attributes[path]?.[name],
  };
}

interface Stored {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int64";
  readonly data: string;
}

interface Golden {
  readonly model: JsonObject;
  readonly training: JsonObject;
  readonly optimizer: readonly Stored[];
  readonly weights: readonly { readonly layer: string; readonly weights: readonly Stored[] }[];
}

const compiled = JSON.parse(readFileSync(new URL("goldens/compiled.json", import.meta.url), "utf8")) as Golden;

const tensorOf = ({ shape, dtype, data }: Stored): Tensor => {
  const { buffer } = new Uint8Array(Buffer.from(data, "base64"));
  return dtype === "int64"
    ? new Tensor(dtype, shape, new BigInt64Array(buffer))
    : new Tensor(dtype, shape, new Float32Array(buffer));
};

function compiledFile(more: Attributes = {}): Hdf5File {
  const lists = compiled.weights.map(({ layer, weights }) => [layer, weights] as const);
  const tensors = new Map<string, Tensor>();
  for (const [layer, weights] of lists) {
    for (const stored of weights) tensors.set(`model_weights/${layer}/${stored.name}`, tensorOf(stored));
  }
  for (const stored of compiled.optimizer) tensors.set(`optimizer_weights/${stored.name}`, tensorOf(stored));
  const names = lists.map(([layer, weights]) => {
    return [`model_weights/${layer}`, { weight_names: weights.map(({ name }) => name) }] as const;
  });
  const attributes = {
    "": {
      model_config: JSON.stringify(compiled.model),
      training_config: JSON.stringify(compiled.training),
      keras_version: "2.21.0",
    },
    model_weights: { layer_names: lists.map(([layer]) => layer) },
    ...Object.fromEntries(names),
    optimizer_weights: { weight_names: compiled.optimizer.map(({ name }) => name) },
    ...more,
  };
  return fileOf(attributes, tensors);
}

describe("h5 files of whole models", () => {
  test("hold the model, its weights, how it was compiled, and the state of its optimizer in Keras 3's order", () => {
    const { model, weights, kerasVersion, optimizer, notes } = h5Contents(compiledFile());
    expect(kerasVersion).toBe("2.21.0");
    expect(model.class_name).toBe("Sequential");
    expect(weights).toMatchObject({
      layout: "lists",
      layers: [{ layer: "dense", weights: [{ name: "dense/kernel:0" }, { name: "dense/bias:0" }] }],
    });
    expect(model.compile_config).toMatchObject({
      loss: "mse",
      metrics: [
        { module: "keras.metrics", class_name: "MeanAbsoluteError", config: { name: "mae", dtype: "float32" } },
      ],
      optimizer: {
        class_name: "Adam",
        config: {
          learning_rate: {
            module: "keras.optimizers.schedules",
            class_name: "InverseTimeDecay",
            config: { decay_steps: 1, decay_rate: 0.1 },
          },
        },
      },
    });
    const slots = ["kernel/m", "kernel/v", "bias/m", "bias/v"].map((name) => `optimizer_weights/Adam/dense/${name}:0`);
    expect(optimizer!.paths).toEqual(["optimizer_weights/Adam/iter:0", ...slots]);
    expect(optimizer!.arrays.read("optimizer_weights/Adam/iter:0").toNumbers()).toEqual([3]);
    expect(notes).toEqual([]);
  });

  test("say when the state of the optimizer cannot be kept", () => {
    const names = { weight_names: ["Adam/iter:0", "Adam/dense/kernel/m:0"] };
    const { optimizer, notes } = h5Contents(compiledFile({ optimizer_weights: names }));
    expect(optimizer).toBeUndefined();
    expect(notes).toEqual([expect.stringContaining("state of the optimizer")]);
  });

  test("without a model are refused", () =>
    expectError(() => h5Contents(compiledFile({ "": {} })), "format", /model_config/));

  test("that carry no version are those of Keras 1", () => {
    const whole = JSON.stringify({ class_name: "Sequential", config: compiled.model["config"] });
    expect(h5Contents(compiledFile({ "": { model_config: whole } })).kerasVersion).toBe("1");
  });
});

describe("lists of weights", () => {
  const kernel = tensor([[1]]);

  test("may be cut into several attributes", () => {
    const tensors = new Map([
      ["a/k", kernel],
      ["b/k", kernel],
    ]);
    const attributes = {
      "": { layer_names0: ["a"], layer_names1: ["b"] },
      a: { weight_names: ["k"] },
      b: { weight_names0: ["k"] },
    };
    const { layers } = readWeightLists(fileOf(attributes, tensors), "");
    expect(layers).toEqual([
      { layer: "a", weights: [{ name: "k", path: "a/k" }] },
      { layer: "b", weights: [{ name: "k", path: "b/k" }] },
    ]);
  });

  test.each([
    ["arrays that are not there", { "": { layer_names: ["a"] }, a: { weight_names: ["k"] } }, /a\/k/],
    ["no lists", {}, /layer_names/],
  ])("refuse %s", (_, attributes, pattern) =>
    expectError(() => readWeightLists(fileOf(attributes, new Map()), ""), "format", pattern),
  );
});

describe("training configurations", () => {
  const writer = { program: "keras", generation: 2 } as const;
  const optimizer = (className: string, config: JsonObject) => ({ class_name: className, config });

  test.each([
    [
      "lr",
      optimizer("SGD", { lr: 0.5, decay: 0, momentum: 0.9, nesterov: true }),
      { learning_rate: 0.5, momentum: 0.9, nesterov: true },
    ],
    [
      "custom names",
      optimizer("Custom>Adam", { learning_rate: 0.5, is_legacy_optimizer: false, jit_compile: true }),
      { learning_rate: 0.5 },
    ],
    [
      "a null epsilon",
      optimizer("RMSprop", { lr: 0.5, rho: 0.8, epsilon: null }),
      { learning_rate: 0.5, rho: 0.8, epsilon: 1e-7 },
    ],
  ])("%s", (_, given, config) => {
    const { config: found } = currentCompileConfig({ optimizer_config: given, loss: "mse" }, writer);
    expect((found!["optimizer"] as JsonObject)["config"]).toEqual(config);
  });

  test("RMSProp of TensorFlow.js decays what Keras calls rho", () => {
    const given = optimizer("RMSProp", { learningRate: 0.5, decay: 0.8, momentum: 0 });
    const { config } = currentCompileConfig({ optimizer_config: given }, { program: "tfjs", generation: 2 });
    expect(config!["optimizer"]).toMatchObject({ class_name: "RMSprop", config: { learning_rate: 0.5, rho: 0.8 } });
  });

  test("losses and metrics by class, by function, by output", () => {
    const loss = {
      a: { class_name: "BinaryCrossentropy", config: { reduction: "auto", from_logits: true } },
      b: "mae",
    };
    const wrapper = { class_name: "LossFunctionWrapper", config: { fn: "mean_squared_error", name: "x" } };
    const adam = optimizer("Adam", {});
    const { config } = currentCompileConfig({ optimizer_config: adam, loss, metrics: [["acc"]] }, writer);
    expect(config).toMatchObject({
      loss: {
        a: { module: "keras.losses", config: { reduction: "sum_over_batch_size", from_logits: true } },
        b: "mae",
      },
      metrics: ["acc"],
    });
    const wrapped = currentCompileConfig({ optimizer_config: adam, loss: wrapper }, writer).config!["loss"];
    expect(wrapped).toMatchObject({ class_name: "MeanSquaredError", config: { name: "x" } });
  });

  test("an optimizer that is not in the file is told of", () => {
    const { config, notes } = currentCompileConfig({ optimizer_config: optimizer("TFOptimizer", {}) }, writer);
    expect(config).toBeUndefined();
    expect(notes).toHaveLength(1);
  });
});
