import {
  activation,
  add,
  type AnyLayer,
  attention,
  averagePooling2d,
  batchNormalization,
  catalogue,
  concatenate,
  conv2d,
  dense,
  type DType,
  dropout,
  embedding,
  flatten,
  formatShape,
  globalAveragePooling2d,
  inputLayer,
  inputLike,
  lower,
  lstm,
  lstmCell,
  maxPooling2d,
  multiply,
  ops,
  relu,
  reshape,
  resetNames,
  softmax,
  type SymbolicTensor,
  symbolicInput,
  verifyPrimitives,
  zeroPadding2d,
} from "@lamella/ir";
import { beforeEach, describe, expect, test } from "vitest";

import { expectError } from "./expect-error.ts";
import { plainModel } from "./plain-model.ts";

beforeEach(resetNames);

type Sizes = readonly (number | string | null)[];

const input = (shape: Sizes, dtype?: DType) => symbolicInput(dtype === undefined ? { shape } : { shape, dtype });

/** Calls a layer on inputs of these shapes, and gives its outputs. */
function call(layer: AnyLayer, ...shapes: readonly Sizes[]): readonly SymbolicTensor[] {
  const inputs = shapes.map((shape) => input(shape));
  const outputs = layer.call(inputs.length === 1 ? inputs[0]! : inputs);
  return Array.isArray(outputs) ? (outputs as SymbolicTensor[]) : [outputs as SymbolicTensor];
}

