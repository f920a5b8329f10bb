import {
  catalogue,
  defineLayer,
  fields,
  type JsonObject,
  type JsonValue,
  LamellaError,
  Mul,
  tensor,
} from "@lamella/ir";
import { arraysOf, contentsFromModel, type KerasContents, modelFromContents, type ReadOptions } from "@lamella/keras";
import { expect, test } from "vitest";

import { registry } from "../src/registry.ts";

const object = (className: string, config: JsonObject, rest: JsonObject = {}): JsonObject => ({
  module: "keras.layers",
  class_name: className,
  config,
  registered_name: null,
  ...rest,
});

/** A stack of an input of three numbers and some layers. */
function stack(...layers: readonly JsonObject[]): KerasContents {
  const input = object("InputLayer", { batch_shape: [null, 3], dtype: "float32", name: "x" });
  const config = { name: "stack", trainable: true, layers: [input, ...layers] };
  return { model: { module: "keras", class_name: "Sequential", config }, notes: [] };
}

const layerOf = (className: string, config: JsonObject = {}) =>
  object(className, { name: className.toLowerCase(), ...config });

function failure(contents: KerasContents, options: Partial<ReadOptions> = {}): LamellaError {
  try {
    modelFromContents(contents, { registry, ...options });
  } catch (error) {
    if (error instanceof LamellaError) return error;
    throw error;
  }
  throw new Error("Nothing was refused.");
}

/** Arrays that nobody may read. */
const untouchable: KerasContents["weights"] = {
  layout: "structure",
  arrays: {
    paths: ["layers/dense/vars/0"],
    type: () => ({ shape: [3, 2], dtype: "float32" }),
    read: () => expect.unreachable("an array was read"),
  },
};

test.each<readonly [string, JsonObject, RegExp]>([
  [
    "a Lambda layer",
    layerOf("Lambda", { function: { class_name: "__lambda__", config: { code: "4wEA" } } }),
    /^lambda: A Lambda layer cannot be loaded\. It is code/,
  ],
  [
    "a function in an option",
    layerOf("Dense", { units: 2, activation: { class_name: "__lambda__", config: { value: "4wEA" } } }),
    /^dense: A function in the model cannot be loaded\. It is code/,
  ],
  [
    "a layer as the activation within a cell",
    layerOf("SimpleRNN", { units: 2, activation: object("LeakyReLU", { negative_slope: 0.2 }) }),
    /^simplernn: The activation within this layer is a layer .*Expected: .* as its activation. Received: LeakyReLU/,
  ],
  [
    "text",
    layerOf("StringLookup", { vocabulary: ["a"] }),
    /^stringlookup: A StringLookup layer cannot be loaded\. It works on text/,
  ],
  [
    "code of another library",
    layerOf("TFSMLayer", { filepath: "/etc" }),
    /TFSMLayer layer cannot be loaded\. What it computes is code of another library/,
  ],
  ["augmentation", layerOf("RandomErasing"), /^randomerasing: .*only changes training data/],
])("refuses %s before any weight is read", (_, layer, message) => {
  const error = failure({ ...stack(layer), weights: untouchable });
  expect(error.code).toBe("unsupported");
  expect(error.message).toMatch(message);
});

test("names all classes and operations that it does not know, and how to register them", () => {
  const inner = { module: "mine", class_name: "Inner", config: { name: "in" }, registered_name: "mine>Inner" };
  const contents = stack(
    { module: "mine", class_name: "Scale", config: { name: "s1", factor: 2 }, registered_name: "mine>Scale" },
    object("TimeDistributed", { name: "each", layer: inner }),
    { module: "keras.src.ops.linalg", class_name: "Svd", config: { name: "svd" }, registered_name: "Svd" },
  );
  const error = failure({ ...contents, weights: untouchable });
  expect(error.code).toBe("unknown-layer");
  expect(error.message).toContain("mine>Scale ('s1'), mine>Inner ('in')");
  expect(error.message).toContain("Svd ('svd')");
  expect(error.message).toMatch(/defineLayer.*\{ layers: \[\.\.\.catalogue, yours\] \}/);
});

