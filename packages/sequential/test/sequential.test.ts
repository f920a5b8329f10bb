import {
  type AnyLayer,
  batchNormalization,
  catalogue,
  cloneModel,
  concatenate,
  conv2d,
  dense,
  dropout,
  embedding,
  flatten,
  inputLayer,
  lower,
  lstm,
  maxPooling2d,
  Model,
  modelFromJson,
  relu,
  type Registry,
  resetNames,
  symbolicInput,
  type SymbolicTensor,
  verifyPrimitives,
} from "@lamella/ir";
import { beforeEach, describe, expect, test } from "vitest";

import { expectError } from "../../ir/test/expect-error.ts";
import { sequential, sequentialType } from "../src/index.ts";

beforeEach(resetNames);

const registry: Registry = { layers: catalogue, models: [sequentialType] };
const input = symbolicInput;
const paths = (model: Model) => model.weights.map(({ path }) => path);
const names = (model: Model) => model.layers.map(({ name }) => name);

/** A model with two inputs or two outputs, as other front ends make them. */
class Wide extends Model {
  constructor(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]) {
    super({ type: "Wide", restore: ({ inputs: from, outputs: to }) => new Wide(from, to) }, { name: "wide" });
    this.connect(inputs, outputs);
  }
}

describe("where the shape comes from", () => {
  const layers = () => [dense(64, { activation: "relu" }), dense(10, { activation: "softmax" })];

  test("the inputShape of the first layer", () => {
    const stack = sequential([dense(64, { activation: "relu", inputShape: [784] }), dense(10)]);
    expect([stack.built, stack.input.shape, stack.output.shape]).toEqual([true, ["batch", 784], ["batch", 10]]);
    expect(stack.countParams()).toBe(50890); // as Keras counts
    verifyPrimitives(lower(stack).graph);
  });

  test("an input, or an input layer", () => {
    const tensor = sequential([input({ shape: [784], name: "pixels" }), ...layers()]);
    const layer = sequential([inputLayer([null, 784], { name: "pixels" }), ...layers().map((own) => own)]);
    for (const stack of [tensor, layer]) {
      expect([stack.inputNames, stack.input.shape, stack.layers.length]).toEqual([["pixels"], ["batch", 784], 2]);
    }
  });

  test("build, with the batch first", () => {
    const stack = sequential(layers());
    expect(stack.built).toBe(false);
    stack.build([null, 784]);
    expect(stack.input.shape).toEqual(["batch", 784]);
    const fixed = sequential([lstm(3, { stateful: true })]);
    fixed.build([2, 5, 4]);
    expect(fixed.states).toHaveLength(2);
  });

  test("the first tensor that it is called on", () => {
    const stack = sequential([...layers(), relu()]);
    const y = stack(input({ shape: [784], batchSize: 8 }));
    expect([y.shape, stack.input.shape]).toEqual([
      [8, 10],
      [8, 784],
    ]);
  });

  test("the type of its first data", () => {
    const stack = sequential([embedding(10, 4), flatten()]);
    stack.buildFor([null, 6], "int64");
    expect([stack.input.dtype, stack.output.shape]).toEqual(["int64", ["batch", 24]]);
    stack.buildFor([null, 9], "int32"); // it has one by now
    expect(stack.input.shape).toEqual(["batch", 6]);
  });

  test("a model in front", () => {
    const front = sequential([dense(3, { inputShape: [5] })]);
    expect(sequential([front, dense(2)]).input.shape).toEqual(["batch", 5]);
  });

  test("an embedding in front takes whole numbers", () => {
    expect(sequential([embedding(10, 4, { inputShape: [6] })]).input.dtype).toBe("int32");
    const stack = sequential([embedding(10, 4)]);
    stack.build([null, 6]);
    expect(stack.input.dtype).toBe("int32");
  });

  test("without one, what needs it says so", () => {
    const stack = sequential(layers(), { name: "net" });
    const texts = ["net (Sequential): The model has no shape yet.", "inputShape", "build(inputShape)"] as const;
    expectError(() => stack.output, "state", ...texts);
    expectError(() => stack.summary(), "state", ...texts);
    expectError(() => stack.toJson(), "state", ...texts);
    expectError(() => lower(stack), "state", ...texts);
    expect([names(stack), stack.weights, stack.countParams()]).toEqual([["dense", "dense_1"], [], 0]);
  });
});