describe("names, shapes and weights are Keras's", () => {
  // From Keras 3.15: layer name, output shapes, weights with their shapes (~ for those that training does not change), count.
  test.for<[() => AnyLayer, readonly Sizes[], string, string, string, number]>([
    [() => dense(16), [[10]], "dense", "(None, 16)", "dense/kernel 10x16, dense/bias 16", 176],
    [() => dense(16, { useBias: false }), [[7, 10]], "dense", "(None, 7, 16)", "dense/kernel 10x16", 160],
    [() => conv2d(32, 3), [[28, 28, 3]], "conv2d", "(None, 26, 26, 32)", "conv2d/kernel 3x3x3x32, conv2d/bias 32", 896],
    [
      () => conv2d(8, [3, 5], { strides: 2, padding: "same", groups: 2, useBias: false }),
      [[28, 27, 4]],
      "conv2d",
      "(None, 14, 14, 8)",
      "conv2d/kernel 3x5x2x8",
      240,
    ],
    [
      () => conv2d(8, 3, { dilationRate: 2 }),
      [[null, null, 3]],
      "conv2d",
      "(None, None, None, 8)",
      "conv2d/kernel 3x3x3x8, conv2d/bias 8",
      224,
    ],
    [() => maxPooling2d(), [[27, 28, 3]], "max_pooling2d", "(None, 13, 14, 3)", "", 0],
    [
      () => maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }),
      [[27, 28, 3]],
      "max_pooling2d",
      "(None, 14, 14, 3)",
      "",
      0,
    ],
    [() => averagePooling2d({ poolSize: [2, 3] }), [[28, 28, 3]], "average_pooling2d", "(None, 14, 9, 3)", "", 0],
    [() => globalAveragePooling2d(), [[28, 28, 3]], "global_average_pooling2d", "(None, 3)", "", 0],
    [
      () => globalAveragePooling2d({ keepdims: true }),
      [[28, 28, 3]],
      "global_average_pooling2d",
      "(None, 1, 1, 3)",
      "",
      0,
    ],
    [() => flatten(), [[4, 5, 6]], "flatten", "(None, 120)", "", 0],
    [() => flatten(), [[null, 6]], "flatten", "(None, None)", "", 0],
    [() => flatten(), [[]], "flatten", "(None, 1)", "", 0],
    [() => reshape([-1, 6]), [[4, 3]], "reshape", "(None, 2, 6)", "", 0],
    [() => reshape([12]), [[4, 3]], "reshape", "(None, 12)", "", 0],
    [() => reshape([-1, 5]), [[null, 10]], "reshape", "(None, None, 5)", "", 0],
    [() => reshape([10]), [[null, 5]], "reshape", "(None, 10)", "", 0],
    [() => dropout(0.5), [[4]], "dropout", "(None, 4)", "", 0],
    [
      () => batchNormalization(),
      [[28, 28, 3]],
      "batch_normalization",
      "(None, 28, 28, 3)",
      "batch_normalization/gamma 3, batch_normalization/beta 3, " +
        "~batch_normalization/moving_mean 3, ~batch_normalization/moving_variance 3",
      12,
    ],
    [
      () => batchNormalization({ axis: 1, center: false }),
      [[5, 28]],
      "batch_normalization",
      "(None, 5, 28)",
      "batch_normalization/gamma 5, ~batch_normalization/moving_mean 5, ~batch_normalization/moving_variance 5",
      15,
    ],
    [() => activation("relu"), [[4]], "activation", "(None, 4)", "", 0],
    [() => relu(), [[4]], "re_lu", "(None, 4)", "", 0],
    [() => softmax(), [[4]], "softmax", "(None, 4)", "", 0],
    [() => add(), [[4], [4]], "add", "(None, 4)", "", 0],
    [() => add(), [[4], [3, 4]], "add", "(None, 3, 4)", "", 0],
    [
      () => multiply(),
      [
        [4, 1],
        [1, 5],
      ],
      "multiply",
      "(None, 4, 5)",
      "",
      0,
    ],
    [() => concatenate(), [[4], [5]], "concatenate", "(None, 9)", "", 0],
    [
      () => concatenate({ axis: 1 }),
      [
        [4, 2],
        [5, 2],
      ],
      "concatenate",
      "(None, 9, 2)",
      "",
      0,
    ],
    [() => zeroPadding2d(), [[4, 4, 1]], "zero_padding2d", "(None, 6, 6, 1)", "", 0],
    [
      () =>
        zeroPadding2d({
          padding: [
            [1, 2],
            [3, 4],
          ],
        }),
      [[4, 4, 1]],
      "zero_padding2d",
      "(None, 7, 11, 1)",
      "",
      0,
    ],
    [() => embedding(100, 8), [[20]], "embedding", "(None, 20, 8)", "embedding/embeddings 100x8", 800],
    [
      () => lstm(16),
      [[20, 5]],
      "lstm",
      "(None, 16)",
      "lstm/lstm_cell/kernel 5x64, lstm/lstm_cell/recurrent_kernel 16x64, lstm/lstm_cell/bias 64",
      1408,
    ],
    [
      () => lstm(4, { returnSequences: true, returnState: true, useBias: false }),
      [[null, 5]],
      "lstm",
      "(None, None, 4) (None, 4) (None, 4)",
      "lstm/lstm_cell/kernel 5x16, lstm/lstm_cell/recurrent_kernel 4x16",
      144,
    ],
  ])("%#: %s", ([make, shapes, name, outputShapes, weights, count]) => {
    const layer = make();
    const outputs = call(layer, ...shapes);
    expect(layer.name).toBe(name);
    expect(outputs.map(({ shape }) => formatShape(shape)).join(" ")).toBe(outputShapes);
    const shown = layer.weights.map(
      ({ path, shape, trainable }) => `${trainable ? "" : "~"}${path} ${shape.join("x")}`,
    );
    expect(shown.join(", ")).toBe(weights);
    expect(layer.countParams()).toBe(count);
  });

  test("every layer type of the catalogue has a type name of its own", () => {
    const types = catalogue.map(({ definition }) => definition.type);
    expect(new Set(types).size).toBe(types.length);
  });
});

