import { readFileSync } from "node:fs";

import { model } from "@lamella/functional";
import {
  dense,
  type JsonObject,
  type JsonValue,
  modelFromData,
  symbolicInput,
  type Tensor,
  type ValueType,
} from "@lamella/ir";
import { contentsFromModel, type KerasContents, modelFromContents, readKeras } from "@lamella/keras";
import { reference } from "@lamella/runtime";
import { optimizerNames, resolveLoss, resolveMetric, resolveOptimizer, Trainer } from "@lamella/train";
import { describe, expect, test } from "vitest";

import { decodeTensor, type GoldenTensor } from "../src/golden.ts";
import { kerasGoldens as goldens, sourceOf } from "../src/keras-goldens.ts";
import { registry } from "../src/registry.ts";

/** A model of two outputs that is not compiled. */
function twoOutputs() {
  const x = symbolicInput({ shape: [3], name: "x" });
  return model({ inputs: x, outputs: [dense(4, { name: "a" })(x), dense(2, { name: "b" })(x)], name: "two" });
}

const read = (contents: KerasContents) => modelFromContents(contents, { registry });

/** What a model in Keras's form was compiled with. */
async function compiledWith(config: JsonObject) {
  const contents = await contentsFromModel(twoOutputs());
  const compiled = { optimizer: goldens.objects.optimizers[0]!, loss: "mse", ...config };
  return read({ ...contents, model: { ...contents.model, compile_config: compiled } });
}

/** An object without one of its options. */
function without(option: string, { config, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    config: Object.fromEntries(Object.entries(config as JsonObject).filter(([name]) => name !== option)),
  };
}

/** Without the name, which Keras makes up. */
const withoutName = (object: JsonObject) => without("name", object);

const classOf = (object: JsonObject) => object["class_name"] as string;
const outputs: ValueType = { shape: ["batch", 3], dtype: "float32" };

describe("everything that Keras compiles with, by itself", () => {
  test.each(goldens.objects.optimizers.map((object) => [classOf(object), object] as const))("%s", async (_, object) => {
    const { model: two, training } = await compiledWith({ optimizer: object });
    const optimizer = resolveOptimizer(training!.config["optimizer"]);
    const complete = { ...training!, config: { ...training!.config, optimizer: { ...optimizer } } };
    const written = await contentsFromModel(two, { training: complete });
    expect(written.notes).toEqual([]);
    expect(written.model.compile_config!["optimizer"]).toEqual(withoutName(object));
  });

  test.each(goldens.objects.schedules.map((object) => [classOf(object), object] as const))("%s", async (_, object) => {
    const optimizer = { module: "keras.optimizers", class_name: "SGD", config: { learning_rate: object } };
    const { model: two, training } = await compiledWith({ optimizer });
    expect(resolveOptimizer(training!.config["optimizer"]).config["learningRate"]).toMatchObject({
      type: classOf(object),
    });
    const written = await contentsFromModel(two, { training: training! });
    expect(written.model.compile_config!["optimizer"]).toMatchObject({
      config: { learning_rate: withoutName(object) },
    });
  });

  test("losses and metrics", async () => {
    const { losses, metrics } = goldens.objects;
    for (const object of losses) {
      const { model: two, training } = await compiledWith({ loss: object });
      resolveLoss(training!.config["loss"], outputs, outputs);
      const written = await contentsFromModel(two, { training: training! });
      expect(written.model.compile_config!["loss"]).toEqual(withoutName(object));
    }
    const { model: two, training } = await compiledWith({ metrics: { a: metrics, b: ["accuracy"] } });
    const named = training!.config["metrics"] as Readonly<Record<string, readonly JsonValue[]>>;
    for (const metric of named["a"]!) resolveMetric(metric, outputs, outputs);
    const written = await contentsFromModel(two, { training: training! });
    const plain = metrics.map((metric) => without("dtype", metric));
    expect(written.model.compile_config!["metrics"]).toEqual([plain, ["accuracy"]]);
  });
});

