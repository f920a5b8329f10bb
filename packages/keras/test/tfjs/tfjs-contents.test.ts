import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { JsonObject } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { expectError } from "../../../data/test/expect-error.ts";
import { sourceOf } from "../../src/files/byte-source.ts";
import type { Members } from "../../src/files/members.ts";
import { readKeras } from "../../src/files/read-keras.ts";
import { isTfjsJson } from "../../src/tfjs/manifest.ts";
import { tfjsContents } from "../../src/tfjs/tfjs-contents.ts";

function filesOf(files: Readonly<Record<string, Uint8Array>>): Members {
  return {
    has: (name) => Object.hasOwn(files, name),
    open: (name) => sourceOf(files[name]!),
    read: (name) => files[name]!,
  };
}

const topology = {
  class_name: "Sequential",
  config: {
    name: "s",
    layers: [
      {
        class_name: "Dense",
        config: { name: "block/dense", units: 2, unit_forget_bias: null, batch_input_shape: [null, 3] },
      },
      {
        class_name: "Sequential",
        config: { name: "inner", layers: [{ class_name: "Dense", config: { name: "dense", units: 1 } }] },
      },
    ],
  },
  keras_version: "tfjs-layers 4.22.0",
};

const model = (weights: readonly JsonObject[], paths: readonly string[] = ["w.bin"]): JsonObject => ({
  modelTopology: topology,
  weightsManifest: [{ paths, weights }],
});

const floats = (...values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);
const spec = (name: string, shape: readonly number[], more: JsonObject = {}) => ({
  name,
  shape,
  dtype: "float32",
  ...more,
});