describe("add and pop", () => {
  test("grow and shrink the stack", () => {
    const stack = sequential([], { name: "net" });
    stack.add(input({ shape: [8, 8, 1] }));
    expect(stack.built).toBe(false);
    stack.add(conv2d(4, 3));
    stack.add(maxPooling2d());
    stack.add(flatten());
    expect([stack.built, stack.output.shape]).toEqual([true, ["batch", 36]]);
    const top = stack.pop();
    expect([top.name, top.calls.length, stack.output.shape]).toEqual(["flatten", 0, ["batch", 3, 3, 4]]);
    stack.add(dropout(0.5));
    expect(names(stack)).toEqual(["conv2d", "max_pooling2d", "dropout"]);
    verifyPrimitives(lower(stack).graph);
  });

  test("a popped layer keeps its weights and can be used elsewhere", () => {
    const stack = sequential([dense(3, { inputShape: [5] }), dense(2)]);
    const top = stack.pop();
    expect(top.weights).toHaveLength(2);
    const other = sequential([dense(3, { inputShape: [4] }), top]);
    expect(other.weights.slice(2)).toEqual(top.weights);
    expectError(() => sequential([dense(7, { inputShape: [4] }), top]), "shape", "does not fit the weights");
  });

  test("an emptied stack can be filled again", () => {
    const stack = sequential([dense(3, { inputShape: [5] })]);
    stack.pop();
    expect(stack.built).toBe(false);
    stack.add(dense(4));
    expect(stack.output.shape).toEqual(["batch", 4]);
    stack.pop();
    expectError(() => stack.pop(), "state", "There are no layers in the model.");
  });

  test("before there is a shape", () => {
    const stack = sequential([dense(3), dense(4)]);
    stack.pop();
    stack.add(dense(2));
    stack.build([null, 5]);
    expect(stack.weights.map(({ shape }) => shape)).toEqual([[5, 3], [3], [3, 2], [2]]);
  });

  test("models made from it before keep what they were", () => {
    const stack = sequential([dense(3, { inputShape: [5] }), dense(2)]);
    const { output } = stack;
    stack.add(dense(4));
    expect(stack.layers[1]!.output).toBe(output);
    expect(stack.output.source.inputs[0]).toBe(output);
  });
});

describe("names and paths are Keras's", () => {
  test("the model's name is in front of its weights", () => {
    const stack = sequential([input({ shape: [20, 5] }), lstm(16, { returnSequences: true }), lstm(4), dense(2)]);
    expect(paths(stack)).toEqual([
      "sequential/lstm/lstm_cell/kernel",
      "sequential/lstm/lstm_cell/recurrent_kernel",
      "sequential/lstm/lstm_cell/bias",
      "sequential/lstm_1/lstm_cell/kernel",
      "sequential/lstm_1/lstm_cell/recurrent_kernel",
      "sequential/lstm_1/lstm_cell/bias",
      "sequential/dense/kernel",
      "sequential/dense/bias",
    ]);
    expect(stack.countParams()).toBe(1754);
  });

  test("of a stack within a stack: built by itself, or by the outer one", () => {
    const built = sequential([input({ shape: [5] }), dense(3), dense(4)]);
    expect(paths(sequential([built, dense(2)]))).toEqual([
      "sequential/dense/kernel",
      "sequential/dense/bias",
      "sequential/dense_1/kernel",
      "sequential/dense_1/bias",
      "sequential_1/dense_2/kernel",
      "sequential_1/dense_2/bias",
    ]);
    resetNames();
    const deferred = sequential([dense(3), dense(4)]);
    expect(paths(sequential([input({ shape: [5] }), deferred, dense(2)]))).toEqual([
      "sequential_1/sequential/dense/kernel",
      "sequential_1/sequential/dense/bias",
      "sequential_1/sequential/dense_1/kernel",
      "sequential_1/sequential/dense_1/bias",
      "sequential_1/dense_2/kernel",
      "sequential_1/dense_2/bias",
    ]);
  });

  test("a layer that has its weights keeps their paths", () => {
    const layer = dense(3);
    layer(input({ shape: [5] }));
    expect(paths(sequential([input({ shape: [5] }), layer, dense(2)]))).toEqual([
      "dense/kernel",
      "dense/bias",
      "sequential/dense_1/kernel",
      "sequential/dense_1/bias",
    ]);
  });

  test("the input layer is none of the layers", () => {
    const stack = sequential([input({ shape: [784] }), dense(64), dense(10)]);
    expect(names(stack)).toEqual(["dense", "dense_1"]);
    expect(stack.inputNames).toEqual(["input_layer"]);
    expect([sequential().name, sequential([], { name: "mine" }).name]).toEqual(["sequential_1", "mine"]);
  });
});

