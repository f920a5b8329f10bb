import {
  add,
  batchNormalization,
  bidirectional,
  catalogue,
  cloneModel,
  concatenate,
  conv2d,
  defineLayer,
  dense,
  dropout,
  embedding,
  fields,
  filled,
  flatten,
  type JsonObject,
  lower,
  lstm,
  maxPooling2d,
  Mul,
  type Model,
  modelFromData,
  modelFromJson,
  modelToData,
  multiply,
  printLayers,
  printPrimitives,
  regularizers,
  reshape,
  resetNames,
  type SavedGraph,
  type SavedLayer,
  setWeightsFromData,
  symbolicInput,
  tensor,
  timeDistributed,
  verifyPrimitives,
} from "@lamella/ir";
import { beforeEach, describe, expect, test } from "vitest";

import { errorOf, expectError } from "./expect-error.ts";
import { plainModel, registry } from "./plain-model.ts";

beforeEach(resetNames);

const input = (name: string, ...shape: readonly (number | string | null)[]) => symbolicInput({ shape, name });

function shared(): Model {
  const [a, b] = [input("a", 4), input("b", 4)];
  const tower = dense(4, { activation: "relu", name: "tower" });
  return plainModel([a, b], [add()([tower(a), tower(b)]), tower(tower(a))], { name: "shared" });
}

function nested(): Model {
  const x = input("x", 4);
  const norm = batchNormalization();
  const inner = plainModel(x, norm(dense(3)(x)), { name: "inner" });
  const [a, b] = [input("a", 4), input("b", 4)];
  return plainModel([a, b], norm(concatenate({ axis: 0 })([inner(a), inner(b)])), { name: "outer" });
}

function callArguments(): Model {
  const x = input("x", "time", 4);
  const [h, c] = [input("h", 3), input("c", 3)];
  const mask = symbolicInput({ shape: ["time"], dtype: "bool", name: "mask" });
  const [sequence, ...states] = lstm(3, { returnSequences: true, returnState: true })(x, {
    initialState: [h, c],
    mask,
  });
  return plainModel([x, h, c, mask], lstm(3)(dropout(0.1)(sequence!, { training: true }), { initialState: states }));
}

function masked(): Model {
  const tokens = symbolicInput({ shape: [null], dtype: "int32", name: "tokens" });
  const x = embedding(10, 4, { maskZero: true })(tokens);
  return plainModel(tokens, multiply()([lstm(3)(x), lstm(3, { goBackwards: true })(x)]));
}

function frozen(): Model {
  const x = input("x", 4);
  const net = plainModel(x, dense(2)(dense(3, { trainable: false })(x)));
  net.getLayer(2).trainable = false;
  return net;
}

function middle(): Model {
  const h = dense(3, { name: "h" })(input("x", 4));
  return plainModel(h, dense(2)(h));
}

const zoo: Readonly<Record<string, () => Model>> = {
  "a convolutional network": () => {
    const x = input("image", 8, 8, 1);
    const features = maxPooling2d()(conv2d(4, 3, { padding: "same", activation: "relu" })(x));
    return plainModel(x, dense(2, { activation: "softmax" })(flatten()(features)));
  },
  "shared layers, several inputs and outputs": shared,
  "a nested model called twice, with a layer that is shared with it": nested,
  "masks and states as call arguments": callArguments,
  "masks from an embedding": masked,
  "frozen layers": frozen,
  "a model that starts within another": middle,
  "an output that is an input": () => {
    const x = input("x", 4);
    return plainModel(x, [x, dense(2)(x)]);
  },
  "unknown, named and fixed sizes": () => {
    const x = symbolicInput({ batchShape: [2, null, "width", 3], name: "x" });
    return plainModel(x, reshape([-1, 6])(x));
  },
  "states that are carried": () => {
    const x = symbolicInput({ batchSize: 2, shape: [5, 4], name: "x" });
    return plainModel(x, lstm(3, { stateful: true })(x));
  },
  "dtypes, regularizers and initializers": () => {
    const x = input("x", 4);
    const options = { kernelRegularizer: regularizers.l1l2({ l1: 0.1 }), activityRegularizer: "l2" } as const;
    const he = { type: "HeNormal", config: { seed: 5 } } as const;
    return plainModel(x, dense(2, { dtype: "float16", kernelInitializer: he, ...options })(x));
  },
  "layers that hold layers": () => {
    const x = input("x", 5, 4);
    return plainModel(x, timeDistributed(dense(2))(bidirectional(lstm(3, { returnSequences: true }))(x)));
  },
};