describe("defaults are Keras's", () => {
  const glorot = { type: "GlorotUniform", config: { seed: null } };
  const zeros = { type: "Zeros", config: {} };
  const ones = { type: "Ones", config: {} };

  test.for<[AnyLayer, object]>([
    [dense(3), { units: 3, activation: "linear", useBias: true, kernelInitializer: glorot, biasInitializer: zeros }],
    [
      conv2d(4, 3),
      {
        filters: 4,
        kernelSize: [3, 3],
        strides: [1, 1],
        padding: "valid",
        dataFormat: null,
        dilationRate: [1, 1],
        groups: 1,
        activation: "linear",
        kernelRegularizer: null,
      },
    ],
    [maxPooling2d(), { poolSize: [2, 2], strides: null, padding: "valid", dataFormat: null }],
    [
      batchNormalization(),
      {
        axis: -1,
        momentum: 0.99,
        epsilon: 0.001,
        center: true,
        scale: true,
        betaInitializer: zeros,
        gammaInitializer: ones,
        movingMeanInitializer: zeros,
        movingVarianceInitializer: ones,
      },
    ],
    [relu(), { maxValue: null, negativeSlope: 0, threshold: 0 }],
    [softmax(), { axis: -1 }],
    [concatenate(), { axis: -1 }],
    [
      zeroPadding2d(),
      {
        padding: [
          [1, 1],
          [1, 1],
        ],
      },
    ],
    [
      embedding(5, 3),
      {
        maskZero: false,
        embeddingsInitializer: { type: "RandomUniform", config: { minval: -0.05, maxval: 0.05, seed: null } },
      },
    ],
    [
      lstm(3),
      {
        activation: "tanh",
        recurrentActivation: "sigmoid",
        useBias: true,
        kernelInitializer: glorot,
        recurrentInitializer: { type: "Orthogonal", config: { gain: 1, seed: null } },
        biasInitializer: zeros,
        unitForgetBias: true,
        dropout: 0,
        recurrentDropout: 0,
        returnSequences: false,
        returnState: false,
        goBackwards: false,
        stateful: false,
        unroll: false,
      },
    ],
    [dropout(0.2), { rate: 0.2, noiseShape: null, seed: null }],
  ])("%#: %s", ([layer, config]) => {
    expect(layer.getConfig()).toMatchObject({ ...config, dtype: "float32" });
    expect(layer.trainable).toBe(true);
  });

  test("the bias of an LSTM starts at 1 for the forget gate", async () => {
    const values = async (layer: AnyLayer) => {
      call(layer, [5, 2]);
      return (await layer.weights[2]!.read()).toNumbers();
    };
    expect(await values(lstm(2))).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
    expect(await values(lstm(2, { unitForgetBias: false }))).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    const own = await values(lstm(2, { biasInitializer: "ones" }));
    expect(own).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  });
});