describe("what does not fit is refused, and leaves the stack as it was", () => {
  test("a layer of another shape", () => {
    const stack = sequential([dense(3, { inputShape: [5], name: "first" })], { name: "net" });
    expectError(() => stack.add(conv2d(8, 3)), "shape", "conv2d (Conv2D): The rank of the input", "'first' (None, 3)");
    expect([names(stack), stack.output.shape]).toEqual([["first"], ["batch", 3]]);
    stack.add(dense(2));
    expect(stack.output.shape).toEqual(["batch", 2]);
  });

  test("a first layer that does not fit its own inputShape", () => {
    const stack = sequential();
    expectError(() => stack.add(conv2d(8, 3, { inputShape: [5] })), "shape", "The rank of the input does not fit.");
    stack.add(dense(3, { inputShape: [5] }));
    expect(stack.output.shape).toEqual(["batch", 3]);
  });

  test("a shape to build with: another one can be tried", () => {
    const stack = sequential([conv2d(4, 3), flatten(), dense(2)]);
    expectError(() => stack.build([null, 784]), "shape", "conv2d (Conv2D): The rank of the input does not fit.");
    expectError(() => stack.build([null, null, 8, 1]), "shape", "dense (Dense): The size of weight 'kernel'");
    expect([stack.built, stack.weights.length, stack.layers.map(({ calls }) => calls.length)]).toEqual([
      false,
      0,
      [0, 0, 0],
    ]);
    stack.build([null, 8, 8, 3]);
    expect(stack.output.shape).toEqual(["batch", 2]);
  });

  test("a name that is in use, a layer that is there already", () => {
    const layer = dense(5, { name: "twin" });
    const stack = sequential([dense(5, { inputShape: [5] }), layer], { name: "net" });
    const texts = ["net (Sequential): There is a layer named 'twin' already.", "a name of its own"] as const;
    expectError(() => stack.add(dense(3, { name: "twin" })), "name", ...texts);
    expectError(() => stack.add(layer), "name", ...texts, "use the functional front end to share one");
  });

  test("what is no layer", () => {
    expectError(
      () => sequential([{ units: 3 } as unknown as AnyLayer], { name: "net" }),
      "config",
      "net (Sequential): Only layers can be added to a sequential model. Received: object.",
    );
    expectError(() => sequential([dense as unknown as AnyLayer]), "config", "Received: function.");
  });

  test("a second input", () => {
    const stack = sequential([input({ shape: [5] }), dense(3)], { name: "net" });
    expectError(
      () => stack.add(input({ shape: [5] })),
      "graph",
      "net (Sequential): A sequential model has one input, and this one has it already.",
      "Use the functional front end, model({ inputs, outputs }), for several inputs.",
    );
    expectError(() => stack.add(inputLayer([null, 5])), "graph", "Use the functional front end");
  });

  const functional = "Use the functional front end: input(), layer([a, b]), model({ inputs, outputs }).";

  test("a layer with several inputs", () => {
    expectError(
      () => sequential([input({ shape: [5] }), concatenate({ name: "join" })], { name: "net" }),
      "graph",
      "net (Sequential): Layer 'join' takes several inputs, and a sequential model has one.",
      functional,
    );
    const [a, b] = [input({ shape: [5] }), input({ shape: [5] })];
    const wide = new Wide([a, b], [concatenate()([a, b])]);
    expectError(
      () => sequential([input({ shape: [5] }), wide]),
      "graph",
      "Layer 'wide' takes several inputs",
      functional,
    );
  });

  test("a layer with several outputs", () => {
    const stack = sequential([input({ shape: [5, 4] })], { name: "net" });
    const layer = lstm(3, { returnState: true, name: "states" }) as unknown as AnyLayer;
    expectError(
      () => stack.add(layer),
      "graph",
      "net (Sequential): Layer 'states' gives several outputs, and a sequential model has no place for them.",
      "Use the functional front end: input(), layer(x), model({ inputs, outputs }).",
    );
    expect([layer.calls.length, stack.layers.length]).toEqual([0, 0]);
    const x = input({ shape: [5, 4] });
    const wide = new Wide([x], [dense(3)(x), dense(2)(x)]);
    expectError(() => stack.add(wide), "graph", "Layer 'wide' gives several outputs");
  });

  test("a call on several tensors, or on numbers", () => {
    const stack = sequential([dense(3)], { name: "net" });
    const x = input({ shape: [5] });
    expectError(
      () => stack([x, x]),
      "graph",
      "net (Sequential): The call gives several inputs, and a sequential model has one.",
      functional,
    );
    expect(stack([x]).shape).toEqual(["batch", 3]);
    expectError(
      () => stack([[1, 2]] as unknown as SymbolicTensor),
      "graph",
      "net (Sequential): A layer is called on symbolic tensors.",
      "use model.predict()",
    );
  });

  test("a call on another number of features", () => {
    const stack = sequential([dense(3, { inputShape: [5] })], { name: "net" });
    expectError(
      () => stack(input({ shape: [6], name: "wide" })),
      "shape",
      "net (Sequential): The shape of input 'input_layer' does not fit. Expected: (None, 5). Received: 'wide' (None, 6).",
    );
  });
});