describe("toJson and back", () => {
  test.for(Object.entries(zoo))("%s", ([, make]) => {
    const net = make();
    const again = modelFromJson(net.toJson(), registry);
    expect(again.toJson()).toBe(net.toJson());
    expect(printLayers(again.graph)).toBe(printLayers(net.graph));
    expect(again.layers.map(({ label }) => label)).toEqual(net.layers.map(({ label }) => label));
    expect(again.weights.map(({ path }) => path)).toEqual(net.weights.map(({ path }) => path));
    expect(again.trainableWeights.map(({ path }) => path)).toEqual(net.trainableWeights.map(({ path }) => path));
    expect(again.states.map(({ path }) => path)).toEqual(net.states.map(({ path }) => path));
    const lowered = lower(again);
    verifyPrimitives(lowered.graph);
    expect(printPrimitives(lowered.graph)).toBe(printPrimitives(lower(net).graph));
  });

  test("names of new layers do not change what comes back", () => {
    const text = shared().toJson();
    dense(3);
    expect(modelFromJson(text, registry).toJson()).toBe(text);
  });
});

describe("data", () => {
  test.for(Object.entries(zoo))("%s: weights come back", async ([, make]) => {
    const net = make();
    for (const weight of net.weights) weight.write((await weight.read()).cast(weight.dtype));
    const data = await modelToData(net);
    const again = modelFromData(data, registry);
    const values = async (model: Model) => (await model.getWeights()).map((value) => value.toNumbers());
    expect(await values(again)).toEqual(await values(net));
    expect(data.weights).toHaveLength(net.weights.length);
    expect(data.training).toBeUndefined();
  });

  test("a shared layer stands in it once; training state passes through", async () => {
    const training = { config: { loss: "mse" }, state: new Map([["iteration", tensor(3)]]) };
    const data = await modelToData(nested(), training);
    expect(data.layers.map(({ name }) => name).toSorted()).toEqual(
      ["a", "b", "batch_normalization", "concatenate", "dense", "inner", "outer", "x"].toSorted(),
    );
    expect(data.root).toBe(data.layers.length - 1);
    expect(data.training).toBe(training);
  });

  test("a model comes back under the paths it had", async () => {
    const x = input("x", 4);
    const layer = dense(2);
    layer.pathPrefix = "stack";
    const net = plainModel(x, layer(x));
    expect(modelFromData(await modelToData(net), registry).weights[0]!.path).toBe("stack/dense/kernel");
  });
});

describe("cloneModel", () => {
  test("makes the same architecture with weights of its own", async () => {
    const net = nested();
    const calls = net.layers.map((layer) => layer.calls.length);
    const copy = cloneModel(net);
    expect(copy.toJson()).toBe(net.toJson());
    expect(copy.layers.some((layer) => net.layers.includes(layer))).toBe(false);
    expect(copy.weights.some((weight) => net.weights.includes(weight))).toBe(false);
    expect(net.layers.map((layer) => layer.calls.length)).toEqual(calls);
    const kernel = async (model: Model) => (await model.weights[0]!.read()).toNumbers();
    expect(await kernel(copy)).not.toEqual(await kernel(net));
    copy.weights[0]!.write(await net.weights[0]!.read());
    expect(await kernel(copy)).toEqual(await kernel(net));
  });

  test("keeps what is shared shared", () => {
    const copy = cloneModel(nested());
    const inner = copy.getLayer("inner") as Model;
    expect(inner.getLayer("batch_normalization")).toBe(copy.getLayer("batch_normalization"));
  });

  test("needs no registry for layers of one's own", () => {
    const scale = defineLayer({
      type: "Scale",
      fields: { factor: fields.number() },
      positional: ["factor"],
      lower: ({ config }, [x]) => Mul(x!.tensor, config.factor),
    });
    const x = input("x", 4);
    const net = plainModel(x, scale(3)(x));
    expect(cloneModel(net).getLayer("scale").config).toEqual({ factor: 3 });
    expectError(
      () => modelFromJson(net.toJson(), registry),
      "unknown-layer",
      "The model needs layer types that are not registered: Scale. Pass their factories when loading",
    );
    const own = { ...registry, layers: [...catalogue, scale] };
    expect(modelFromJson(net.toJson(), own).toJson()).toBe(net.toJson());
  });
});