describe("inputs that do not fit are refused, by the names of the layers", () => {
  test.for<[string, () => unknown, string, readonly string[]]>([
    [
      "dense without a feature axis",
      () => dense(3)(input([])),
      "shape",
      ["dense (Dense): The input needs a feature axis.", "rank 2 or more", "'input_layer' (None,)", "reshape([1])"],
    ],
    [
      "dense on an unknown number of features",
      () => dense(3)(input([null])),
      "shape",
      [
        "dense (Dense): The size of weight 'kernel' depends on a size that is not known.",
        "(None, 3) for inputs 'input_layer' (None, None)",
        "Give the input a shape with that size.",
      ],
    ],
    [
      "conv2d of the wrong rank",
      () => conv2d(8, 3)(flatten({ name: "flat" })(input([28, 28, 1]))),
      "shape",
      ["conv2d (Conv2D): The rank of the input does not fit.", "rank 4", "'flat' (None, 784)"],
    ],
    [
      "conv2d smaller than its kernel",
      () => conv2d(8, 5)(input([4, 8, 1])),
      "shape",
      ["conv2d/Conv: The window is larger than its input.", "at least 5", "Received: 4.", "padding 'same'"],
    ],
    [
      "conv2d with groups that do not divide",
      () => conv2d(8, 3, { groups: 3 })(input([8, 8, 6])),
      "config",
      ["The groups do not divide the channels.", "6 input channels, 8 filters, 3 groups"],
    ],
    [
      "conv2d with strides and dilation",
      () => conv2d(8, 3, { strides: 2, dilationRate: 2 })(input([8, 8, 6])),
      "config",
      ["strides and dilationRate cannot both be above 1.", "strides [2, 2], dilationRate [2, 2]"],
    ],
    [
      "pooling of the wrong rank",
      () => maxPooling2d()(input([8, 8])),
      "shape",
      ["max_pooling2d (MaxPooling2D): The rank of the input does not fit.", "rank 4"],
    ],
    [
      "global pooling of the wrong rank",
      () => globalAveragePooling2d()(input([8])),
      "shape",
      ["rank 4 (batch, height, width and channels)", "'input_layer' (None, 8)"],
    ],
    [
      "zero padding of the wrong rank",
      () => zeroPadding2d()(input([8])),
      "shape",
      ["zero_padding2d (ZeroPadding2D): The rank of the input does not fit.", "rank 4"],
    ],
    [
      "lstm without time",
      () => lstm(3)(input([8])),
      "shape",
      ["lstm (LSTM): The rank of the input", "'input_layer' (None, 8)"],
    ],
    [
      "reshape to another size",
      () => reshape([5])(input([2, 3])),
      "shape",
      [
        "reshape (Reshape): The input cannot be reshaped",
        "6 elements, with at most one -1",
        "[5] for 'input_layer' (None, 2, 3)",
      ],
    ],
    ["reshape that does not divide", () => reshape([-1, 4])(input([2, 3])), "shape", ["cannot be reshaped"]],
    ["reshape with two unknowns", () => reshape([-1, -1])(input([2, 3])), "shape", ["at most one -1", "[-1, -1]"]],
    ["reshape to negative sizes", () => reshape([-2, -3])(input([2, 3])), "shape", ["cannot be reshaped"]],
    [
      "softmax along an axis that is not there",
      () => softmax({ axis: 3 })(input([2])),
      "config",
      ["softmax (Softmax)", "no axis 3"],
    ],
    [
      "concatenate of shapes that do not meet",
      () => concatenate()([dense(3, { name: "a" })(input([2, 3])), flatten({ name: "b" })(input([2, 3]))]),
      "shape",
      [
        "concatenate (Concatenate): The shapes of the inputs cannot be joined at axis -1: 'a' (None, 2, 3) and 'b' (None, 6).",
        "equal sizes at all other axes",
      ],
    ],
    [
      "add of one",
      () => add()([input([2])]),
      "shape",
      ["add (Add): A merging layer takes a list of inputs.", "layer([a, b])"],
    ],
    ["add of a single tensor", () => add()(input([2])), "shape", ["A merging layer takes a list of inputs."]],
    [
      "dense on a list",
      () => dense(3)([input([2]), input([4])]),
      "graph",
      [
        "dense (Dense): The layer takes one input.",
        "Received: 2: 'input_layer' (None, 2), 'input_layer_1' (None, 4).",
        "concatenate()([a, b])",
      ],
    ],
    ["dense on an empty list", () => dense(3)([]), "graph", ["The layer takes one input.", "Received: 0."]],
  ])("%s", ([, work, code, texts]) => {
    expectError(work, code as "shape", ...texts);
  });

  test("a skip of 3 channels onto 32: both layers, both shapes, and what would help", () => {
    const image = symbolicInput({ shape: [32, 32, 3], name: "image" });
    const features = conv2d(32, 3, { padding: "same", name: "features" })(image);
    expectError(
      () => add({ name: "skip" })([image, features]),
      "shape",
      "skip (Add): The shapes of the inputs cannot be added: 'image' (None, 32, 32, 3) and 'features' (None, 32, 32, 32).",
      "Only the channels differ: a 1x1 convolution, conv2d(32, 1) on 'image' (None, 32, 32, 3) would make them match.",
    );
    expect(add()([conv2d(32, 1)(image), features]).shape).toEqual(["batch", 32, 32, 32]);
  });

  test("the hint names the narrower input wherever it stands, and a dense layer for vectors", () => {
    const [narrow, wide] = [
      symbolicInput({ shape: [3], name: "narrow" }),
      symbolicInput({ shape: [32], name: "wide" }),
    ];
    expectError(
      () => multiply()([wide, narrow]),
      "shape",
      "cannot be multiplied: 'wide' (None, 32) and 'narrow' (None, 3).",
      "Only the channels differ: dense(32) on 'narrow' (None, 3) would make them match.",
    );
  });

  test("no such hint where more than the channels differ", () => {
    const a = input([8, 8, 3]);
    expect(() => add()([a, input([4, 4, 32])])).toThrow(/cannot be added/);
    expect(() => add()([a, input([4, 4, 32])])).not.toThrow(/would make them match/);
  });

  test("another number of features than at the first call", () => {
    const layer = dense(3, { name: "shared" });
    layer(input([4]));
    expectError(
      () => layer(symbolicInput({ shape: [5], name: "wider" })),
      "shape",
      "shared (Dense): The input does not fit the weights that the layer has since its first call.",
      "an input for weight 'kernel' of shape (4, 3)",
      "'wider' (None, 5), which needs shape (5, 3)",
    );
  });

  test("numbers are no symbolic tensors", () => {
    const texts = [
      "dense (Dense): A layer is called on symbolic tensors.",
      "what input() or another layer gave",
    ] as const;
    const layer = dense(3) as unknown as (x: unknown) => unknown;
    expectError(() => layer([1, 2]), "graph", ...texts, "Received: number.", "use model.predict()");
    expectError(() => layer(3), "graph", ...texts, "Received: number.");
    expectError(() => layer(undefined), "graph", ...texts, "Received: undefined.");
    expectError(() => layer(new Float32Array(4)), "graph", ...texts, "Received: object.");
  });

  test("a first call that fails leaves no weights behind", () => {
    const layer = conv2d(8, 5);
    expect(() => layer(input([4, 4, 3]))).toThrow("The window is larger than its input.");
    expect([layer.built, layer.weights.length, layer.calls.length]).toEqual([false, 0, 0]);
    expect(layer(input([8, 8, 1])).shape).toEqual(["batch", 4, 4, 8]);
  });

  test("a later call that fails leaves the weights alone", () => {
    const layer = conv2d(8, 5);
    layer(input([8, 8, 1]));
    const { weights } = layer;
    expect(() => layer(input([4, 4, 1]))).toThrow("The window is larger than its input.");
    expect(layer.weights).toEqual(weights);
    expect(layer.calls).toHaveLength(1);
  });
});

