import {
  add,
  batchNormalization,
  concatenate,
  dense,
  dropout,
  embedding,
  flatten,
  lower,
  lstm,
  type Model,
  relu,
  resetNames,
  setRandomSeed,
  summarize,
  summaryText,
  symbolicInput,
  type SymbolicTensor,
  tensor,
  type Variable,
  verifyGraph,
  verifyPrimitives,
} from "@lamella/ir";
import { beforeEach, describe, expect, test } from "vitest";

import { expectError } from "./expect-error.ts";
import { plainModel } from "./plain-model.ts";

beforeEach(resetNames);

const input = (size: number, name?: string) =>
  symbolicInput(name === undefined ? { shape: [size] } : { shape: [size], name });
const paths = (weights: readonly Variable[]) => weights.map(({ path }) => path);

describe("the order of layers and calls is Keras's", () => {
  type Step = readonly ["input" | "new" | "shared" | "add", string, (readonly number[])?];

  /** A graph from steps that refer to the values before them. */
  function build(steps: readonly Step[], inputs: readonly number[], outputs: readonly number[]): Model {
    const layers = new Map<string, ReturnType<typeof dense>>();
    const values: SymbolicTensor[] = [];
    for (const [kind, name, from = []] of steps) {
      if (kind === "input") values.push(input(4, name));
      else if (kind === "add") values.push(add({ name })(from.map((i) => values[i]!)));
      else {
        if (kind === "new") layers.set(name, dense(4, { name }));
        values.push(layers.get(name)!(values[from[0]!]!));
      }
    }
    const at = (index: number) => values[index]!;
    return plainModel(inputs.map(at), outputs.map(at));
  }

  // Made at random; the order is what Keras 3.15 gives for them.
  test.for<[string, readonly Step[], readonly number[], readonly number[], string, string]>([
    [
      "a diamond",
      [
        ["input", "x"],
        ["new", "left", [0]],
        ["new", "right", [0]],
        ["add", "join", [2, 1]],
      ],
      [0],
      [3],
      "x right left join",
      "right left join",
    ],
    [
      "a layer called three times",
      [
        ["input", "x"],
        ["input", "y"],
        ["new", "d0", [1]],
        ["shared", "d0", [0]],
        ["new", "d2", [1]],
        ["shared", "d0", [1]],
        ["add", "a4", [2, 4]],
        ["shared", "d2", [2]],
      ],
      [1, 0],
      [6, 7],
      "y d0 d2 x a4",
      "d0 d2 d2 a4",
    ],
    [
      "inputs of different depths, one of them an output",
      [
        ["input", "x"],
        ["input", "y"],
        ["new", "d2", [1]],
        ["shared", "d2", [2]],
        ["shared", "d2", [2]],
        ["new", "d6", [0]],
        ["shared", "d6", [2]],
        ["new", "d8", [2]],
        ["new", "d9", [4]],
      ],
      [0, 1],
      [6, 8, 0],
      "y d2 d6 d9 x",
      "d2 d2 d9 d6",
    ],
    [
      "a layer whose second call is nearer to an output",
      [
        ["input", "x"],
        ["new", "d0", [0]],
        ["add", "a2", [1, 1, 0]],
        ["shared", "d0", [0]],
        ["new", "d8", [2]],
      ],
      [0],
      [3, 4],
      "x d0 a2 d8",
      "d0 d0 a2 d8",
    ],
    [
      "skips of several lengths",
      [
        ["input", "x"],
        ["add", "a0", [0, 0]],
        ["new", "d2", [1]],
        ["shared", "d2", [2]],
        ["new", "d5", [2]],
        ["shared", "d2", [1]],
      ],
      [0],
      [4, 5],
      "x a0 d2 d5",
      "a0 d2 d2 d5",
    ],
  ])("%s", ([, steps, inputs, outputs, layers, nodes]) => {
    const net = build(steps, inputs, outputs);
    expect(net.layers.map(({ name }) => name).join(" ")).toBe(layers);
    expect(net.graph.nodes.map(({ name }) => name).join(" ")).toBe(nodes);
    verifyGraph(net.graph);
    verifyPrimitives(lower(net).graph);
  });

  test("an input that no output needs stands last but is there", () => {
    const [x, unused] = [input(2, "x"), input(3, "unused")];
    const net = plainModel([x, unused], dense(2)(x));
    expect(net.layers.map(({ name }) => name)).toEqual(["x", "unused", "dense"]);
    expect(net.inputNames).toEqual(["x", "unused"]);
  });
});