describe("models of TensorFlow.js", () => {
  const weights = [spec("block/dense/kernel", [3, 2]), spec("block/dense/bias", [2]), spec("dense/kernel", [2, 1])];
  const bytes = floats(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

  test.each([
    ["with a format", { format: "layers-model", generatedBy: "TensorFlow.js" }],
    ["without one", {}],
    ["with text in the place of JSON", { modelTopology: JSON.stringify(topology) }],
    [
      "as the converter writes them",
      { modelTopology: { keras_version: "tfjs-layers 4.22.0", model_config: topology } },
    ],
  ])("%s", (_, more) => {
    const json = { ...model(weights), ...more } as JsonObject;
    expect(isTfjsJson(json)).toBe(true);
    const contents = tfjsContents(json, filesOf({ "w.bin": bytes }));
    expect(contents.kerasVersion).toBe("tfjs-layers 4.22.0");
    expect(contents.model.config["layers"]).toMatchObject([
      { class_name: "InputLayer", config: { batch_shape: [null, 3] } },
      { class_name: "Dense", config: { name: "block_dense", units: 2 } },
      { class_name: "Sequential" },
    ]);
    expect(JSON.stringify(contents.model)).not.toContain("unit_forget_bias");
    expect(contents.weights).toMatchObject({
      layout: "lists",
      layers: [
        { layer: "block/dense", weights: [{ path: "block/dense/kernel" }, { path: "block/dense/bias" }] },
        { layer: "dense", weights: [{ path: "dense/kernel" }] },
      ],
    });
    expect(contents.weights!.arrays.read("dense/kernel").toArray()).toEqual([[9], [10]]);
  });

  test("weights may lie across files, and in several groups", () => {
    const groups = [
      { paths: ["a.bin", "b.bin", "c.bin"], weights: weights.slice(0, 2) },
      { paths: ["d.bin"], weights: weights.slice(2) },
    ];
    const files = filesOf({
      "a.bin": bytes.subarray(0, 5),
      "b.bin": bytes.subarray(5, 6),
      "c.bin": bytes.subarray(6, 32),
      "d.bin": bytes.subarray(32),
    });
    const { arrays } = tfjsContents({ modelTopology: topology, weightsManifest: groups }, files).weights!;
    expect(arrays.read("block/dense/kernel").toArray()).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(arrays.read("block/dense/bias").toArray()).toEqual([7, 8]);
    expect(arrays.read("dense/kernel").toArray()).toEqual([[9], [10]]);
  });

  test.each([
    ["uint8", "float32", { scale: 0.5, min: -1 }, Uint8Array.of(0, 3, 255), [-1, 0.5, 126.5]],
    ["uint16", "float32", { scale: 0.25, min: 2 }, Uint16Array.of(0, 4, 65535), [2, 3, 16385.75]],
    ["uint8", "int32", { scale: 0.4, min: -3 }, Uint8Array.of(0, 4, 9), [-3, -1, 1]],
  ] as const)("%s stands for %s", (stored, dtype, linear, levels, expected) => {
    const weight = spec("dense/kernel", [3, 1], { dtype, quantization: { dtype: stored, ...linear } });
    const files = filesOf({ "w.bin": new Uint8Array(levels.buffer) });
    const found = tfjsContents(model([weight]), files).weights!.arrays.read("dense/kernel");
    expect(found.dtype).toBe(dtype);
    expect(found.toNumbers()).toEqual(expected);
  });

  test("halves stand for floats", () => {
    const weight = spec("dense/kernel", [2, 1], { quantization: { dtype: "float16", original_dtype: "float32" } });
    const halves = new Uint8Array(Uint16Array.of(0x3c00, 0xc100).buffer);
    const { arrays } = tfjsContents(model([weight]), filesOf({ "w.bin": halves })).weights!;
    expect(arrays.read("dense/kernel").toNumbers()).toEqual([1, -2.5]);
  });

  test("the optimizer and its state go along", () => {
    const state = [
      { name: "iter", shape: [], dtype: "int32", group: "optimizer" },
      ...["dense/kernel/m", "block/dense/kernel/m", "dense/kernel/v", "block/dense/kernel/v"].map((name) =>
        spec(name, name.startsWith("dense") ? [2, 1] : [3, 2], { group: "optimizer" }),
      ),
    ];
    const json = {
      ...model([weights[0]!, weights[2]!, ...state]),
      trainingConfig: {
        loss: "mean_squared_error",
        metrics: ["mse"],
        optimizer_config: {
          class_name: "Adam",
          config: { learningRate: 0.25, beta1: 0.5, beta2: 0.75, epsilon: null },
        },
      },
    };
    const values = floats(...Array.from({ length: 8 }, () => 0), 0, ...Array.from({ length: 16 }, (_, i) => i));
    const { model: rewritten, optimizer } = tfjsContents(json, filesOf({ "w.bin": values }));
    expect(rewritten.compile_config).toMatchObject({
      loss: "mean_squared_error",
      metrics: ["mse"],
      optimizer: { class_name: "Adam", config: { learning_rate: 0.25, beta_1: 0.5, beta_2: 0.75, epsilon: 1e-7 } },
    });
    expect(optimizer!.paths).toEqual([
      "iter",
      "learning_rate",
      "block/dense/kernel/m",
      "block/dense/kernel/v",
      "dense/kernel/m",
      "dense/kernel/v",
    ]);
    expect(optimizer!.arrays.read("learning_rate").toNumbers()).toEqual([0.25]);
    expect(optimizer!.arrays.read("dense/kernel/v").toNumbers()).toEqual([8, 9]);
  });
});

test("what RMSProp keeps and does not use is left out", () => {
  const names = ["dense/kernel/rms", "dense/kernel/momentum"];
  const state = names.map((name) => spec(name, [2, 1], { group: "optimizer" }));
  const steps = { name: "iter", shape: [], dtype: "int32", group: "optimizer" };
  const contents = (momentum: number) => {
    const optimizer = { class_name: "RMSProp", config: { learningRate: 0.5, decay: 0.9, momentum, centered: false } };
    const json = {
      ...model([spec("dense/kernel", [2, 1]), steps, ...state]),
      trainingConfig: { loss: "mean_squared_error", optimizer_config: optimizer },
    };
    return tfjsContents(json, filesOf({ "w.bin": floats(1, 2, 0, 3, 4, 5, 6) }));
  };
  expect(contents(0).optimizer!.paths).toEqual(["iter", "learning_rate", "dense/kernel/rms"]);
  expect(contents(0.5).optimizer!.paths).toEqual(["iter", "learning_rate", ...names]);
});

test("cells that stand in a stack, too, are given once", () => {
  const cells = [{ class_name: "GRUCell", config: { name: "c", units: 2 } }];
  const cell = { class_name: "StackedRNNCells", config: { name: "stack", cells } };
  const rnn = { class_name: "RNN", config: { name: "rnn", cells, cell, batch_input_shape: [null, 3, 2] } };
  const config = { name: "s", layers: [rnn] };
  const json = { modelTopology: { ...topology, config } };
  expect(tfjsContents(json, undefined).model.config["layers"]).toMatchObject([
    { class_name: "InputLayer" },
    { class_name: "RNN", config: { name: "rnn", cell: { class_name: "StackedRNNCells" } } },
  ]);
  expect(JSON.stringify(tfjsContents(json, undefined)).match(/GRUCell/g)).toHaveLength(1);
});

describe("what is refused", () => {
  const one = spec("dense/kernel", [2, 1]);
  const right = floats(1, 2);

  test.each([
    ["a file that is missing", model([one]), {}, /w\.bin/],
    ["a file that is cut off", model([one]), { "w.bin": right.subarray(1) }, /8 bytes.*7/],
    ["a file that is too long", model([one]), { "w.bin": floats(1, 2, 3) }, /8 bytes.*12/],
    ["a size that is none", model([spec("dense/kernel", [2, -1])]), { "w.bin": right }, /dense\/kernel/],
    ["sizes without bound", model([spec("dense/kernel", [1e9, 1e9])]), { "w.bin": right }, /dense\/kernel/],
    ["a name twice", model([one, one]), { "w.bin": floats(1, 2, 3, 4) }, /one name/],
    [
      "a quantization without a scale",
      model([{ ...one, quantization: { dtype: "uint8", min: 0 } }]),
      { "w.bin": right },
      /scale/,
    ],
    ["a quantization of its own", model([{ ...one, quantization: { dtype: "int4" } }]), { "w.bin": right }, /int4/],
    ["a manifest that is none", { modelTopology: topology, weightsManifest: 3 }, {}, /weightsManifest/],
    ["no topology", { weightsManifest: [] }, {}, /modelTopology/],
  ])("%s", (_, json, files, pattern) => expectError(() => tfjsContents(json, filesOf(files)), "format", pattern));

  test("texts among the weights", () =>
    expectError(() => tfjsContents(model([{ ...one, dtype: "string" }]), filesOf({})), "unsupported", /string/));

  test.each([{ format: "graph-model" }, { modelTopology: { node: [] } }])("graphs: %j", (more) =>
    expectError(() => tfjsContents({ ...model([one]), ...more }, filesOf({})), "unsupported", /layers-model/),
  );

  test.each(["../w.bin", "/w.bin", "a/../../w.bin", "https://example.org/w.bin"])(
    "weights that lie at %s",
    async (path) => {
      const folder = mkdtempSync(join(tmpdir(), "lamella-shards-"));
      try {
        const file = join(folder, "model.json");
        writeFileSync(file, JSON.stringify(model([one], [path])));
        await expectError(
          () => readKeras(file, { registry: { layers: [], models: [] } }),
          "format",
          /out of its folder/,
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  test("model.json without the files that it names", () =>
    expectError(() => tfjsContents(model([one]), undefined), "unavailable", /w\.bin/));
});
