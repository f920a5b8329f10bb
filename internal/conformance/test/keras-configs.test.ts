import { model as functional } from "@lamella/functional";
import {
  type AnyModel,
  dense,
  filled,
  type JsonObject,
  type JsonValue,
  modelToData,
  type SavedLayer,
  type SavedModel,
  symbolicInput,
  tensor,
  type Tensor,
} from "@lamella/ir";
import { arraysOf, contentsFromModel, type KerasContents, modelFromContents } from "@lamella/keras";
import { Predictor, reference, VariableStore } from "@lamella/runtime";
import { describe, expect, test } from "vitest";

import { cases } from "../cases/index.ts";
import { buildCase } from "../src/build-case.ts";
import { expectClose } from "../src/compare.ts";
import { decodeTensor } from "../src/golden.ts";
import { kerasGoldens as goldens, sourceOf } from "../src/keras-goldens.ts";
import { registry } from "../src/registry.ts";
import { valueTolerance } from "../src/tolerance.ts";

function read(contents: KerasContents) {
  return modelFromContents(contents, { registry });
}

/** Options that Keras writes and lamella does not, or has as the default of something else. */
const untold: ReadonlySet<string> = new Set([
  "backward_layer", // the mirror image of the layer, which is what both make by themselves
  "build_config",
  "compile_config",
  "module", // some of the goldens' layers are their own
  "registered_name",
  "renorm_momentum",
  "shared_object_id",
  "training", // of a call, which Keras tells random layers by itself
  "vocabulary_size",
]);

/** Layers by their names: Keras orders inputs of one depth by the names of the arguments that take them. */
function byName(a: JsonValue, b: JsonValue): number {
  const [left, right] = [a, b].map((value) => (value as JsonObject | null)?.["name"] ?? null);
  if (typeof left !== "string" || typeof right !== "string") return 0;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A configuration without what says nothing, so that what is left must be equal. */
function essence(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    const list = value.map((item: JsonValue) => essence(item)).toSorted(byName);
    return list.length === 1 ? list[0]! : list;
  }
  if (typeof value !== "object" || value === null) return value;
  const object = value as JsonObject;
  if (object["class_name"] === "DTypePolicy") return (object["config"] as JsonObject)["name"]!;
  const entries = Object.entries(object).filter(([name, item]) => item !== null && item !== false && !untold.has(name));
  return Object.fromEntries(entries.map(([name, item]) => [name, essence(item)]));
}

/**
 * The data of a model, with the default format of images by its name, as Keras writes it. Random layers are told to train by
 * Keras itself, so that being told says nothing.
 */
async function dataOf(model: AnyModel): Promise<SavedModel> {
  const { layers, ...rest } = await modelToData(model);
  const isRandom = (index: number) => layers[index]!.type.startsWith("Random");
  const named = layers.map(({ graph, ...layer }): SavedLayer => {
    const format = layer.config["dataFormat"] === null ? { dataFormat: "channelsLast" } : {};
    const nodes = graph?.nodes.map((node) => (isRandom(node.layer) ? Object.assign({}, node, { args: {} }) : node));
    const own = graph === undefined ? {} : { graph: Object.assign({}, graph, { nodes }) };
    return Object.assign(layer, { config: Object.assign({}, layer.config, format) }, own);
  });
  return { ...rest, layers: named };
}

/** Cases that are written in other words of the same meaning. */
const alike: ReadonlySet<string> = new Set(["ops/onesLike", "ops/ravel", "ops/unstack", "ops/zerosLike"]);

const layersOf = (ids: readonly { readonly id: string }[]) => [...new Set(ids.map(({ id }) => id.split("/")[0]!))];

/** Something of every case of a layer, by the cases' ids. */
async function ofEach<Case extends { readonly id: string }, T>(
  list: readonly Case[],
  layer: string,
  work: (one: Case) => T | Promise<T>,
): Promise<Readonly<Record<string, T>>> {
  const found = list.filter(({ id }) => id.startsWith(`${layer}/`));
  return Object.fromEntries(await Promise.all(found.map(async (one) => [one.id, await work(one)] as const)));
}

describe("models of all cases come back from Keras's form as they were", () => {
  test.each(layersOf(cases))("%s", async (layer) => {
    const originals = await ofEach(cases, layer, async (each) => dataOf(buildCase(each)));
    const returned = await ofEach(cases, layer, async (each) => {
      const { model, report } = read(await contentsFromModel(buildCase(each)));
      expect(report.ignored).toEqual([]);
      return dataOf(model);
    });
    expect(returned).toEqual(originals);
  });
});

describe("what Keras writes of all cases is read, and written again", () => {
  test.each(layersOf(goldens.cases))("%s", async (layer) => {
    const written = goldens.cases.filter(({ id }) => !alike.has(id));
    const expected = await ofEach(written, layer, ({ config, weights }) => ({
      config: essence(config as unknown as JsonValue),
      weights: Object.fromEntries(weights),
    }));
    const ours = await ofEach(written, layer, async ({ config, weights }) => {
      const arrays = arraysOf(new Map(weights.map(([path, shape]) => [path, filled("float32", shape, 0.5)])));
      const { model, report } = read({ model: config, weights: { layout: "structure", arrays }, notes: [] });
      expect([...report.converted, ...report.ignored]).toEqual([]);
      const contents = await contentsFromModel(model);
      const { arrays: own } = contents.weights!;
      return {
        config: essence(contents.model as unknown as JsonValue),
        weights: Object.fromEntries(own.paths.map((path) => [path, own.type(path).shape])),
      };
    });
    expect(ours).toEqual(expected);
  });
});