describe("a graph that is no model is refused", () => {
  test("an input that is not given", () => {
    const [left, right] = [input(2, "left"), input(2, "right")];
    const joined = add({ name: "join" })([left, dense(2, { name: "side" })(right)]);
    expectError(
      () => plainModel(left, joined, { name: "net" }),
      "graph",
      "net: The graph is disconnected: 'side' depends on input 'right', which is not among the model's inputs.",
      "Expected: inputs that include 'right'. Received: 'left'.",
    );
    expectError(() => plainModel([], joined, { name: "net" }), "graph", "Received: none.");
  });

  test("two layers of one name", () => {
    const x = input(2);
    const y = dense(2, { name: "twin" })(dense(2, { name: "twin" })(x));
    expectError(
      () => plainModel(x, y, { name: "net" }),
      "name",
      "net: Two layers are named 'twin' (Dense and Dense).",
      "use one layer object twice",
    );
    expectError(() => plainModel(x, relu({ name: "input_layer" })(x)), "name", "'input_layer' (InputLayer and ReLU)");
  });

  test("one input twice, or two of one name", () => {
    const x = input(2, "x");
    const y = add()([x, input(2, "x")]);
    expectError(() => plainModel([x, x], dense(2)(x), { name: "net" }), "name", "net: Two inputs are named 'x'.");
    expectError(() => plainModel([x, y.source.inputs[1]!], y), "name", "Two inputs are named 'x'.");
  });
});

describe("ports", () => {
  test("have the names of the layers; a second output of a layer gets a number", () => {
    const x = input(4, "x");
    const layer = dense(4, { name: "twice" });
    const [a, h] = [layer(x), layer(layer(x))];
    const net = plainModel(x, [a, h, x]);
    expect([net.inputNames, net.outputNames]).toEqual([["x"], ["twice", "twice_1", "x"]]);
  });

  test("an output that is an input, and one value under two names, can be lowered", () => {
    const x = input(4, "x");
    const y = dense(2)(x);
    const { graph } = lower(plainModel(x, [x, y, y]));
    verifyPrimitives(graph);
    expect(graph.outputs.map(({ name }) => name)).toEqual(["x_1", "dense", "dense_1"]);
    expect(graph.nodes.map(({ op }) => op.type)).toContain("Identity");
  });

  test("weights are inputs by their paths", () => {
    const x = input(4, "x");
    const net = plainModel(x, dense(2)(x));
    const { graph, variables } = lower(net);
    expect(graph.inputs.map(({ name }) => name)).toEqual(["x", "dense/kernel", "dense/bias"]);
    expect([...variables]).toEqual(net.weights.map((weight) => [weight.path, weight]));
  });
});

describe("weights", () => {
  test("stand in the order of the layers, parameters before statistics in each, shared ones once", () => {
    const x = input(4);
    const shared = dense(4, { name: "shared" });
    const net = plainModel(x, batchNormalization()(add()([shared(x), shared(shared(x))])));
    expect(paths(net.weights)).toEqual([
      "shared/kernel",
      "shared/bias",
      "batch_normalization/gamma",
      "batch_normalization/beta",
      "batch_normalization/moving_mean",
      "batch_normalization/moving_variance",
    ]);
    expect(net.countParams()).toBe(20 + 16);
    expect([net.trainableWeights.length, net.nonTrainableWeights.length]).toEqual([4, 2]);
  });

  test("are read and set in that order", async () => {
    const x = input(2);
    const net = plainModel(x, dense(1)(x));
    net.setWeights([[[1], [2]], tensor([3], undefined, "float64")]);
    const values = await net.getWeights();
    expect(values.map((value) => [value.dtype, value.toArray()])).toEqual([
      ["float32", [[1], [2]]],
      ["float32", [3]],
    ]);
    expect(net.weights.map(({ version }) => version)).toEqual([1, 1]);
  });

  test("that do not fit are refused before any is set", () => {
    const x = input(2);
    const net = plainModel(x, dense(1)(x), { name: "net" });
    expectError(
      () => net.setWeights([[[1], [2]]]),
      "data",
      "net (PlainModel): The number of weights does not fit. Expected: 2: dense/kernel, dense/bias. Received: 1.",
    );
    expectError(
      () =>
        net.setWeights([
          [[1], [2]],
          [3, 4],
        ]),
      "shape",
      "dense/bias: The value does not fit the weight. Expected: shape (1). Received: shape (2).",
    );
    expect(net.weights.map(({ version }) => version)).toEqual([0, 0]);
    expectError(() => net.setWeights([[[1], [2, 3]], [3]]), "data", "The nested arrays are ragged.");
  });

  test("by their name within the layer", () => {
    const x = symbolicInput({ shape: [5, 2] });
    const layer = lstm(3);
    layer(x);
    expect(layer.variable("lstm_cell/kernel")).toBe(layer.weights[0]);
    expectError(() => layer.variable("kernel"), "name", "lstm (LSTM): There is no weight 'kernel'.");
  });

  test("the same seed gives the same weights, whatever the layers are called", async () => {
    const draw = async () => {
      const x = input(3);
      return (await plainModel(x, dense(2)(dense(4)(x))).getWeights()).map((value) => value.toNumbers());
    };
    setRandomSeed(7);
    const first = await draw();
    expect(first[0]).not.toEqual(first[2]);
    setRandomSeed(7);
    expect(await draw()).toEqual(first);
    setRandomSeed(8);
    expect(await draw()).not.toEqual(first);
  });

  test("a value that an initializer cannot make names the weight", async () => {
    const x = input(2);
    const net = plainModel(x, dense(1, { biasInitializer: "orthogonal" })(x));
    await expect(net.getWeights()).rejects.toThrow("dense/bias: The orthogonal initializer makes matrices.");
  });
});