describe("weights of another model's data", () => {
  function chain(...units: readonly number[]): Model {
    const x = input("x", 4);
    const y = units.reduce((tensor_, size, i) => dense(size, { name: `layer${i}` })(tensor_), x);
    return plainModel(x, y, { name: "net" });
  }

  test("are matched by the names of layers", async () => {
    const [from, to] = [chain(3, 2), chain(3, 2)];
    setWeightsFromData(to, await modelToData(from));
    const values = async (model: Model) => (await model.getWeights()).map((value) => value.toNumbers());
    expect(await values(to)).toEqual(await values(from));
  });

  test("are refused where a layer has no counterpart", async () => {
    const [short, long] = [chain(3), chain(3, 2)];
    const [saved, savedLong] = [await modelToData(short), await modelToData(long)];
    expectError(
      () => setWeightsFromData(long, saved),
      "data",
      "net (PlainModel): The weights are those of another model. Expected: weights for layer1/kernel, layer1/bias too.",
      "Received: weights that have no place: none.",
    );
    expectError(
      () => setWeightsFromData(short, savedLong),
      "data",
      "weights that have no place: layer1/kernel, layer1/bias.",
    );
    expectError(
      () => setWeightsFromData(chain(5), saved),
      "shape",
      "layer0/kernel: The value does not fit the weight.",
    );
  });
});