/** Names without the numbers that tell equal ones apart. */
const plainNames = (names: Iterable<string>) =>
  Array.from(names, (name) => name.split("/").at(-1)!.replace(/_\d+$/, ""));

test.each(
  goldens.compiled.map(
    (golden) => [classOf((golden.config.compile_config as JsonObject)["optimizer"] as JsonObject), golden] as const,
  ),
)("the state of Keras's %s goes where it belongs", async (_, { config, weights, variables }) => {
  const arrays = sourceOf(weights);
  const paths = variables.map((__, place) => `optimizer/vars/${place}`);
  const contents: KerasContents = {
    model: config,
    weights: { layout: "structure", arrays },
    optimizer: { arrays, paths },
    notes: [],
  };
  const { model: compiled, training, report } = read(contents);
  expect(report.ignored).toEqual([]);
  const trainer = new Trainer(compiled, reference());
  trainer.restore(training!);
  const { state, config: restored } = (await trainer.trainingState())!;
  const kept = [...state].filter(([name]) => !name.startsWith("carried_"));
  expect(plainNames(kept.map(([name]) => name))).toEqual(plainNames(variables));
  for (const [place, [name, value]] of kept.entries()) {
    const saved = decodeTensor(weights[paths[place]!]!);
    expect([name, value.shape, value.toNumbers()]).toEqual([name, saved.shape, saved.toNumbers()]);
  }
  const written = await contentsFromModel(compiled, { training: { config: restored, state } });
  const optimizer = written.optimizer!;
  for (const [place, path] of optimizer.paths.entries()) {
    const saved = decodeTensor(weights[paths[place]!]!);
    expect(optimizer.arrays.read(path).cast(saved.dtype)).toEqual(saved);
  }
  expect(optimizer.paths).toHaveLength(paths.length);
});

test("outputs that Keras names in a record are compiled by the names of their layers", () => {
  const { config } = goldens.compiled.find(
    ({
      config: {
        config: { name },
      },
    }) => name === "two",
  )!;
  const { training, report } = read({ model: config, notes: [] });
  expect(report.converted).toEqual(["two: its outputs have the names of their layers: 'p' is 'y2', 'q' is 'y1'."]);
  expect(training!.config).toMatchObject({
    loss: { y2: "mse", y1: { type: "CosineSimilarity" } },
    metrics: { y2: ["mae"] },
    lossWeights: { y2: 0.25, y1: 1 },
  });
});

describe("training goes to Keras's form and back", () => {
  test.each(optimizerNames)("%s", async (type) => {
    const two = twoOutputs();
    const trainer = new Trainer(two, reference());
    const inner = type === "LossScaleOptimizer" ? { config: { innerOptimizer: "sgd" } } : {};
    trainer.compile({
      optimizer: resolveOptimizer({ type, ...inner }),
      loss: { a: "mse", b: { type: "Huber", config: { delta: 0.5 } } },
      lossWeights: { a: 0.5, b: 1 },
      stepsPerExecution: 3,
      metrics: { b: ["mean_absolute_error", { type: "RootMeanSquaredError", config: {}, name: "root" }] },
    } as never);
    const targets = { a: [[1, 2, 3, 4]], b: [[1, 0]] };
    await trainer.trainOnBatch({ x: [[1, 2, 3]] }, targets);
    const training = (await trainer.trainingState())!;
    const contents = await contentsFromModel(two, { training });
    expect(contents.notes).toEqual([]);
    const own = contents.weights!.arrays.paths.filter((path) => path.startsWith("layers/"));
    const others = contents.weights!.arrays.paths.slice(own.length);
    expect(others).toEqual(
      type === "LossScaleOptimizer" ? [0, 1].map((i) => `optimizer/inner_optimizer/vars/${i}`) : [],
    );
    const { model: back, training: returned } = read(contents);
    expect(returned!.config["stepsPerExecution"]).toBe(3);
    const again = new Trainer(back, reference());
    again.restore(returned!);
    expect((await again.trainingState())!.state).toEqual(training.state);
    const report = await again.testOnBatch({ x: [[1, 2, 3]] }, targets);
    expect(report).toEqual(await trainer.testOnBatch({ x: [[1, 2, 3]] }, targets));
  });
});