describe("trainable, as Keras has it", () => {
  function nested() {
    const x = input(4);
    const inner = plainModel(x, batchNormalization()(dense(3)(x)), { name: "inner" });
    const y = input(4);
    return { inner, outer: plainModel(y, dense(2)(inner(y)), { name: "outer" }) };
  }

  test("freezing a layer", () => {
    const { inner, outer } = nested();
    inner.getLayer("dense").trainable = false;
    expect(paths(outer.trainableWeights)).toEqual([
      "batch_normalization/gamma",
      "batch_normalization/beta",
      "dense_1/kernel",
      "dense_1/bias",
    ]);
    expect(outer.trainable).toBe(true);
  });

  test("freezing a model within a model", () => {
    const { inner, outer } = nested();
    inner.trainable = false;
    expect(inner.layers.map(({ trainable }) => trainable)).toEqual([false, false, false]);
    expect(paths(outer.trainableWeights)).toEqual(["dense_1/kernel", "dense_1/bias"]);
    expect(outer.nonTrainableWeights).toHaveLength(6);
    expect(outer.countParams()).toBe(4 * 3 + 3 + 12 + 3 * 2 + 2);
  });

  test("thawing one layer of a frozen model: the outer model trains it, the frozen one trains nothing", () => {
    const { inner, outer } = nested();
    inner.trainable = false;
    inner.getLayer("dense").trainable = true;
    expect(paths(outer.trainableWeights)).toEqual(["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]);
    expect(inner.trainableWeights).toEqual([]);
    expect(inner.nonTrainableWeights).toEqual(inner.weights);
  });

  test("freezing the outermost freezes all, and thawing thaws all", () => {
    const { inner, outer } = nested();
    outer.trainable = false;
    expect([outer.trainableWeights.length, inner.trainable]).toEqual([0, false]);
    outer.trainable = true;
    expect(outer.trainableWeights).toHaveLength(6);
  });

  test("as an option of a layer", () => {
    const x = input(4);
    const net = plainModel(x, dense(2, { trainable: false })(x));
    expect([net.trainableWeights.length, net.nonTrainableWeights.length]).toEqual([0, 2]);
  });

  test("a frozen batchNormalization keeps its statistics in training", () => {
    const x = input(4);
    const layer = batchNormalization();
    const net = plainModel(x, layer(x, { training: true }));
    expect(lower(net).updates.size).toBe(2);
    layer.trainable = false;
    expect(lower(net).updates.size).toBe(0);
  });
});

describe("layers of a model", () => {
  const x = input(4, "x");
  const hidden = dense(3, { name: "hidden" });
  const net = plainModel(x, dense(2, { name: "out" })(hidden(x)), { name: "net" });

  test("by name and by place", () => {
    expect([net.getLayer("hidden"), net.getLayer(1)]).toEqual([hidden, hidden]);
    expectError(
      () => net.getLayer("hiden"),
      "name",
      "net (PlainModel): Unknown layer 'hiden'. Expected: one of x, hidden, out. Did you mean 'hidden'?",
    );
    expectError(() => net.getLayer(7), "name", "Unknown layer '7'.");
  });

  test("give their output and input", () => {
    expect(net.getLayer("hidden").output).toBe(net.getLayer("out").input);
    expect(net.layers[0]!.output).toBe(x);
    expect([net.input, net.output]).toEqual([x, net.getLayer("out").output]);
  });

  test("of which there are several are not given for one", () => {
    const sequences = lstm(2, { name: "steps", returnState: true });
    const steps = symbolicInput({ shape: [5, 4], name: "s" });
    const state = input(2, "state");
    const [y, ...states] = sequences(steps, { initialState: [state, state] });
    expect([sequences.input, sequences.inputs]).toEqual([steps, [steps]]);
    expectError(
      () => sequences.output,
      "graph",
      "steps (LSTM): There is more than one output.",
      "Received: 'steps' (None, 2), 'steps' (None, 2), 'steps' (None, 2)",
      "Take outputs, which gives all of them.",
    );
    expect(sequences.outputs).toEqual([y, ...states]);
    const merge = add({ name: "merge" });
    const [a, b] = [input(4, "a"), input(4, "b")];
    const sum = merge([a, b]);
    expectError(() => merge.input, "graph", "merge (Add): There is more than one input.", "Take inputs");
    expect([merge.output, merge.inputs]).toEqual([sum, [a, b]]);
    const both = plainModel([a, b], [sum, dense(2)(sum)]);
    expectError(() => both.output, "graph", "There is more than one output.");
    expectError(() => both.input, "graph", "There is more than one input.");
    expectError(() => both.layers[0]!.input, "graph", "a (InputLayer): There is no input.");
  });

  test("feature extractors share their weights", () => {
    const features = plainModel(net.inputs, net.layers[1]!.output);
    expect(features.weights).toEqual(hidden.weights);
    expect(features.weights[0]).toBe(net.weights[0]);
    verifyPrimitives(lower(features).graph);
  });

  test("that were called twice have no one output", () => {
    const twice = dense(4, { name: "twice" });
    expectError(
      () => twice.output,
      "graph",
      "twice (Dense): The layer has not been called, so it has no output.",
      "Call it on a tensor",
    );
    const [a, b] = [twice(x), twice(x)];
    expectError(
      () => twice.output,
      "graph",
      "twice (Dense): The layer has been called 2 times, so its output is ambiguous.",
      "Keep the tensor that the call returned, or take layer.calls[i].outputs[0].",
    );
    expectError(() => twice.input, "graph", "its input is ambiguous", "layer.calls[i].inputs[0]");
    expect(twice.calls.map(({ outputs }) => outputs[0])).toEqual([a, b]);
  });
});

describe("a model that starts within another", () => {
  const x = input(4, "x");
  const middle = dense(3, { name: "middle" })(x);
  const y = dense(2, { name: "out" })(middle);
  const tail = plainModel(middle, y);

  test("has an input layer in the place of what came before, as in Keras", () => {
    expect(tail.layers.map(({ name, type }) => `${name} ${type}`)).toEqual(["middle InputLayer", "out Dense"]);
    expect(tail.inputs[0]).toBe(middle);
    expect(paths(tail.weights)).toEqual(["out/kernel", "out/bias"]);
    expect(tail.countParams()).toBe(8);
    verifyPrimitives(lower(tail).graph);
  });

  test("starts at one output of several", () => {
    const [out, h] = lstm(3, { returnState: true, name: "lstm" })(symbolicInput({ shape: [5, 2] }));
    const net = plainModel(h!, dense(2)(h!));
    expect(net.layers.map(({ name, type }) => `${name} ${type}`)).toEqual(["lstm InputLayer", "dense Dense"]);
    verifyPrimitives(lower(net).graph);
    expectError(() => plainModel(h!, add()([out!, h!])), "graph", "which is not among the model's inputs");
  });
});

describe("models in models", () => {
  test("share their weights wherever they are called", () => {
    const x = input(4, "x");
    const encoder = plainModel(x, dense(3)(x), { name: "encoder" });
    const [a, b] = [input(4, "a"), input(4, "b")];
    const siamese = plainModel([a, b], add()([encoder(a), encoder(b)]), { name: "siamese" });
    expect(siamese.layers.map(({ name }) => name)).toEqual(["a", "b", "encoder", "add"]);
    expect(siamese.weights).toEqual(encoder.weights);
    const { graph, variables } = lower(siamese);
    verifyPrimitives(graph);
    expect(variables.size).toBe(2);
    expect(graph.nodes.filter(({ op }) => op.type === "MatMul").map(({ name }) => name)).toEqual([
      "encoder/dense/MatMul",
      "encoder/dense/MatMul_1",
    ]);
    expect(encoder.output).toBe(encoder.outputs[0]);
  });

  test("give a list for several outputs", () => {
    const x = input(4, "x");
    const fork = plainModel(x, [dense(3)(x), dense(2)(x)]);
    const outputs = fork(input(4)) as unknown as readonly SymbolicTensor[];
    expect(outputs.map(({ shape }) => shape)).toEqual([
      ["batch", 3],
      ["batch", 2],
    ]);
  });

  test("take shapes that agree with theirs", () => {
    const x = symbolicInput({ shape: [null, 4], name: "x" });
    const inner = plainModel(x, dense(3)(x), { name: "inner" });
    expect(inner(symbolicInput({ shape: [7, 4] })).shape).toEqual(["batch", 7, 3]);
    expectError(
      () => inner(symbolicInput({ shape: [7, 5], name: "wide" })),
      "shape",
      "inner (PlainModel): The shape of input 'x' does not fit. Expected: (None, None, 4). Received: 'wide' (None, 7, 5).",
    );
    expectError(() => inner(input(4, "flat")), "shape", "'flat' (None, 4)");
    expectError(
      () => inner([x, x]),
      "graph",
      "inner (PlainModel): The number of inputs does not fit. Expected: 1: x. Received: 2.",
    );
    expectError(() => inner([[1]] as unknown as SymbolicTensor), "graph", "use model.predict()");
  });

  test("run in the mode of their call", () => {
    const x = input(4, "x");
    const inner = plainModel(x, dropout(0.5)(dropout(0.5)(x)));
    const z = input(4, "z");
    const draws = (net: Model) => lower(net).graph.nodes.filter(({ op }) => op.type === "Range").length;
    expect(draws(plainModel(z, inner(z)))).toBe(0);
    expect(draws(plainModel(z, inner(z, { training: true })))).toBeGreaterThan(0);
  });

  test("hand masks through", () => {
    const tokens = symbolicInput({ shape: [6], dtype: "int32", name: "tokens" });
    const inner = plainModel(tokens, embedding(10, 4, { maskZero: true })(tokens), { name: "inner" });
    const z = symbolicInput({ shape: [6], dtype: "int32", name: "z" });
    const y = inner(z);
    expect(y.mask).toEqual({ shape: ["batch", 6], dtype: "bool" });
    verifyPrimitives(lower(plainModel(z, lstm(3)(y))).graph);
    const steps = symbolicInput({ shape: [6, 4], name: "steps" });
    const recurrent = plainModel(steps, lstm(3)(steps));
    verifyPrimitives(lower(plainModel(z, recurrent(y))).graph);
  });

  test("know what they contain", () => {
    const x = input(4, "x");
    const layer = dense(3);
    const inner = plainModel(x, layer(x));
    const z = input(4, "z");
    const outer = plainModel(z, inner(z));
    expect([outer.contains(inner), outer.contains(layer), inner.contains(outer), layer.contains(layer)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("summary", () => {
  test("of a chain", () => {
    const x = symbolicInput({ shape: [28, 28], name: "image" });
    const net = plainModel(x, dense(10)(dropout(0.2)(dense(128)(flatten()(x)))), { name: "net" });
    expect(summaryText(net)).toMatchInlineSnapshot(`
      "Model: "net"
      ┏━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━┳━━━━━━━━━┓
      ┃ Layer (type)       ┃ Output Shape   ┃ Param # ┃
      ┡━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━╇━━━━━━━━━┩
      │ image (InputLayer) │ (None, 28, 28) │       0 │
      ├────────────────────┼────────────────┼─────────┤
      │ flatten (Flatten)  │ (None, 784)    │       0 │
      ├────────────────────┼────────────────┼─────────┤
      │ dense_1 (Dense)    │ (None, 128)    │ 100,480 │
      ├────────────────────┼────────────────┼─────────┤
      │ dropout (Dropout)  │ (None, 128)    │       0 │
      ├────────────────────┼────────────────┼─────────┤
      │ dense (Dense)      │ (None, 10)     │   1,290 │
      └────────────────────┴────────────────┴─────────┘
      Total params: 101,770 (397.54 KB)
      Trainable params: 101,770 (397.54 KB)
      Non-trainable params: 0 (0.00 B)"
    `);
  });

  test("of a graph says what is connected to what; of nested and shared layers too", () => {
    const x = input(4, "x");
    const shared = dense(4, { name: "shared" });
    const inner = plainModel(x, batchNormalization({ name: "norm" })(shared(x)), { name: "inner" });
    const z = input(4, "z");
    const net = plainModel(z, concatenate()([inner(z), shared(shared(z))]), { name: "net" });
    shared.trainable = false;
    expect(summaryText(net)).toMatchInlineSnapshot(`
      "Model: "net"
      ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━━━━━┓
      ┃ Layer (type)              ┃ Output Shape ┃ Param # ┃ Connected to  ┃
      ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━━━━━━━━┩
      │ z (InputLayer)            │ (None, 4)    │       0 │ -             │
      ├───────────────────────────┼──────────────┼─────────┼───────────────┤
      │ shared (Dense)            │ (None, 4)    │      20 │ z, shared     │
      ├───────────────────────────┼──────────────┼─────────┼───────────────┤
      │ inner (PlainModel)        │ (None, 4)    │      36 │ z             │
      ├───────────────────────────┼──────────────┼─────────┼───────────────┤
      │ concatenate (Concatenate) │ (None, 8)    │       0 │ inner, shared │
      └───────────────────────────┴──────────────┴─────────┴───────────────┘
      Total params: 36 (144.00 B)
      Trainable params: 8 (32.00 B)
      Non-trainable params: 28 (112.00 B)"
    `);
  });

  test("expands nested models, lists weights and says what is trained where asked to", () => {
    const x = input(4, "x");
    const inner = plainModel(
      x,
      batchNormalization({ name: "norm" })(dense(3, { name: "frozen", trainable: false })(x)),
      {
        name: "inner",
      },
    );
    const z = input(4, "z");
    const net = plainModel(z, inner(z), { name: "net" });
    expect(summaryText(net, { expandNested: true, showTrainable: true, showWeights: true })).toMatchInlineSnapshot(`
      "Model: "net"
      ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━┓
      ┃ Layer (type)                     ┃ Output Shape ┃ Param # ┃ Trainable ┃
      ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━━━━┩
      │ z (InputLayer)                   │ (None, 4)    │       0 │ -         │
      ├──────────────────────────────────┼──────────────┼─────────┼───────────┤
      │ inner (PlainModel)               │ (None, 3)    │      27 │ Y         │
      ├──────────────────────────────────┼──────────────┼─────────┼───────────┤
      │    └ x (InputLayer)              │ (None, 4)    │       0 │ -         │
      ├──────────────────────────────────┼──────────────┼─────────┼───────────┤
      │    └ frozen (Dense)              │ (None, 3)    │      15 │ N         │
      ├──────────────────────────────────┼──────────────┼─────────┼───────────┤
      │       └ kernel: float32          │ (4, 3)       │      12 │ N         │
      ├──────────────────────────────────┼──────────────┼─────────┼───────────┤
      │       └ bias: float32            │ (3,)         │       3 │ N         │
      ├──────────────────────────────────┼──────────────┼─────────┼───────────┤
      │    └ norm (BatchNormalization)   │ (None, 3)    │      12 │ Y         │
      ├──────────────────────────────────┼──────────────┼─────────┼───────────┤
      │       └ gamma: float32           │ (3,)         │       3 │ Y         │
      ├──────────────────────────────────┼──────────────┼─────────┼───────────┤
      │       └ beta: float32            │ (3,)         │       3 │ Y         │
      ├──────────────────────────────────┼──────────────┼─────────┼───────────┤
      │       └ moving_mean: float32     │ (3,)         │       3 │ N         │
      ├──────────────────────────────────┼──────────────┼─────────┼───────────┤
      │       └ moving_variance: float32 │ (3,)         │       3 │ N         │
      └──────────────────────────────────┴──────────────┴─────────┴───────────┘
      Total params: 27 (108.00 B)
      Trainable params: 6 (24.00 B)
      Non-trainable params: 21 (84.00 B)"
    `);
    expect(summarize(net).layers[1]).toMatchObject({
      name: "inner",
      params: 27,
      layers: [{ name: "x" }, { name: "frozen", trainable: false, connectedTo: ["x"] }, { weights: { length: 4 } }],
    });
  });

  test("goes to the console, or where it is told to", () => {
    const x = input(4, "x");
    const net = plainModel(x, dense(2, { dtype: "float16" })(x));
    let printed = "";
    net.summary({ print: (text) => (printed = text) });
    expect(printed).toBe(summaryText(net));
    expect(printed).toContain("Total params: 10 (20.00 B)");
  });
});