test("says what an option is that it does not know, or goes on without it", () => {
  const contents = stack(layerOf("Dense", { units: 2, lora_rank: 4 }));
  const error = failure(contents);
  expect(error).toMatchObject({ code: "unsupported", where: "dense", problem: "Option 'lora_rank' is unknown." });
  expect(error.message).toContain("strict: false");
  const { report } = modelFromContents(contents, { registry, strict: false });
  expect(report.ignored).toEqual([expect.stringMatching(/^dense: Option 'lora_rank' is unknown\. .* Received: 4\.$/)]);
});

test("takes the graph of a subclass only when told to", () => {
  const { model: plain } = functional({});
  const contents = { model: { ...plain, class_name: "Mine", registered_name: "mine>Mine" }, notes: [] };
  expect(failure(contents)).toMatchObject({ code: "unsupported", where: "f" });
  const { model: read, report } = modelFromContents(contents, { registry, strict: false });
  expect(read.type).toBe("Functional");
  expect(report.ignored).toEqual([expect.stringContaining("The class 'mine>Mine' of the model is code")]);
});

test.each(["sparse", "optional"])("refuses inputs that are %s", (option) => {
  const input = object("InputLayer", { batch_shape: [null, 3], dtype: "float32", name: "x", [option]: true });
  const config = { name: "stack", layers: [input, layerOf("Dense", { units: 2 })] };
  const contents = { model: { module: "keras", class_name: "Sequential", config }, notes: [] };
  expect(failure(contents)).toMatchObject({ code: "unsupported", where: "x" });
  expect(modelFromContents(contents, { registry, strict: false }).report.ignored).toHaveLength(1);
});

test("refuses quantized weights, and keeps a bfloat16 model in float32", () => {
  const policy = (name: string): JsonObject => ({ module: "keras", class_name: "DTypePolicy", config: { name } });
  const quantized = failure(stack(layerOf("Dense", { units: 2, dtype: policy("int8_from_float32") })));
  expect(quantized).toMatchObject({ code: "unsupported", where: "dense" });
  const { model: read, report } = modelFromContents(stack(layerOf("Dense", { units: 2, dtype: policy("bfloat16") })), {
    registry,
  });
  expect(read.weights.map(({ dtype }) => dtype)).toEqual(["float32", "float32"]);
  expect(report.converted).toEqual(["dense: it computes in float32, not in bfloat16."]);
});

const two = stack(layerOf("Dense", { units: 2 }));
const withArrays = (
  arrays: Readonly<Record<string, readonly (readonly number[])[] | readonly number[]>>,
): KerasContents => ({
  ...two,
  weights: {
    layout: "structure",
    arrays: arraysOf(new Map(Object.entries(arrays).map(([path, value]) => [path, tensor(value)]))),
  },
});
const kernel = [
  [1, 2],
  [3, 4],
  [5, 6],
];

test("names weights without an array and arrays without a weight", () => {
  const contents = withArrays({ "layers/dense/vars/0": kernel, "layers/dense_1/vars/0": [1, 2] });
  expect(failure(contents)).toMatchObject({
    code: "data",
    expected: "arrays for stack/dense/bias too",
    received: "arrays that have no place: layers/dense_1/vars/0",
  });
  const { model: read, report } = modelFromContents(contents, { registry, strict: false });
  expect(report.ignored).toEqual([expect.stringContaining("stack/dense/bias")]);
  const [dense2] = report.model.layers!;
  expect(dense2).toMatchObject({ name: "dense", type: "Dense", parameters: 8 });
  expect(dense2!.weights.map(({ name, from }) => [name, from])).toEqual([
    ["kernel", "layers/dense/vars/0"],
    ["bias", undefined],
  ]);
  expect(read.weights[0]!.version).toBe(1);
});

test("names the weight whose array has another shape, before anything is set", () => {
  const contents = withArrays({ "layers/dense/vars/0": kernel, "layers/dense/vars/1": [1, 2, 3] });
  expect(failure(contents)).toMatchObject({
    code: "shape",
    where: "stack/dense/bias",
    problem: "The array 'layers/dense/vars/1' does not fit the weight.",
    expected: "shape (2)",
    received: "shape (3)",
  });
});

