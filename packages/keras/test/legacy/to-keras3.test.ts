import { readFileSync } from "node:fs";

import type { JsonObject, JsonValue } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { expectError } from "../../../data/test/expect-error.ts";
import { parsePythonJson } from "../../src/json.ts";
import { toKeras3 } from "../../src/legacy/to-keras3.ts";
import { guessWriter, writerOf } from "../../src/legacy/writer.ts";

interface Layer extends JsonObject {
  readonly class_name: string;
  readonly config: JsonObject;
  readonly name: string;
  readonly inbound_nodes: readonly JsonObject[];
}

const layersOf = (json: JsonValue | string, version?: string): readonly Layer[] =>
  toKeras3(json, version).model.config["layers"] as unknown as readonly Layer[];

const only = (className: string, config: JsonObject, version = "2.2.4"): JsonObject => {
  const layers = layersOf([{ class_name: className, config: { name: "it", ...config } }], version);
  return layers.find((layer) => layer.config["name"] === "it")!.config;
};

const golden = (name: string): JsonObject => {
  const url = new URL(`goldens/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { readonly model: JsonObject }).model;
};

const tensor = (...history: readonly [string, number, number]) => ({
  class_name: "__keras_tensor__",
  config: { keras_history: history },
});

const inputLayer = (name: string, shape: readonly (number | null)[]) => ({
  class_name: "InputLayer",
  name,
  config: { name, batch_input_shape: [null, ...shape], dtype: "float32", sparse: false, ragged: false },
  inbound_nodes: [],
});

const functional = (layers: readonly JsonObject[], outputs: JsonValue): JsonObject => ({
  class_name: "Model",
  keras_version: "2.4.0",
  config: { name: "m", layers, input_layers: [["x", 0, 0]], output_layers: outputs },
});

describe("sequential models", () => {
  const dense = { class_name: "Dense", config: { name: "dense", units: 2, batch_input_shape: [null, 3] } };

  test("a bare list of layers gets a name and an input layer", () => {
    const { model, writer } = toKeras3({ class_name: "Sequential", config: [dense], keras_version: "2.1.6" });
    expect(writer).toEqual({ program: "keras", generation: 2 });
    expect(model).toMatchObject({ class_name: "Sequential", module: "keras.src.models.sequential" });
    expect(model.config["name"]).toBe("sequential");
    expect(model.config["layers"]).toMatchObject([
      { class_name: "InputLayer", config: { batch_shape: [null, 3], dtype: "float32", name: "dense_input" } },
      { class_name: "Dense", module: "keras.layers", config: { name: "dense", units: 2 } },
    ]);
    expect(JSON.stringify(model)).not.toContain("batch_input_shape");
  });

  test.each([
    [{ input_shape: [5, 2] }, [null, 5, 2]],
    [{ input_dim: 4 }, [null, 4]],
    [{ input_dim: 4, input_length: 6 }, [null, 6, 4]],
    [{ input_dim: 4, input_length: null }, [null, null, 4]],
  ])("%j is the shape of an input", (given, shape) => {
    const layers = layersOf([{ class_name: "Dense", config: { name: "a", output_dim: 1, ...given } }], "1.2.2");
    expect(layers[0]!.config["batch_shape"]).toEqual(shape);
  });

  test("the shape may stand in a model within, and be as long as an embedding's sequences", () => {
    const inner = { class_name: "Sequential", config: [dense] };
    expect(layersOf([inner], "2.0.8")[0]!.config["batch_shape"]).toEqual([null, 3]);
    const embedding = {
      class_name: "Embedding",
      config: { name: "e", input_dim: 9, output_dim: 2, input_length: 7, dtype: "int32" },
    };
    const [input, rewritten] = layersOf([embedding], "2.0.8");
    expect(input!.config).toMatchObject({ batch_shape: [null, 7], dtype: "int32" });
    expect(rewritten!.config).toEqual({ name: "e", input_dim: 9, output_dim: 2 });
  });

  test("names lose their slashes", () => {
    expect(layersOf([{ class_name: "ReLU", config: { name: "conv1/relu" } }], "2.2.0")[0]!.config["name"]).toBe(
      "conv1_relu",
    );
  });
});

describe("arguments", () => {
  test("those of Keras 1 have their names of today", () => {
    const convolution = only("Convolution2D", {
      nb_filter: 4,
      nb_row: 3,
      nb_col: 2,
      border_mode: "same",
      subsample: [1, 2],
      dim_ordering: "th",
      init: "glorot_uniform",
      W_regularizer: { name: "WeightRegularizer", l1: 0, l2: 0.5 },
      b_constraint: { name: "MaxNorm", m: 2, axis: 0 },
      bias: true,
    });
    expect(convolution).toEqual({
      name: "it",
      filters: 4,
      kernel_size: [3, 2],
      padding: "same",
      strides: [1, 2],
      data_format: "channels_first",
      kernel_initializer: {
        module: "keras.initializers",
        class_name: "GlorotUniform",
        config: {},
        registered_name: null,
      },
      kernel_regularizer: {
        module: "keras.regularizers",
        class_name: "L1L2",
        config: { l1: 0, l2: 0.5 },
        registered_name: null,
      },
      bias_constraint: {
        module: "keras.constraints",
        class_name: "MaxNorm",
        config: { max_value: 2, axis: 0 },
        registered_name: null,
      },
      use_bias: true,
    });
    expect(
      only("LSTM", {
        output_dim: 3,
        inner_activation: "sigmoid",
        inner_init: "orthogonal",
        dropout_U: 0.1,
        consume_less: "gpu",
      }),
    ).toEqual({
      name: "it",
      units: 3,
      recurrent_activation: "sigmoid",
      recurrent_initializer: {
        module: "keras.initializers",
        class_name: "Orthogonal",
        config: {},
        registered_name: null,
      },
      recurrent_dropout: 0.1,
    });
  });

  test.each([
    ["LeakyReLU", { alpha: 0.3 }, { negative_slope: 0.3 }],
    ["MaxPooling2D", { dim_ordering: "default", pool_size: [2, 2] }, { pool_size: [2, 2] }],
    ["MaxPooling2D", { dim_ordering: "tf" }, { data_format: "channels_last" }],
    ["Dropout", { p: 0.5 }, { rate: 0.5 }],
    ["GaussianNoise", { sigma: 0.5 }, { stddev: 0.5 }],
    [
      "MaxPooling1D",
      { pool_length: 2, stride: 3, border_mode: "valid" },
      { pool_size: 2, strides: 3, padding: "valid" },
    ],
    ["BatchNormalizationV1", { axis: [3], fused: true, renorm: false }, { axis: 3 }],
    ["LayerNormalization", { axis: [2, 3] }, { axis: [2, 3] }],
    ["DepthwiseConv2D", { groups: 1, kernel_initializer: "ones" }, { depthwise_initializer: { class_name: "Ones" } }],
    ["Conv2D", { groups: 2 }, { groups: 2 }],
    ["GRU", {}, { reset_after: false, recurrent_activation: "hard_sigmoid" }],
    [
      "GRU",
      { reset_after: true, recurrent_activation: "sigmoid" },
      { reset_after: true, recurrent_activation: "sigmoid" },
    ],
    ["CuDNNGRU", { units: 2 }, { units: 2, reset_after: true }],
    ["CuDNNLSTM", { units: 2 }, { units: 2 }],
    ["Activation", { activation: "swish" }, { activation: "silu" }],
    ["Dense", { dtype: { class_name: "Policy", config: { name: "mixed_float16" } } }, { dtype: "mixed_float16" }],
    [
      "Dense",
      { kernel_initializer: { class_name: "VarianceScaling", config: { distribution: "normal", dtype: "float32" } } },
      { kernel_initializer: { class_name: "VarianceScaling", config: { distribution: "truncated_normal" } } },
    ],
  ] as const)("%s with %j", (className, given, expected) => {
    const config = only(className, given);
    expect(config).toMatchObject({ name: "it", ...expected });
    expect(Object.keys(config).toSorted()).toEqual(["name", ...Object.keys(expected)].toSorted());
  });

  test("CuDNN's layers have sigmoid gates, which is Keras 3's default", () => {
    expect(only("CuDNNLSTM", {})).not.toHaveProperty("recurrent_activation");
    expect(only("CuDNNGRU", {})).not.toHaveProperty("recurrent_activation");
  });

  test("layers within layers are rewritten too, at any depth", () => {
    const wrapped = only("TimeDistributed", {
      layer: {
        class_name: "Bidirectional",
        config: { name: "b", layer: { class_name: "CuDNNGRU", config: { name: "g", units: 2 } } },
      },
    });
    expect(wrapped["layer"]).toMatchObject({
      module: "keras.layers",
      config: { layer: { class_name: "GRU", config: { reset_after: true } } },
    });
    const cells = [{ class_name: "GRUCell", config: { name: "c", units: 2, implementation: 1 } }];
    const rnn = only("RNN", { cell: { class_name: "StackedRNNCells", config: { cells } } });
    expect(rnn["cell"]).toMatchObject({
      config: { cells: [{ module: "keras.layers", config: { reset_after: false } }] },
    });
    expect(JSON.stringify(rnn)).not.toContain("implementation");
  });

  test("tuples and shapes are lists", () => {
    const tuple = { class_name: "__tuple__", items: [2, 2] };
    const shape = { class_name: "TensorShape", items: [null, 4] };
    const { config } = toKeras3({
      class_name: "Sequential",
      config: {
        name: "s",
        build_input_shape: shape,
        layers: [{ class_name: "MaxPooling2D", config: { name: "p", pool_size: tuple } }],
      },
    }).model;
    expect(config["build_input_shape"]).toEqual([null, 4]);
    expect(config["layers"]).toMatchObject([{ config: { batch_shape: [null, 4] } }, { config: { pool_size: [2, 2] } }]);
  });
});

describe("functional models", () => {
  const inner = (name: string) => ({
    ...functional([inputLayer("x", [3])], [["x", 0, 0]]),
    name,
    class_name: "Functional",
  });
  const call = (layer: string, node: number) => [[layer, node, 0, {}]];

  test.each([
    ["1, as Keras counts", 1],
    ["0, as TensorFlow.js counts", 0],
  ])("calls of models within are counted from %s", (_, start) => {
    const nested = { ...inner("inner"), inbound_nodes: [call("x", 0), call("inner", start)] };
    const add = {
      class_name: "Add",
      name: "add",
      config: { name: "add" },
      inbound_nodes: [
        [
          ["inner", start, 0],
          ["inner", start + 1, 0],
        ],
      ],
    };
    const { config } = toKeras3(
      functional(
        [inputLayer("x", [3]), nested, add],
        [
          ["inner", start + 1, 0],
          ["add", 0, 0],
        ],
      ),
    ).model;
    const [input, model, sum] = config["layers"] as unknown as readonly Layer[];
    expect(input).toMatchObject({ config: { batch_shape: [null, 3] }, inbound_nodes: [] });
    expect(model!.inbound_nodes).toEqual([
      { args: [tensor("x", 0, 0)], kwargs: {} },
      { args: [tensor("inner", 0, 0)], kwargs: {} },
    ]);
    expect(sum!.inbound_nodes).toEqual([{ args: [[tensor("inner", 0, 0), tensor("inner", 1, 0)]], kwargs: {} }]);
    expect(config["input_layers"]).toEqual(["x", 0, 0]);
    expect(config["output_layers"]).toEqual([
      ["inner", 2, 0],
      ["add", 0, 0],
    ]);
  });

  test("what a recurrent layer starts from is an argument, and null arguments are none", () => {
    const lstm = {
      class_name: "LSTM",
      name: "lstm",
      config: { name: "lstm", units: 2 },
      inbound_nodes: [
        [
          ["x", 0, 0, { training: null, mask: ["x", 0, 0] }],
          ["h", 0, 0, {}],
          ["c", 0, 0, {}],
        ],
      ],
    };
    const layers = layersOf(
      functional([inputLayer("x", [3, 2]), inputLayer("h", [2]), inputLayer("c", [2]), lstm], [["lstm", 0, 0]]),
    );
    const kwargs = { mask: tensor("x", 0, 0), initial_state: [tensor("h", 0, 0), tensor("c", 0, 0)] };
    expect(layers[3]!.inbound_nodes).toEqual([{ args: [tensor("x", 0, 0)], kwargs }]);
  });

  test("TensorFlow's functions are operations", () => {
    const layers = new Map(layersOf(golden("functions")).map((layer) => [layer.name, layer]));
    const args = (name: string) => layers.get(name)!.inbound_nodes[0]!["args"];
    expect(layers.get("tf.math.subtract_1")).toMatchObject({
      module: "keras.src.ops.numpy",
      class_name: "Subtract",
      registered_name: "Subtract",
    });
    expect(args("tf.math.subtract_1")).toEqual([2, tensor("tf.math.reduce_mean", 0, 0)]);
    const slice = (start: JsonValue, step: JsonValue) => ({
      class_name: "__slice__",
      config: { start, stop: null, step },
    });
    expect(args("tf.__operators__.getitem")).toEqual([
      tensor("tf.concat", 0, 0),
      [slice(null, null), slice(1, null), slice(null, 2)],
    ]);
    expect(args("tf.__operators__.getitem_2")).toEqual([
      tensor("x", 0, 0),
      [{ class_name: "__ellipsis__", config: {} }, null, 1],
    ]);
    expect(layers.get("tf.math.reduce_max")!.config).toMatchObject({ axis: [1], keepdims: true });
    expect(layers.get("tf.image.resize")).toMatchObject({ module: "keras.layers", class_name: "Resizing" });
    expect(layers.get("threshold")).toMatchObject({ class_name: "Threshold", config: { threshold: 0.25 } });
    expect(args("tf.linalg.matmul")).toEqual([tensor("x", 0, 0), tensor("tf.linalg.matmul_step_0", 0, 0)]);
    expect(layers.get("tf.linalg.matmul_step_0")).toMatchObject({
      class_name: "Swapaxes",
      config: { axis1: -2, axis2: -1 },
    });
  });

  test("operations, whose module Keras 3 leaves out of its h5 files, are told from layers by having nothing to train", () => {
    const named = (className: string, config: JsonObject = {}) => ({
      class_name: className,
      name: className,
      config: { name: className, ...config },
      inbound_nodes: [{ args: [tensor("x", 0, 0), 0], kwargs: {} }],
    });
    const layers = [
      named("NotEqual"),
      named("Cast", { dtype: "bool" }),
      named("Add"),
      named("Add", { trainable: true, dtype: "float32" }),
      named("Mine"),
      { ...named("Add"), module: "mine", registered_name: "mine>Add" },
    ];
    const modules = (version: string) =>
      layersOf(functional(layers, [["Add", 0, 0]]), version).map(({ module }) => module);
    const [ops, all] = ["keras.ops", "keras.layers"];
    expect(modules("3.15.1")).toEqual([ops, ops, ops, all, all, "mine"]);
  });

  test("calls that Keras 3 wrote stay", () => {
    const json = {
      class_name: "Functional",
      keras_version: "3.5.0",
      config: {
        name: "m",
        layers: [
          { class_name: "InputLayer", name: "x", config: { name: "x", batch_shape: [null, 3] }, inbound_nodes: [] },
          {
            class_name: "Activation",
            name: "a",
            config: { name: "a", activation: "hard_sigmoid" },
            inbound_nodes: [{ args: [tensor("x", 0, 0)], kwargs: {} }],
          },
        ],
        input_layers: [["x", 0, 0]],
        output_layers: ["a", 0, 0],
      },
    };
    const { model, notes } = toKeras3(json);
    expect(model.config["layers"]).toMatchObject(json.config.layers);
    expect(model.config).toMatchObject({ input_layers: ["x", 0, 0], output_layers: ["a", 0, 0] });
    expect(notes).toEqual([]);
  });
});

describe("hard_sigmoid of old", () => {
  test("has a multiplication in front of it, and a note", () => {
    const { model, notes } = toKeras3(golden("stack"));
    const layers = model.config["layers"] as unknown as readonly Layer[];
    const names = layers.map(({ config }) => config["name"]);
    expect(names).toEqual(["front_input", "front", "gate_scale", "gate", "flatten", "batch_norm", "dense"]);
    expect(layers[2]!.config).toMatchObject({ scale: 1.2, offset: 0 });
    expect(notes).toEqual([expect.stringContaining("gate_scale multiplies by 1.2")]);
  });

  test("of layers with weights is told of", () => {
    const { notes } = toKeras3(golden("recurrent"));
    const told = ["gru_after", "lstm", "gru", "simple", "lstm_cell", "dense", "conv_lstm"];
    expect(notes.map((note) => note.slice(0, note.indexOf(":")))).toEqual(told);
    expect(toKeras3(golden("recurrent"), "3.0.0").notes).toEqual([]);
  });
});

describe("functions of TensorFlow", () => {
  /** The layers that one call of a function becomes, and their operands. */
  const called = (symbol: string, kwargs: JsonObject, ...more: readonly JsonValue[]) => {
    const config = { name: "f", function: symbol };
    const nodes = [["x", 0, 0, kwargs], ...more];
    const layer = { class_name: "TFOpLambda", name: "f", config, inbound_nodes: nodes };
    return layersOf(functional([inputLayer("x", [3]), layer], [["f", nodes.length - 1, 0]])).slice(1);
  };
  const x = tensor("x", 0, 0);

  test("constants for every element are a Rescaling", () => {
    const scaling = (symbol: string, y: JsonValue) => called(symbol, { y })[0]!.config;
    expect(scaling("math.add", [1, 2, 3])).toMatchObject({ scale: 1, offset: [1, 2, 3] });
    expect(scaling("math.subtract", [[1, 2, 3]])).toMatchObject({ scale: 1, offset: [-1, -2, -3] });
    expect(scaling("math.multiply", [1, 2, 3])).toMatchObject({ scale: [1, 2, 3], offset: 0 });
    expect(scaling("math.truediv", [1, 2, 4])).toMatchObject({ scale: [1, 0.5, 0.25], offset: 0 });
    const left = { class_name: "TFOpLambda", name: "f", config: { name: "f", function: "math.truediv" } };
    const node = [["_CONSTANT_VALUE", -1, [1, 2, 3], { y: ["x", 0, 0] }]];
    const json = functional([inputLayer("x", [3]), { ...left, inbound_nodes: node }], [["f", 0, 0]]);
    return expectError(() => toKeras3(json), "unsupported", /tf\.math\.truediv in f/);
  });

  test("every call is an operation of its own", () => {
    const [first, second] = called("math.add", { y: 1 }, ["x", 0, 0, { y: 2 }]);
    expect([first!.name, second!.name]).toEqual(["f", "f_call_1"]);
    expect(second!.inbound_nodes[0]!["args"]).toEqual([x, 2]);
    const nodes = [
      ["x", 0, 0, { y: 1 }],
      ["x", 0, 0, { y: 2 }],
    ];
    const layer = {
      class_name: "TFOpLambda",
      name: "f",
      config: { name: "f", function: "math.add" },
      inbound_nodes: nodes,
    };
    const { config } = toKeras3(functional([inputLayer("x", [3]), layer], [["f", 1, 0]])).model;
    expect(config["output_layers"]).toEqual(["f_call_1", 0, 0]);
  });

  test("places that are constants are cut out", () => {
    const slice = (start: number, stop: number | null) => ({
      class_name: "__slice__",
      config: { start, stop, step: null },
    });
    const all = { class_name: "__slice__", config: { start: null, stop: null, step: null } };
    const layers = called("gather", { indices: [2, -1], axis: 1 });
    const keys = layers.slice(0, 2).map(({ inbound_nodes: nodes }) => (nodes[0]!["args"] as readonly JsonValue[])[1]);
    expect(keys).toEqual([
      [all, slice(2, 3)],
      [all, slice(-1, null)],
    ]);
    expect(layers[2]).toMatchObject({ class_name: "Concatenate", config: { axis: 1 } });
  });

  test.each([
    ["math.argmax", {}, "Argmax", { axis: 0 }],
    ["math.reduce_sum", {}, "Sum", { axis: null, keepdims: false }],
    ["math.reduce_mean", { axis: [1], keepdims: true }, "Mean", { axis: [1], keepdims: true }],
    ["nn.leaky_relu", {}, "LeakyRelu", { negative_slope: 0.2 }],
    ["nn.gelu", {}, "Gelu", { approximate: false }],
    ["compat.v1.transpose", { perm: [0, 1] }, "Transpose", { axes: [0, 1] }],
    ["one_hot", { depth: 3 }, "OneHot", { num_classes: 3, axis: -1 }],
    ["clip_by_value", { clip_value_min: 0, clip_value_max: 6 }, "Clip", { x_min: 0, x_max: 6 }],
    ["reverse", { axis: [1] }, "Flip", { axis: [1] }],
  ] as const)("%s with %j", (symbol, kwargs, className, config) => {
    expect(called(symbol, kwargs)).toMatchObject([{ class_name: className, config, inbound_nodes: [{ args: [x] }] }]);
  });

  test("x // 2, which TensorFlow calls by an old name", () => {
    const [layer] = called("compat.v1.floor_div", { y: 2, name: null });
    expect(layer).toMatchObject({ class_name: "FloorDivide", inbound_nodes: [{ args: [x, 2] }] });
  });

  test.each([
    ["math.cumsum", { reverse: true }],
    ["image.resize", { size: [2, 2], method: "bicubic" }],
    ["image.resize", { size: [2, 2], antialias: true }],
    ["linalg.matmul", { b: ["x", 0, 0], adjoint_a: true }],
    ["gather", { indices: [0], batch_dims: 1 }],
    ["where", {}],
    ["one_hot", { depth: 3, on_value: 2 }],
    ["pad", { paddings: [[0, 0]], mode: "REFLECT" }],
    ["reshape", { shape: [["x", 0, 0], 2] }],
  ])("%s with %j has no counterpart", (symbol, kwargs) =>
    expectError(() => called(symbol, kwargs), "unsupported", new RegExp(`tf\\.${symbol.replace(".", "\\.")} in f`)),
  );
});

test("masks that merging layers combine in another way are told of, where there are any", () => {
  const embedding = (mask: boolean) => ({
    class_name: "Embedding",
    name: "e",
    config: { name: "e", input_dim: 3, output_dim: 2, mask_zero: mask },
    inbound_nodes: [[["x", 0, 0]]],
  });
  const inbound = [
    [
      ["e", 0, 0],
      ["e", 0, 0],
    ],
  ];
  const add = { class_name: "Add", name: "sum", config: { name: "sum" }, inbound_nodes: inbound };
  const notes = (mask: boolean) =>
    toKeras3(functional([inputLayer("x", [3]), embedding(mask), add], [["sum", 0, 0]])).notes;
  expect(notes(true)).toEqual([expect.stringMatching(/^sum: .*mask/)]);
  expect(notes(false)).toEqual([]);
});

describe("refusals", () => {
  const operation = (name: string, symbol: string, kwargs: JsonObject = {}) => ({
    class_name: "TFOpLambda",
    name,
    config: { name, function: symbol },
    inbound_nodes: [["x", 0, 0, kwargs]],
  });

  test("name every function without a counterpart, and every layer that calls it", () => {
    const layers = [
      inputLayer("x", [3]),
      operation("a", "linalg.svd"),
      operation("b", "linalg.svd"),
      operation("c", "split", { num_or_size_splits: [1, 2] }),
    ];
    return expectError(
      () => toKeras3(functional(layers, [["c", 0, 0]])),
      "unsupported",
      /tf\.linalg\.svd in a, b; tf\.split in c/,
    );
  });

  test("Merge of Keras 1", () => {
    const merge = {
      class_name: "Merge",
      name: "merge_1",
      config: { name: "merge_1", mode: "concat" },
      inbound_nodes: [
        [
          ["x", 0, 0],
          ["x", 0, 0],
        ],
      ],
    };
    return expectError(
      () => toKeras3(functional([inputLayer("x", [3]), merge], [["merge_1", 0, 0]])),
      "unsupported",
      /in merge_1/,
    );
  });

  test.each([
    ["LSTM", { time_major: true }],
    ["BatchNormalization", { renorm: true }],
    ["BatchNormalization", { mode: 2 }],
    ["DepthwiseConv2D", { groups: 2 }],
    ["InputLayer", { ragged: true }],
    ["LSTM", { num_constants: 1 }],
  ])("%s with %j", (className, config) => {
    return expectError(() => only(className, config), "unsupported", /^it:/, new RegExp(Object.keys(config)[0]!));
  });

  test("classes of one's own that hold no layers", async () => {
    await expectError(() => toKeras3({ class_name: "MyModel", config: { units: 3 } }), "unsupported", /^MyModel:/);
    expect(
      toKeras3({ ...functional([inputLayer("x", [3])], [["x", 0, 0]]), class_name: "MyModel" }).model.class_name,
    ).toBe("Functional");
  });

  test.each([
    ["null", null],
    ["a layer without a class", [{ config: {} }]],
    ["a layer without a configuration", [{ class_name: "Dense" }]],
    ["layers that are none", { class_name: "Sequential", config: { name: "s", layers: 3 } }],
    [
      "a call on nothing",
      functional([inputLayer("x", [3]), { ...inputLayer("y", [3]), inbound_nodes: [[["z", 0, 0]]] }], []),
    ],
    [
      "a call of half a tensor",
      functional([inputLayer("x", [3]), { ...inputLayer("y", [3]), inbound_nodes: [[["x", 0]]] }], []),
    ],
    [
      "a call number that is none",
      functional([inputLayer("x", [3]), { ...inputLayer("y", [3]), inbound_nodes: [[["x", "0", 0]]] }], []),
    ],
    ["text", "{"],
    ["lists in lists in lists", `[${"[".repeat(500)}${"]".repeat(500)}]`],
  ])("%s is no configuration", (_, json) => expectError(() => toKeras3(json), "format"));
});

test("JSON of Python may hold numbers that JSON does not know", () => {
  const parsed = parsePythonJson('{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \\" Infinity"}', "here");
  expect(parsed).toEqual({ a: NaN, b: [-Infinity, Infinity], c: 'NaN " Infinity' });
});

test.each(["toString", "constructor", "__proto__"])("a class or an argument may be called %s", (name) => {
  const config = JSON.parse(`{"name": "it", "${name}": 1, "activation": "${name}"}`) as JsonObject;
  const [layer] = layersOf([{ class_name: name, config }], "2.2.4");
  expect(layer).toMatchObject({ class_name: name, config: { activation: name } });
});

test("versions say what wrote a file; without one, its words do", () => {
  expect(writerOf("2.2.4-tf")).toEqual({ program: "keras", generation: 2 });
  expect(writerOf("tfjs-layers 4.22.0")).toEqual({ program: "tfjs", generation: 2 });
  expect(writerOf("1.2.2").generation).toBe(1);
  expect(writerOf("3.15.1").generation).toBe(3);
  expect(guessWriter({ a: { batch_shape: [] } }).generation).toBe(3);
  expect(guessWriter({ a: { nb_filter: 3 } }).generation).toBe(1);
  expect(guessWriter({ a: { batch_input_shape: [] } }).generation).toBe(2);
});