describe("a model cannot contain itself", () => {
  const text = "A model cannot contain itself.";

  test("directly", () => {
    const stack = sequential([dense(3, { inputShape: [3] })], { name: "net" });
    expectError(() => stack.add(stack), "graph", `net (Sequential): ${text} Received: net (Sequential).`);
    const deferred = sequential([], { name: "empty" });
    expectError(() => deferred.add(deferred), "graph", text);
  });

  test("through a model that contains it", () => {
    const stack = sequential([dense(3, { inputShape: [3] })], { name: "inner" });
    const outer = sequential([stack], { name: "outer" });
    const x = input({ shape: [3] });
    const graph = new Wide([x], [stack(x)]);
    expectError(() => stack.add(outer), "graph", `inner (Sequential): ${text} Received: outer (Sequential).`);
    expectError(() => stack.add(graph), "graph", `${text} Received: wide (Wide).`);
    expectError(() => stack.add(sequential([outer], { name: "outermost" })), "graph", text);
    expect(names(stack)).toEqual(["dense"]);
  });

  test("before either has a shape", () => {
    const a = sequential([], { name: "a" });
    const b = sequential([a], { name: "b" });
    expectError(() => a.add(b), "graph", `a (Sequential): ${text}`);
  });
});

describe("as a layer", () => {
  test("called twice it shares its weights", () => {
    const tower = sequential([dense(8, { activation: "relu" }), dense(4)]);
    const [a, b] = [input({ shape: [6] }), input({ shape: [6] })];
    const y = concatenate()([tower(a), tower(b)]);
    expect([y.shape, tower.weights.length, tower.calls.length]).toEqual([["batch", 8], 4, 2]);
    expect(tower.output.shape).toEqual(["batch", 4]);
  });

  test("is frozen with its layers, before and after it has a shape", () => {
    const stack = sequential([dense(3)]);
    stack.trainable = false;
    stack.add(dense(4));
    expect(stack.layers.map(({ trainable }) => trainable)).toEqual([false, true]); // as in Keras
    stack.build([null, 2]);
    expect(stack.trainableWeights).toEqual([]);
    expect(stack.weights.map(({ trainable }) => trainable)).toEqual([false, false, true, true]);
  });
});

describe("as data", () => {
  const stacks: Readonly<Record<string, () => Model>> = {
    "a stack": () => sequential([dense(3, { inputShape: [5], trainable: false }), dropout(0.5), dense(2)]),
    "a stack with a named input": () => sequential([input({ shape: [null, 5], name: "steps" }), lstm(3)]),
    "a stack in a stack, built before": () => sequential([sequential([dense(3, { inputShape: [5] })]), dense(2)]),
    "a stack in a stack, built by it": () =>
      sequential([input({ shape: [5] }), sequential([dense(3), batchNormalization()]), dense(2)]),
    "tokens, and a fixed batch": () =>
      sequential([
        input({ shape: [6], batchSize: 4, dtype: "int32" }),
        embedding(9, 2, { maskZero: true }),
        lstm(3, { stateful: true }),
      ]),
  };

  test.for(Object.entries(stacks))("%s comes back from JSON and as a copy", ([, make]) => {
    const stack = make();
    for (const again of [modelFromJson(stack.toJson(), registry), cloneModel(stack)]) {
      expect(again.type).toBe("Sequential");
      expect(again.toJson()).toBe(stack.toJson());
      expect([names(again), paths(again)]).toEqual([names(stack), paths(stack)]);
      expect(again.trainableWeights.map(({ path }) => path)).toEqual(stack.trainableWeights.map(({ path }) => path));
      verifyPrimitives(lower(again).graph);
    }
  });

  test("what came back can be changed as before", () => {
    const again = modelFromJson(sequential([dense(3, { inputShape: [5] }), dense(2)]).toJson(), registry);
    const stack = again as ReturnType<typeof sequential>;
    stack.pop();
    stack.add(dense(7, { name: "wide" }));
    expect([stack.output.shape, names(stack)]).toEqual([
      ["batch", 7],
      ["dense", "wide"],
    ]);
  });

  test("a graph that is no stack is refused", () => {
    const text = sequential([dense(5, { inputShape: [5] }), dense(5)]).toJson();
    const data = JSON.parse(text) as { layers: { graph?: { nodes: { inputs: number[] }[] } }[] };
    data.layers.at(-1)!.graph!.nodes[1]!.inputs = [0];
    expectError(
      () => modelFromJson(JSON.stringify(data), registry),
      "format",
      "sequential: The graph of a sequential model is not a stack.",
    );
  });
});
