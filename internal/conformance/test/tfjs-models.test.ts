import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { input, model as functional } from "@lamella/functional";
import {
  activation,
  add,
  type AnyModel,
  batchNormalization,
  bidirectional,
  conv2d,
  dense,
  flatten,
  gru,
  leakyRelu,
  lstm,
  modelFromData,
  ops,
  Tensor,
} from "@lamella/ir";
import { encodeTfjs, readKeras, writeKeras } from "@lamella/keras";
import { Predictor, reference, VariableStore } from "@lamella/runtime";
import { sequential } from "@lamella/sequential";
import type * as Tfjs from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expectClose } from "../src/compare.ts";
import { registry } from "../src/registry.ts";
import { valueTolerance } from "../src/tolerance.ts";

let tf: typeof Tfjs;
let folder = "";

beforeAll(() => {
  tf = createRequire(import.meta.url)("@tensorflow/tfjs") as typeof Tfjs;
  tf.env().set("IS_TEST", true);
  folder = mkdtempSync(join(tmpdir(), "lamella-tfjs-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Weights at which no unit is dead, and variances are positive. */
function vary(model: Tfjs.LayersModel): void {
  const values = model.weights.map((weight, i) => {
    const [low, high] = weight.name.includes("variance") ? [0.5, 1.5] : [-0.8, 0.8];
    return tf.randomUniform(weight.shape as number[], low, high, "float32", i + 1);
  });
  model.setWeights(values);
}

/** What tfjs-layers gives for inputs, in the order of its outputs. */
function predict(model: Tfjs.LayersModel, inputs: readonly Tfjs.Tensor[]): readonly Tensor[] {
  const outputs = model.predict(inputs.length === 1 ? inputs[0]! : [...inputs]);
  return [outputs].flat().map((output) => new Tensor("float32", output.shape, output.dataSync() as Float32Array));
}

async function compare(model: AnyModel, inputs: readonly Tfjs.Tensor[], expected: readonly Tensor[]): Promise<void> {
  const backend = reference();
  await using predictor = new Predictor(model, backend, new VariableStore(backend));
  const feeds = model.inputNames.map((name, i) => {
    return [name, new Tensor("float32", inputs[i]!.shape, inputs[i]!.dataSync() as Float32Array)] as const;
  });
  const outputs = await predictor.run(Object.fromEntries(feeds));
  expect(expected.length).toBe(model.outputNames.length);
  for (const [i, name] of model.outputNames.entries()) {
    expectClose(name, outputs[name]!, expected[i]!, valueTolerance);
  }
}

/** Writes what `model.save` gives as files, as tfjs-node does. */
async function save(model: Tfjs.LayersModel, name: string, includeOptimizer = false): Promise<string> {
  const path = join(folder, `${name}.json`);
  const handler: Tfjs.io.IOHandler = {
    save: (artifacts) => {
      const { weightData, weightSpecs, ...json } = artifacts;
      writeFileSync(join(folder, `${name}.bin`), new Uint8Array(weightData as ArrayBuffer));
      const manifest = { weightsManifest: [{ paths: [`${name}.bin`], weights: weightSpecs }] };
      writeFileSync(path, JSON.stringify({ ...json, ...manifest }));
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } });
    },
  };
  await model.save(handler, { includeOptimizer });
  return path;
}

/** Loads files as `tf.loadLayersModel` does from a folder. */
function load(files: ReadonlyMap<string, Uint8Array>): Promise<Tfjs.LayersModel> {
  const json = JSON.parse(new TextDecoder().decode(files.get("model.json"))) as Tfjs.io.ModelJSON;
  const { modelTopology, weightsManifest, trainingConfig } = json;
  const shards = weightsManifest.flatMap(({ paths }) => paths.map((path) => Buffer.from(files.get(path)!)));
  const artifacts: Tfjs.io.ModelArtifacts = {
    modelTopology,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData: new Uint8Array(Buffer.concat(shards)).buffer,
    ...(trainingConfig === undefined ? {} : { trainingConfig }),
  };
  return tf.loadLayersModel({ load: () => Promise.resolve(artifacts) });
}

async function readModel(path: string) {
  const { saved, report } = await readKeras(path, { registry });
  return { saved, report, model: modelFromData(saved, registry) };
}

const normal = (shape: readonly number[], seed: number) => tf.randomNormal([...shape], 0, 1, "float32", seed);

const makers: Readonly<Record<string, () => [Tfjs.LayersModel, readonly Tfjs.Tensor[]]>> = {
  "states that go from layer to layer": () => {
    const x = tf.input({ shape: [5, 4], name: "x" });
    const all = tf.layers
      .lstm({ units: 3, returnSequences: true, returnState: true })
      .apply(x) as Tfjs.SymbolicTensor[];
    const last = tf.layers.lstm({ units: 3 }).apply(x, { initialState: all.slice(1) }) as Tfjs.SymbolicTensor;
    return [tf.model({ inputs: x, outputs: last }), [normal([2, 5, 4], 1)]];
  },
  "recurrent layers and models within": () => {
    const x = tf.input({ shape: [5, 4], name: "x" });
    const one = (layer: Tfjs.layers.Layer, of: Tfjs.SymbolicTensor) => layer.apply(of) as Tfjs.SymbolicTensor;
    const last = one(tf.layers.gru({ units: 3 }), x);
    const cell = tf.layers.lstm({ units: 2, returnSequences: true });
    const both = one(tf.layers.bidirectional({ layer: cell, mergeMode: "concat" }), x);
    const cells = [tf.layers.lstmCell({ units: 2 }), tf.layers.gruCell({ units: 2 })];
    const stacked = one(tf.layers.rnn({ cell: cells }), both);
    const hard = tf.layers.dense({ units: 2, activation: "hardSigmoid" });
    const spread = one(tf.layers.timeDistributed({ layer: hard }), both);
    const within = tf.input({ shape: [3] });
    const inner = tf.model({ inputs: within, outputs: one(tf.layers.dense({ units: 3, activation: "relu" }), within) });
    const stack = tf.sequential({
      layers: [
        tf.layers.dense({ units: 3, inputShape: [3] }),
        tf.layers.batchNormalization(),
        tf.layers.leakyReLU(),
        tf.layers.prelu(),
      ],
    });
    const twice = inner.apply(inner.apply(last)) as Tfjs.SymbolicTensor;
    const gate = one(tf.layers.activation({ activation: "hardSigmoid" }), last);
    const outputs = [stacked, spread, stack.apply(twice) as Tfjs.SymbolicTensor, gate];
    return [tf.model({ inputs: x, outputs }), [normal([2, 5, 4], 2)]];
  },
  images: () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [6, 6, 2], activation: "relu", padding: "same" }),
        tf.layers.depthwiseConv2d({ kernelSize: 2, activation: "hardSigmoid" }),
        tf.layers.separableConv2d({ filters: 4, kernelSize: 2, activation: "hardSigmoid" }),
        tf.layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2, activation: "gelu" }),
        tf.layers.zeroPadding2d({ padding: 1 }),
        tf.layers.cropping2D({
          cropping: [
            [1, 0],
            [0, 1],
          ],
        }),
        tf.layers.upSampling2d({ size: [2, 2] }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.averagePooling2d({ poolSize: 2, padding: "same" }),
        tf.layers.layerNormalization(),
        tf.layers.flatten(),
        tf.layers.dropout({ rate: 0.5 }),
        tf.layers.dense({ units: 4, activation: "swish" }),
        tf.layers.softmax(),
        tf.layers.reshape({ targetShape: [2, 2] }),
        tf.layers.permute({ dims: [2, 1] }),
        tf.layers.globalAveragePooling1d({}),
      ],
    });
    return [model, [normal([2, 6, 6, 2], 3)]];
  },
  words: () => {
    const model = tf.sequential({
      layers: [
        tf.layers.embedding({ inputDim: 7, outputDim: 4, inputLength: 5, maskZero: true }),
        tf.layers.lstm({ units: 3, returnSequences: true }),
        tf.layers.simpleRNN({ units: 2 }),
        tf.layers.repeatVector({ n: 4 }),
        tf.layers.conv1d({ filters: 2, kernelSize: 2 }),
        tf.layers.maxPooling1d({ poolSize: 2 }),
        tf.layers.flatten(),
        tf.layers.elu(),
      ],
    });
    const ids = [
      [1, 2, 3, 5, 0],
      [4, 5, 6, 1, 2],
    ];
    return [model, [tf.tensor2d(ids, [2, 5], "float32")]];
  },
  "several inputs and outputs of a shared layer": () => {
    const [a, b] = [tf.input({ shape: [3] }), tf.input({ shape: [3] })];
    const shared = tf.layers.dense({ units: 3 });
    const both = [shared.apply(a), shared.apply(b)] as Tfjs.SymbolicTensor[];
    const merges = [
      tf.layers.add(),
      tf.layers.concatenate(),
      tf.layers.dot({ axes: 1 }),
      tf.layers.maximum(),
      tf.layers.average(),
      tf.layers.multiply(),
    ];
    const outputs = merges.map((merge) => merge.apply(both) as Tfjs.SymbolicTensor);
    return [tf.model({ inputs: [a, b], outputs }), [normal([2, 3], 4), normal([2, 3], 5)]];
  },
};