test("a layer that stands in two models is one layer again", async () => {
  const both = dense(4, { name: "both" });
  const within = symbolicInput({ shape: [4], name: "within" });
  const inner = functional({ inputs: within, outputs: both(within), name: "inner" });
  const x = symbolicInput({ shape: [4], name: "x" });
  const outer = functional({ inputs: x, outputs: both(inner(x)), name: "outer" });
  await expect(contentsFromModel(outer)).rejects.toThrow("outer: Layers stand in more than one of its models: both.");
  const contents = await contentsFromModel(outer, { strict: false });
  expect(contents.notes).toHaveLength(1);
  expect(contents.weights!.arrays.paths).toEqual([
    "layers/functional/layers/dense/vars/0",
    "layers/functional/layers/dense/vars/1",
  ]);
  const { model: back } = read(contents);
  expect(back.weights).toHaveLength(2);
  expect(back.getLayer("both")).toBe((back.getLayer("inner") as AnyModel).getLayer("both"));
});

test("the mirror image that Keras writes with a bidirectional layer is what the layer makes by itself", () => {
  const backward = (id: string) => {
    const { config } = goldens.cases.find((golden) => golden.id === `bidirectional/${id}`)!;
    const found = read({ model: config, notes: [] }).model.layers.find(({ type }) => type === "Bidirectional")!;
    return found.config["backwardLayer"];
  };
  expect(backward("lstm")).toBe(null);
  expect(backward("own-backward-layer")).toHaveProperty("type", "GRU");
});

/** What unknown tokens, 7, 9 and 5 weigh, that occur in all, two, one and two of three rows. */
const [seven, nine, five] = [Math.log(2), Math.log(2.5), Math.log(2)];
const idfWeights = tensor([(seven + nine + five) / 3, seven, nine, five]);

/** A model of a lookup that `adapt` has taught, as Keras saves it: 5, 7, 7; 5, 9, 9; 7, 7, 7. */
function learnedLookup(vocabulary: string): KerasContents {
  const layer = (name: string, type: string, config: JsonObject) => ({
    module: "keras.layers",
    class_name: type,
    config: { name, ...config },
  });
  const layers = [
    layer("x", "InputLayer", { batch_shape: [null, 3], dtype: "int64" }),
    layer("words", "IntegerLookup", { output_mode: "tf_idf", vocabulary: null, idf_weights: null, vocabulary_size: 4 }),
  ];
  return {
    model: { module: "keras", class_name: "Sequential", config: { name: "m", layers } },
    weights: {
      layout: "structure",
      arrays: arraysOf(new Map([["layers/integer_lookup/vars/idf_weights", idfWeights]])),
    },
    asset: (path) =>
      path === "assets/layers/integer_lookup/vocabulary.txt" ? new TextEncoder().encode(vocabulary) : undefined,
    notes: [],
  };
}

test("a vocabulary that a lookup has learned is read, and written with the configuration", async () => {
  const { model } = read(learnedLookup("-1\n7\n9\n5"));
  const contents = await contentsFromModel(model);
  const { model: back } = read(contents);
  for (const each of [model, back]) {
    const [output] = await outputsOf(each, [tensor([[5, 7, 100]], undefined, "int64")]);
    expectClose("output", output!, tensor([[(seven + nine + five) / 3, seven, 0, five]]), valueTolerance);
  }
  const { arrays } = contents.weights!;
  expect(arrays.read("layers/integer_lookup/vars/idf_weights")).toEqual(idfWeights);
  expect(() => read(learnedLookup("-1\nseven"))).toThrow(/vocabulary\.txt: .* a whole number in each line.*"seven"/);
  expect(() => read({ ...learnedLookup(""), asset: () => undefined })).toThrow(/words.*has no vocabulary/);
});

async function outputsOf(model: AnyModel, inputs: readonly Tensor[]) {
  const backend = reference();
  await using predictor = new Predictor(model, backend, new VariableStore(backend));
  const given = model.inputNames.map((name, i) => [name, inputs[i]!] as const);
  const outputs = await predictor.run(Object.fromEntries(given));
  return model.outputNames.map((name) => outputs[name]!);
}

/** The names of a weight and its layer: what is in front of them depends on when a stack was built. */
const lastNames = ({ path }: { readonly path: string }) => path.split("/").slice(-2).join("/");

describe("models of models give what they give in Keras", () => {
  test.each(goldens.models.map((golden) => [golden.name, golden] as const))("%s", async (_, golden) => {
    const weights = { layout: "structure", arrays: sourceOf(golden.weights) } as const;
    const { model } = read({ model: golden.config, weights, notes: [] });
    const { model: back } = read(await contentsFromModel(model));
    for (const each of [model, back]) {
      const outputs = await outputsOf(each, golden.inputs.map(decodeTensor));
      for (const [i, expected] of golden.outputs.entries()) {
        expectClose(`output ${i}`, outputs[i]!, decodeTensor(expected), valueTolerance);
      }
      expect(each.nonTrainableWeights.map(lastNames)).toEqual(
        golden.frozen.filter((path) => !path.includes("seed_generator")).map((path) => lastNames({ path })),
      );
    }
  });
});