describe("data that is no model is refused", () => {
  interface Architecture {
    readonly format: string;
    readonly version: number;
    readonly layers: readonly SavedLayer[];
    readonly root: number;
  }

  const chain = () => {
    resetNames();
    const x = input("x", 4);
    return plainModel(x, dense(2, { name: "second" })(dense(4, { name: "first" })(x)), { name: "net" });
  };
  const load = (change: (saved: Architecture) => object) =>
    modelFromJson(JSON.stringify(change(JSON.parse(chain().toJson()) as Architecture)), registry);
  const withRoot = (saved: Architecture, change: (graph: SavedGraph) => object) => ({
    ...saved,
    layers: saved.layers.with(saved.root, {
      ...saved.layers[saved.root]!,
      ...change(saved.layers[saved.root]!.graph!),
    }),
  });

  test.for(["", "{", "[1,", "model"])("text that is not JSON: '%s'", (text) => {
    const error = errorOf(() => modelFromJson(text, registry));
    expect([error.code, error.problem]).toEqual(["format", "The text is not JSON."]);
    expect(error.cause).toBeInstanceOf(SyntaxError);
  });

  test.for(["null", "5", "[]", "{}", '{"format":"lamella-architecture"}', '{"format":"other","version":1}'])(
    "JSON that is something else: %s",
    (text) => {
      expectError(
        () => modelFromJson(text, registry),
        "format",
        "The JSON is not a model architecture. Expected: what toJson() gave.",
      );
    },
  );

  test.for<[string, (saved: Architecture) => object]>([
    ["without layers", (saved) => ({ ...saved, layers: undefined })],
    ["without a root", (saved) => ({ ...saved, root: undefined })],
    ["with layers that are none", (saved) => ({ ...saved, layers: [null] })],
    ["with a layer without a name", (saved) => ({ ...saved, layers: [{ ...saved.layers[0], name: undefined }] })],
    ["with a graph that is none", (saved) => withRoot(saved, () => ({ graph: {} }))],
    [
      "with a node that is none",
      (saved) => withRoot(saved, (graph) => ({ graph: { ...graph, nodes: [{ layer: 1 }] } })),
    ],
    [
      "with a value of no dtype",
      (saved) => withRoot(saved, (graph) => ({ graph: { ...graph, values: [{ shape: [1], dtype: "real" }] } })),
    ],
  ])("an architecture %s", ([, change]) => {
    expectError(() => load(change), "format", "The JSON is not a model architecture.");
  });

  test("a newer version", () => {
    expectError(
      () => load((saved) => ({ ...saved, version: 2 })),
      "version",
      "The architecture was written by a newer version. Expected: version 1 or older. Received: 2. Upgrade lamella.",
    );
  });

  test("a layer as the root, or one that is not there", () => {
    expectError(
      () => load((saved) => ({ ...saved, root: 1 })),
      "format",
      "first: The root of the data is a layer, not a model.",
    );
    const absent = "which is not there.";
    expectError(() => load((saved) => ({ ...saved, root: 9 })), "format", `The data refers to layer 9, ${absent}`);
    const lists = (saved: Architecture) => withRoot(saved, (graph) => ({ graph: { ...graph, layers: [7] } }));
    expectError(() => load(lists), "format", `The data refers to layer 7, ${absent}`);
    const calls = (saved: Architecture) =>
      withRoot(saved, (graph) => ({ graph: { ...graph, nodes: [{ ...graph.nodes[0]!, layer: 8 }] } }));
    expectError(() => load(calls), "format", `The data refers to layer 8, ${absent}`);
  });

  test("values that are not there", () => {
    const change = (parts: Partial<SavedGraph>) => (saved: Architecture) =>
      withRoot(saved, (graph) => ({ graph: { ...graph, ...parts } }));
    const port = { name: "x", value: 9 };
    expectError(() => load(change({ inputs: [port] })), "graph", "net: Value 9 is taken before anything gives it");
    expectError(() => load(change({ outputs: [port] })), "graph", "net: Value 9 is taken before anything gives it");
    const mask = (saved: Architecture) =>
      withRoot(saved, (graph) => ({
        graph: { ...graph, nodes: [{ ...graph.nodes[0]!, args: { mask: { tensor: 3 } } }] },
      }));
    expectError(() => load(mask), "graph", "first: Value 3 is taken before anything gives it");
  });

  test("all unknown layer types at once", () => {
    const rename = (saved: Architecture) => ({
      ...saved,
      layers: saved.layers.map((layer, i) => (i < 2 ? { ...layer, type: `Type${i}` } : layer)),
    });
    expectError(() => load(rename), "unknown-layer", "not registered: Type0, Type1.");
  });

  test("Keras's Lambda, with what to do instead, unless somebody's own layer has that name", () => {
    const lambda = (saved: Architecture) => ({
      ...saved,
      layers: saved.layers.map((layer, i) => (i === 1 ? { ...layer, type: "Lambda", config: {} } : layer)),
    });
    expectError(
      () => load(lambda),
      "unknown-layer",
      "first: A Lambda layer cannot be loaded. It is code, and no code is taken from model files",
      "Write what it computes with ops (such as ops.multiply(x, 2)), which are saved as data, or as a layer of your own " +
        "with defineLayer.",
    );
    const own = defineLayer({ type: "Lambda", fields: {}, lower: (_, [x]) => Mul(x!.tensor, 2) });
    const x = input("x", 4);
    const net = plainModel(x, own()(x));
    const known = { ...registry, layers: [...catalogue, own] };
    expect(modelFromJson(net.toJson(), known).toJson()).toBe(net.toJson());
    const other = JSON.stringify(lambda(JSON.parse(net.toJson()) as Architecture)).replace("InputLayer", "Other");
    expectError(() => modelFromJson(other, known), "unknown-layer", "not registered: Other.");
  });

  test("a model without a graph, and a layer with one", () => {
    const drop = (saved: Architecture) => ({
      ...saved,
      layers: saved.layers.map((layer) => ({ ...layer, graph: undefined })),
    });
    expectError(() => load(drop), "format", "net: A PlainModel needs a graph of its own.");
    const give = (saved: Architecture) => ({
      ...saved,
      layers: saved.layers.map((layer) =>
        layer.name === "first" ? { ...layer, graph: saved.layers.at(-1)!.graph } : layer,
      ),
    });
    expectError(() => load(give), "format", "first: A layer of type Dense has no graph of its own.");
  });

  test("a cycle of calls", () => {
    const cycle = (saved: Architecture) =>
      withRoot(saved, (graph) => ({
        graph: { ...graph, nodes: graph.nodes.map((node, i) => (i === 0 ? { ...node, inputs: [2] } : node)) },
      }));
    expectError(
      () => load(cycle),
      "graph",
      "first: Value 2 is taken before anything gives it: the graph has a cycle, or is not in order.",
    );
    const reversed = (saved: Architecture) =>
      withRoot(saved, (graph) => ({ graph: { ...graph, nodes: graph.nodes.toReversed() } }));
    expectError(() => load(reversed), "graph", "second: Value 1 is taken before anything gives it");
  });

  test("a model within itself, directly or through another", () => {
    const itself = (saved: Architecture) =>
      withRoot(saved, (graph) => ({
        graph: { ...graph, nodes: graph.nodes.map((node) => ({ ...node, layer: saved.root })) },
      }));
    expectError(() => load(itself), "graph", "net: The model contains itself.");
    const held = (saved: Architecture) => ({
      ...saved,
      layers: saved.layers.map((layer) =>
        layer.name === "first"
          ? {
              ...layer,
              type: "TimeDistributed",
              config: { layer: { layer: saved.layers.indexOf(layer) } } satisfies JsonObject,
            }
          : layer,
      ),
    });
    expectError(() => load(held), "graph", "first: The model contains itself.");
  });

  test("a configuration that a layer does not take", () => {
    const change = (config: JsonObject) => (saved: Architecture) => ({
      ...saved,
      layers: saved.layers.map((layer) => (layer.name === "first" ? { ...layer, config } : layer)),
    });
    expectError(() => load(change({ units: "many" })), "config", "first, option 'units': The value cannot be used.");
    expectError(() => load(change({ units: 3, size: 2 })), "name", "first: Unknown option 'size'.");
    expectError(() => load(change({ units: 3, dtype: "real" })), "dtype", "first: Unknown dtype.");
  });

  test("data that lack weights, unless fresh ones are asked for", async () => {
    const data = await modelToData(chain());
    const lacking = { ...data, weights: data.weights.slice(1) };
    expectError(
      () => modelFromData(lacking, registry),
      "format",
      "net: The data lack weights of the model.",
      "Expected: first/kernel (",
      "Received: 3 of 4 weights",
      "{ missingWeights: 'initialize' }",
    );
    expectError(() => modelFromData({ ...data, weights: [] }, registry), "format", "Received: 0 of 4 weights");
    const completed = modelFromData(lacking, registry, { missingWeights: "initialize" });
    const bias = data.weights.find(({ name }) => name === "bias")!;
    const fives = { ...bias, tensor: filled("float32", bias.tensor.shape, 5) };
    const kept = modelFromData({ ...data, weights: [fives] }, registry, { missingWeights: "initialize" });
    expect(completed.weights).toHaveLength(4);
    expect((await kept.weights[1]!.read()).toNumbers().every((value) => value === 5)).toBe(true);
  });

  test("a weight that the layer does not have, or of another shape", async () => {
    const data = await modelToData(chain());
    const [kernel] = data.weights;
    expectError(
      () => modelFromData({ ...data, weights: [{ ...kernel!, name: "kernal" }] }, registry),
      "name",
      "first (Dense): There is no weight 'kernal'.",
    );
    expectError(
      () => modelFromData({ ...data, weights: [{ ...kernel!, tensor: tensor([1]) }] }, registry),
      "shape",
      "first/kernel: The value does not fit the weight.",
    );
  });
});