describe("models of tfjs-layers 4.22 give here what they give there, and go back", () => {
  test.each(Object.keys(makers))("%s", async (name) => {
    const [model, inputs] = makers[name]!();
    vary(model);
    const expected = predict(model, inputs);
    const { model: ours, report } = await readModel(await save(model, "saved"));
    expect(report.ignored).toEqual([]);
    await compare(ours, inputs, expected);
    const { files } = await encodeTfjs(ours, { shardBytes: 100 });
    await compare(ours, inputs, predict(await load(files), inputs));
  });
});

describe("models made here are loaded by tfjs-layers", () => {
  test("with gates of both kinds, activations, and statistics", async () => {
    const x = input({ shape: [4, 4, 2], name: "image" });
    const image = batchNormalization({ name: "norm" })(conv2d(3, 3, { padding: "same", activation: "silu" })(x));
    const flat = flatten()(leakyRelu({ negativeSlope: 0.25 })(image));
    const steps = input({ shape: [5, 3], name: "steps" });
    const read = bidirectional(lstm(2, { recurrentActivation: "hardSigmoid", name: "inner" }), { mergeMode: "sum" });
    const recurrent = gru(2, { resetAfter: false, name: "gru" })(steps);
    const gate = activation("hardSigmoid", { name: "gate" })(recurrent);
    const sum = add()([dense(2, { activation: "hardSigmoid" })(flat), read(steps), gate]);
    const model = functional({ inputs: [x, steps], outputs: [sum, gate] });
    const inputs = [normal([2, 4, 4, 2], 6), normal([2, 5, 3], 7)];
    const { files, notes } = await encodeTfjs(model);
    expect([...files.keys()]).toEqual(["model.json", "group1-shard1of1.bin"]);
    expect(notes).toEqual([]);
    const expected = predict(await load(files), inputs);
    await compare(model, inputs, expected);

    const path = join(folder, "net.json");
    await writeKeras(path, model);
    expect(readdirSync(folder).filter((file) => file.startsWith("net"))).toEqual([
      "net-group1-shard1of1.bin",
      "net.json",
    ]);
    await compare((await readModel(path)).model, inputs, expected);
  });

  test("operations become layers", async () => {
    const [a, b] = [input({ shape: [3], name: "a" }), input({ shape: [3], name: "b" })];
    const scaled = ops.divide(ops.subtract(2, ops.multiply(ops.add(a, 0.5), 3)), 4);
    const sum = ops.add(ops.negative(scaled), ops.maximum(a, b));
    const outputs = [
      ops.concatenate([scaled, sum], { axis: -1 }),
      ops.multiply(ops.sigmoid(sum), ops.minimum(a, b)),
      ops.softmax(ops.hardSigmoid(ops.tanh(sum))),
    ];
    const model = functional({ inputs: [a, b], outputs });
    const inputs = [normal([2, 3], 10), normal([2, 3], 11)];
    const { files } = await encodeTfjs(model);
    await compare(model, inputs, predict(await load(files), inputs));
    const c = input({ shape: [2, 3], name: "c" });
    const aligned = functional({ inputs: [a, c], outputs: [ops.add(a, c)] });
    await expect(encodeTfjs(aligned)).rejects.toThrow(/no layers that do the same as: Add/);
    const power = functional({ inputs: [a], outputs: [ops.power(a, 3)] });
    await expect(encodeTfjs(power)).rejects.toThrow(/no layers that do the same as: Power \('power'\)/);
  });

  test("what tfjs-layers does not have is named before anything is written", async () => {
    const x = input({ shape: [5, 3] });
    const model = functional({ inputs: [x], outputs: [gru(2, { name: "own_gru" })(x)] });
    await expect(encodeTfjs(model)).rejects.toThrow(/own_gru: TensorFlow\.js does not know reset_after/);
    const other = sequential([dense(2, { inputShape: [3], activation: "celu", name: "bent" })]);
    await expect(encodeTfjs(other)).rejects.toThrow(/bent: TensorFlow\.js has no such activation/);
  });
});