describe("dtypes", () => {
  test("a layer computes in its own", () => {
    const layer = dense(3, { dtype: "float16" });
    const y = layer(input([4]));
    expect([y.dtype, layer.weights[0]!.dtype, layer.dtype]).toEqual(["float16", "float16", "float16"]);
    expect(dense(3)(y).dtype).toBe("float32");
    verifyPrimitives(lower(plainModel(y.source.inputs, dense(3)(y))).graph);
  });

  test("whole numbers become floats where there are weights, and stay elsewhere", () => {
    const x = input([4, 4, 2], "uint8");
    const float = [dense(3), conv2d(2, 3), batchNormalization(), globalAveragePooling2d()];
    expect(float.map((layer) => (layer as AnyLayer).call(x)).map((y) => (y as SymbolicTensor).dtype)).toEqual(
      float.map(() => "float32"),
    );
    const kept = [flatten(), maxPooling2d(), reshape([-1]), zeroPadding2d(), dropout(0.5), relu()];
    expect(kept.map((layer) => (layer as AnyLayer).call(x)).map((y) => (y as SymbolicTensor).dtype)).toEqual(
      kept.map(() => "uint8"),
    );
    expect(lstm(3)(input([4, 2], "int32")).dtype).toBe("float32");
  });

  test("floats are cast as Keras casts them", () => {
    const x = input([4], "float64");
    expect([flatten()(x).dtype, add()([x, x]).dtype, dense(2)(x).dtype]).toEqual(["float32", "float32", "float32"]);
    expect(flatten({ dtype: "float64" })(x).dtype).toBe("float64");
  });

  test("an embedding takes whole numbers in any dtype, and does not round them", () => {
    const layer = embedding(5000, 2, { dtype: "float16" });
    const tokens = input([3]);
    const y = layer(tokens);
    expect(y.dtype).toBe("float16");
    const { nodes } = lower(plainModel(tokens, y)).graph;
    expect(nodes.map(({ op }) => (op.type === "Cast" ? op.attributes.to : op.type))).toEqual(["int32", "Gather"]);
  });
});

describe("masks", () => {
  const masked = () => embedding(10, 4, { maskZero: true })(input(["time"], "int32"));

  test("come from an embedding with maskZero", () => {
    expect(masked().mask).toEqual({ shape: ["batch", "time"], dtype: "bool" });
    expect(embedding(10, 4)(input(["time"])).mask).toBeUndefined();
  });

  test("pass through layers that keep the time axis", () => {
    for (const layer of [dense(3), dropout(0.5), activation("relu"), relu(), softmax(), batchNormalization()]) {
      expect((layer as AnyLayer).call(masked())).toMatchObject({ mask: { shape: ["batch", "time"], dtype: "bool" } });
    }
  });

  test("end at layers that do not", () => {
    const fixed = embedding(10, 4, { maskZero: true })(input([6], "int32"));
    for (const layer of [flatten(), reshape([24])]) {
      expect(((layer as AnyLayer).call(fixed) as SymbolicTensor).mask).toBeUndefined();
    }
  });

  test("are used up by lstm, and handed on with its sequences", () => {
    expect(lstm(3)(masked()).mask).toBeUndefined();
    expect(lstm(3, { returnSequences: true })(masked()).mask).toEqual({ shape: ["batch", "time"], dtype: "bool" });
  });

  test("a sum is masked where every input is, as in Keras", () => {
    const plain = input(["time", 4]);
    expect(add()([masked(), plain]).mask).toBeUndefined();
    expect(add()([masked(), masked()]).mask).toMatchObject({ dtype: "bool" });
  });

  test("can be given with a call", () => {
    const x = input(["time", 4]);
    const steps = input(["time"], "bool");
    const y = lstm(3, { returnSequences: true })(x, { mask: steps });
    expect(y.mask).toEqual({ shape: ["batch", "time"], dtype: "bool" });
    const graph = lower(plainModel([x, steps], y)).graph;
    verifyPrimitives(graph);
    expect(graph.nodes.some(({ op }) => op.type === "Scan" && op.attributes.body.inputs.length > 3)).toBe(true);
  });
});