/** A functional model of one dense layer, its parts exchangeable. */
function functional(changes: JsonObject): KerasContents {
  const history = (layer: string, call: number) => ({
    class_name: "__keras_tensor__",
    config: { shape: [null, 3], dtype: "float32", keras_history: [layer, call, 0] },
  });
  const input = object(
    "InputLayer",
    { batch_shape: [null, 3], dtype: "float32", name: "x" },
    { name: "x", inbound_nodes: [] },
  );
  const dense2 = object(
    "Dense",
    { name: "d", units: 3 },
    { name: "d", inbound_nodes: [{ args: [history("x", 0)], kwargs: {} }] },
  );
  const ring = object(
    "Dense",
    { name: "d", units: 3 },
    { name: "d", inbound_nodes: [{ args: [history("d", 0)], kwargs: {} }] },
  );
  const layers: JsonValue = changes["ring"] === true ? [input, ring] : [input, dense2];
  const config = { name: "f", layers, input_layers: ["x", 0, 0], output_layers: ["d", 0, 0], ...changes };
  return { model: { module: "keras", class_name: "Functional", config }, notes: [] };
}

test.each<readonly [string, JsonObject, string, RegExp]>([
  ["a cycle", { ring: true }, "graph", /cycle.*calls of 'd'/],
  ["an output of no layer", { output_layers: ["nowhere", 0, 0] }, "graph", /There is no layer 'nowhere'/],
  ["an output that a layer does not have", { output_layers: ["d", 0, 7] }, "graph", /no output 7 of a call 0/],
  ["no layers", { layers: null }, "format", /not a functional model.*a list of layers/],
  ["no outputs", { output_layers: [] }, "format", /input_layers and output_layers/],
])("refuses %s", (_, changes, code, message) => {
  const error = failure(functional(changes));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
});

test("refuses layers that no model is around, and stacks without a shape", () => {
  expect(
    failure({ model: layerOf("Dense", { units: 2 }) as unknown as KerasContents["model"], notes: [] }),
  ).toMatchObject({
    code: "format",
    received: "Dense",
  });
  const config = { name: "late", layers: [layerOf("Dense", { units: 2 })] };
  const late = failure({ model: { module: "keras", class_name: "Sequential", config }, notes: [] });
  expect(late).toMatchObject({ code: "state", where: "late" });
});

test("makes a layer of a user's own, and writes it as Keras registers it", async () => {
  const scale = defineLayer({
    type: "mine>Scale",
    fields: { factor: fields.number() },
    lower: ({ config }, [x]) => Mul(x!.tensor, config.factor),
  });
  const own = { module: "mine", class_name: "Scale", config: { name: "s", factor: 2 }, registered_name: "mine>Scale" };
  const mine = { layers: [...catalogue, scale], models: registry.models };
  const { model: read } = modelFromContents(stack(own), { registry: mine });
  const written = await contentsFromModel(read);
  expect((written.model.config["layers"] as readonly JsonObject[])[1]).toMatchObject({
    ...own,
    module: null,
    config: { name: "s", factor: 2 },
  });
  expect(written.notes).toEqual(["s: Keras needs a class that is registered as 'mine>Scale' to load it."]);
});

test("computes no first values of weights that a file fills", async () => {
  // This initializer cannot make a bias.
  const contents = stack(layerOf("Dense", { units: 2, bias_initializer: object("Orthogonal", { gain: 1 }) }));
  const { weights } = withArrays({ "layers/dense/vars/0": kernel, "layers/dense/vars/1": [1, 2] });
  const { model: read } = modelFromContents({ ...contents, weights: weights! }, { registry });
  expect((await read.weights[1]!.read()).toNumbers()).toEqual([1, 2]);
  const { model: empty } = modelFromContents(contents, { registry });
  await expect(empty.weights[1]!.read()).rejects.toThrow("orthogonal initializer makes matrices");
});