describe("training goes along", () => {
  const makeOptimizers: readonly (readonly [string, () => Tfjs.Optimizer])[] = [
    ["Adam", () => tf.train.adam(0.01)],
    ["Adagrad", () => tf.train.adagrad(0.1)],
    ["Adadelta", () => tf.train.adadelta(0.1)],
    ["SGD", () => tf.train.sgd(0.1)],
  ];

  test.each(makeOptimizers)("%s: read, written, and the state is that of the start", async (type, make) => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 2, inputShape: [3] }), tf.layers.dense({ units: 1 })],
    });
    model.compile({ optimizer: make(), loss: "meanSquaredError", metrics: ["accuracy"] });
    await model.trainOnBatch(normal([4, 3], 8), normal([4, 1], 9));
    const { saved, model: ours } = await readModel(await save(model, "compiled", true));
    expect(saved.training!.config).toMatchObject({ optimizer: { type }, loss: "mean_squared_error" });
    const { files, notes } = await encodeTfjs(ours, { training: saved.training! });
    expect(notes).toEqual([]);
    const back = await load(files);
    const [before, after] = await Promise.all([model, back].map((one) => one.optimizer.getWeights()));
    expect(after!.map(({ tensor: value }) => Array.from(value.dataSync()))).toEqual(
      before!.map(({ tensor: value }) => Array.from(value.dataSync())),
    );
  });
});