describe("call arguments", () => {
  const nodesOf = (y: SymbolicTensor, ...inputs: readonly SymbolicTensor[]) =>
    lower(plainModel(inputs, y)).graph.nodes.map(({ op }) => op.type);

  test("training fixes the mode of one call", () => {
    const x = input([4]);
    const layer = dropout(0.5);
    expect(nodesOf(layer(x), x)).not.toContain("RandomBits");
    expect(nodesOf(layer(x, { training: true }), x)).toContain("RandomBits");
  });

  test("training: true updates the statistics of this call only", () => {
    const x = input([4]);
    const layer = batchNormalization();
    const net = plainModel(x, add()([layer(x), layer(x, { training: true })]));
    const { updates } = lower(net);
    expect([...updates.values()].map(({ name }) => name)).toEqual(["moving_mean", "moving_variance"]);
  });

  test("initialState takes one tensor or a list, and checks the number and the shapes", () => {
    const x = input(["time", 2]);
    const [h, c] = [input([3]), input([3])];
    const layer = lstm(3);
    const y = layer(x, { initialState: [h, c] });
    expect(y.source.args).toEqual({ initialState: [{ tensor: 1 }, { tensor: 2 }] });
    verifyPrimitives(lower(plainModel([x, h, c], y)).graph);
    expectError(
      () => layer(x, { initialState: h }),
      "shape",
      "lstm (LSTM)",
      "The number of initial states does not fit.",
    );
    expectError(
      () => layer(x, { initialState: [h, input([4])] }),
      "shape",
      "The shape of an initial state does not fit.",
      "(batch, 3)",
      "(batch, 4)",
    );
  });

  test("an unknown argument is refused, with the nearest that the layer knows", () => {
    const [x, state] = [input([5, 2]), input([3])];
    expectError(
      () => lstm(3)(x, { initial_states: [state, state] }),
      "name",
      "lstm (LSTM): Unknown call argument 'initial_states'. Expected: one of training, mask, initialState.",
      "Did you mean 'initialState'?",
    );
    expectError(() => dense(3)(x, { traning: true }), "name", "dense (Dense)", "Did you mean 'training'?");
    expectError(() => attention()([x, x], { valueMask: x }), "name", "useCausalMask, returnAttentionScores.");
    expectError(() => plainModel(x, dense(1)(x))(x, { states: state }), "name", "one of training, mask.");
    const cell = lstmCell(3);
    expectError(() => cell(input([2]), { state: [state, state] }), "name", "Did you mean 'states'?");
    expect(cell.calls).toEqual([]);
  });

  test("undefined and null say nothing", () => {
    const y = dense(3)(input([4]), { mask: null, other: undefined, more: null });
    expect(y.source.args).toEqual({});
  });
});

describe("states", () => {
  test("are carried, but are no weights", async () => {
    const layer = lstm(3, { stateful: true });
    const x = symbolicInput({ batchSize: 2, shape: [5, 4] });
    const net = plainModel(x, layer(x));
    expect(layer.weights.map((weight) => weight.nameIn(layer))).toEqual([
      "lstm_cell/kernel",
      "lstm_cell/recurrent_kernel",
      "lstm_cell/bias",
    ]);
    expect(net.states.map(({ path, shape }) => [path, shape])).toEqual([
      ["lstm/rnn_state_0", [2, 3]],
      ["lstm/rnn_state_1", [2, 3]],
    ]);
    const { updates, variables, graph } = lower(net);
    verifyPrimitives(graph);
    expect([...updates.values()]).toEqual(net.states);
    expect([...variables.values()]).toEqual(expect.arrayContaining([...net.states]));
    expect(net.countParams()).toBe(layer.countParams());
  });

  test("go back to zeros", async () => {
    const layer = lstm(1, { stateful: true });
    layer(symbolicInput({ batchSize: 1, shape: [5, 4] }));
    const [state] = layer.states;
    state!.write([[3]]);
    expect((await state!.read()).toNumbers()).toEqual([3]);
    const before = state!.version;
    layer.resetStates();
    expect((await state!.read()).toNumbers()).toEqual([0]);
    expect(state!.version).toBe(before + 1);
  });

  test("need a fixed batch", () => {
    expectError(
      () => lstm(3, { stateful: true })(input([5, 4])),
      "shape",
      "lstm (LSTM)",
      "fixed batch size",
      "batchSize",
    );
  });
});