describe("what cannot be carried is told", () => {
  const compiled = { optimizer: goldens.objects.optimizers[0]!, loss: "mse" };

  test.each<readonly [string, JsonObject, RegExp]>([
    [
      "a loss of one's own",
      { loss: { module: "mine", class_name: "Mine", config: {}, registered_name: "mine>Mine" } },
      /compile it again.*"mine>Mine" is code/,
    ],
    [
      "a function of one's own",
      { loss: { module: "mine", class_name: "function", config: "f", registered_name: "f" } },
      /compile it again.*"function" is code/,
    ],
    ["no loss", { loss: null }, /there is no loss/],
    ["an option", { brand_new: 3 }, /options of compile: brand_new/],
  ])("%s", async (_, change, message) => {
    const { report, training } = await compiledWith({ ...compiled, ...change });
    expect(report.ignored).toEqual([expect.stringMatching(message)]);
    expect(training === undefined).toBe("loss" in change);
  });

  test("a loss that is a function, and what does not decay", async () => {
    const two = twoOutputs();
    const config = { optimizer: { type: "SGD", config: {} }, loss: { type: "Graph", name: "mine", graph: {} } };
    const graph = await contentsFromModel(two, { training: { config, state: new Map() } });
    expect(graph.notes).toEqual([expect.stringMatching(/^two: how it was compiled\. A function is among/)]);
    const adamw = { type: "AdamW", config: { excludeFromWeightDecay: ["bias"] } };
    const excluding = { optimizer: adamw, loss: "mse", autoScaleLoss: false };
    const decayed = await contentsFromModel(two, { training: { config: excluding, state: new Map() } });
    expect(decayed.notes).toEqual([
      "two: autoScaleLoss: false, which Keras keeps in no file.",
      "two: excludeFromWeightDecay, which Keras keeps in no file.",
    ]);
    expect(decayed.model.compile_config!["optimizer"]).toMatchObject({ class_name: "AdamW", config: {} });
  });
});

describe("what was compiled by names alone goes on", () => {
  const fixtures = new URL("../../../packages/keras/test/fixtures/", import.meta.url);

  test.each(["2.15.0", "3.0.5", "3.5.0", "3.15.1"])("in an archive of Keras %s", async (version) => {
    const { compiled } = JSON.parse(readFileSync(new URL(`${version}/goldens.json`, fixtures), "utf8")) as {
      readonly compiled: { readonly optimizer: readonly GoldenTensor[] };
    };
    const { saved, report } = await readKeras(readFileSync(new URL(`${version}/compiled.keras`, fixtures)), {
      registry,
    });
    expect([report.converted, report.ignored]).toEqual([[], []]);
    expect(saved.training!.config).toMatchObject({ optimizer: { type: "Adam" }, loss: "mse", metrics: ["mae"] });
    const trainer = new Trainer(modelFromData(saved, registry), reference());
    trainer.restore(saved.training!);
    const { state } = (await trainer.trainingState())!;
    const kept = [...state].filter(([name]) => !name.startsWith("carried_"));
    const [[, steps], [, rate], ...slots] = kept as [[string, Tensor], [string, Tensor], ...[string, Tensor][]];
    expect([steps.toNumbers(), rate.toNumbers()]).toEqual([[3], [Math.fround(0.001)]]);
    const expected = compiled.optimizer.map(decodeTensor).filter(({ shape }) => shape.length > 0);
    expect(slots.map(([, value]) => value)).toEqual(expected);
  });
});