describe("input layers", () => {
  test("unknown sizes get symbols of their own, named ones are shared", () => {
    const a = symbolicInput({ shape: [null, 4, null], name: "my input" });
    expect(a.shape).toEqual(["batch", "my_input_dim1", 4, "my_input_dim3"]);
    expect(symbolicInput({ shape: ["time", " time * 2 "] }).shape).toEqual(["batch", "time", "time*2"]);
    expect(symbolicInput({ shape: [3], batchSize: 8 }).shape).toEqual([8, 3]);
    expect(symbolicInput({ batchShape: [null, 3] }).shape).toEqual(["batch", 3]);
    expect(symbolicInput({ batchShape: [5, null] }).shape).toEqual([5, "input_layer_3_dim1"]);
  });

  test("like a tensor has its type, and a batch of any size where that has one", () => {
    const like = inputLike({ shape: ["batch", "time", 3], dtype: "int32" }, "x");
    expect([like.name, like.shape, like.dtype]).toEqual(["x", ["batch", "time", 3], "int32"]);
    expect(like.source.layer.config).toMatchObject({ batchShape: [null, "time", 3] });
    expect(inputLike({ shape: [8, 3], dtype: "float32" }).source.layer.config).toMatchObject({ batchShape: [8, 3] });
  });

  test("are named one after the other", () => {
    expect([input([1]).name, input([1]).name, symbolicInput({ shape: [], name: "x" }).name]).toEqual([
      "input_layer",
      "input_layer_1",
      "x",
    ]);
  });

  test("say what is wrong", () => {
    expectError(() => symbolicInput({ name: "x" }), "config", "x: An input needs a shape.", "input({ shape: [784] })");
    expectError(() => input([0]), "config", "A size must be at least 1.", "Received: [null,0].");
    expectError(() => input(["-3"]), "config", "A size must be at least 1.");
    expectError(() => input([1.5]), "config", "batchShape", "a list of sizes");
    expectError(() => input([3], "float" as DType), "dtype", "Unknown dtype.", "Received: float.");
    expectError(() => input(["2 x 3"]), "shape", "is not a dimension");
  });

  test("are layers, with a call of no inputs", () => {
    const x = symbolicInput({ shape: [3], name: "x", dtype: "int32" });
    const { layer } = x.source;
    expect([layer.type, layer.name, layer.built, layer.output]).toEqual(["InputLayer", "x", true, x]);
    expect(layer.getConfig()).toEqual({ batchShape: [null, 3], sparse: false, dtype: "int32" });
    expect(inputLayer([null, 3]).type).toBe("InputLayer");
  });
});

test("names of sizes are shared between inputs: equal ones meet, others are refused when they are numbers", () => {
  const a = symbolicInput({ shape: ["time", 3] });
  const b = symbolicInput({ shape: ["time", 3] });
  const c = symbolicInput({ shape: [null, 3] });
  expect(add()([a, b]).shape).toEqual(["batch", "time", 3]);
  expect(add()([a, c]).shape).toEqual(["batch", "time", 3]);
  expect(concatenate({ axis: 1 })([a, b]).shape).toEqual(["batch", "time*2", 3]);
  expect(add()([a, symbolicInput({ shape: [7, 3] })]).shape).toEqual(["batch", 7, 3]);
});

test("ops.pad takes two numbers for each axis", () => {
  const x = symbolicInput({ shape: [3] });
  expect(
    ops.pad(x, [
      [0, 0],
      [1, 2],
    ]).shape,
  ).toEqual(["batch", 6]);
  expectError(() => ops.pad(x, [[1, 2]]), "config", "padWidth", "two for each of its 2 axes", "Received: 2");
});
