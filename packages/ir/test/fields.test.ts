import {
  activationNames,
  configToJson,
  constraints,
  dense,
  type Field,
  fields,
  initializerNames,
  maxPooling2d,
  parseConfig,
  regularizers,
  resolveActivation,
  resolveConstraint,
  resolveRegularizer,
} from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { errorOf, expectError } from "./expect-error.ts";

const parse = (field: Field<unknown, unknown>, input: unknown) => field.parse(input, "here");

describe("a field takes what it says, and else says what it expects", () => {
  test.for<[string, Field<unknown, unknown>, readonly [unknown, unknown][], readonly unknown[], string]>([
    [
      "integer",
      fields.integer(),
      [
        [3, 3],
        [-3, -3],
      ],
      [1.5, "3", NaN, 2 ** 53, null, true],
      "a whole number",
    ],
    ["integer with min", fields.integer({ min: 1 }), [[1, 1]], [0, -1], "a whole number of at least 1"],
    [
      "number",
      fields.number(),
      [
        [1.5, 1.5],
        [Infinity, Infinity],
      ],
      [NaN, "1", null],
      "a number",
    ],
    ["number with min", fields.number({ min: 0 }), [[0, 0]], [-0.1], "a number of at least 0"],
    ["number with max", fields.number({ max: 1 }), [[-5, -5]], [1.1], "a number up to 1"],
    ["number between", fields.number({ min: 0, max: 1 }), [[0.5, 0.5]], [-1, 2], "a number from 0 to 1"],
    [
      "boolean",
      fields.boolean(),
      [
        [false, false],
        [true, true],
      ],
      [0, "true", null],
      "true or false",
    ],
    [
      "text",
      fields.text(),
      [
        ["", ""],
        ["a", "a"],
      ],
      [1, null],
      "a text",
    ],
    [
      "sizes",
      fields.sizes(2),
      [
        [3, [3, 3]],
        [
          [3, 5],
          [3, 5],
        ],
      ],
      [0, [3], [3, 5, 7], [3, 0], "3", [3, 1.5], null],
      "a whole number of at least 1, or 2 of them",
    ],
    ["sizes with min", fields.sizes(2, { min: 0 }), [[0, [0, 0]]], [-1], "a whole number of at least 0, or 2 of them"],
    [
      "integers",
      fields.integers(),
      [
        [
          [1, -1],
          [1, -1],
        ],
        [[], []],
      ],
      [3, [1.5], "1", null],
      "a list of whole numbers",
    ],
    [
      "shape",
      fields.shape(),
      [
        [
          [null, 3, "time * 2"],
          [null, 3, "time*2"],
        ],
      ],
      [3, [1.5], [undefined], "time", null],
      "a list of sizes; null or a name such as 'time' where a size is unknown",
    ],
    [
      "orNull",
      fields.orNull(fields.integer({ min: 0 })),
      [
        [null, null],
        [3, 3],
      ],
      [-1, "x"],
      "a whole number of at least 0",
    ],
    ["layer", fields.layer(), [], [3, null, () => 3, { type: "Dense" }], "a layer"],
    ["layers", fields.layers(), [[[], []]], [3, [3], null], "a list of layers"],
  ])("%s", ([, field, good, bad, expected]) => {
    for (const [input, value] of good) expect(parse(field, input)).toEqual(value);
    for (const input of bad) {
      expectError(
        () => parse(field, input),
        "config",
        `here: The value cannot be used. Expected: ${expected}.`,
        "Received",
      );
    }
    expect(field.expects.startsWith(expected)).toBe(true);
  });

  test("what was received is shown as it was written", () => {
    const received = (input: unknown) => errorOf(() => parse(fields.integer(), input)).received;
    expect([received("a"), received([1]), received(NaN), received(undefined), received(null)]).toEqual([
      "'a'",
      "[1]",
      "NaN",
      "undefined",
      "null",
    ]);
  });

  test("shapes say which size is no dimension", () => {
    expectError(() => parse(fields.shape(), ["2a"]), "shape", "'2a' is not a dimension.");
  });

  test("choice takes other spellings and suggests the nearest", () => {
    const field = fields.choice(["channelsLast", "channelsFirst"], "channelsLast");
    expect(field.parse("channels_first", "here")).toBe("channelsFirst");
    expect(field.default).toBe("channelsLast");
    expectError(
      () => field.parse("channelFirst", "here"),
      "name",
      "here: Unknown value 'channelFirst'. Expected: one of channelsLast, channelsFirst. Did you mean 'channelsFirst'?",
    );
    expectError(() => field.parse(1, "here"), "config", "Expected: 'channelsLast' or 'channelsFirst'. Received: 1.");
  });

  test("activation, initializer, regularizer and constraint take names", () => {
    expect(parse(fields.activation(), "hard_sigmoid")).toBe("hardSigmoid");
    expect(parse(fields.activation(), null)).toBe("linear");
    expect(parse(fields.initializer({ type: "Zeros", config: {} }), "ones")).toEqual({ type: "Ones", config: {} });
    expect(parse(fields.regularizer(), "l2")).toEqual(regularizers.l2());
    expect(parse(fields.regularizer(), null)).toBeNull();
    expect(parse(fields.constraint(), "non_neg")).toEqual(constraints.nonNeg());
    expect(fields.activation().expects).toContain(activationNames.join(", "));
    expect(fields.initializer({ type: "Zeros", config: {} }).expects).toContain(initializerNames.join(", "));
  });
});

describe("a configuration", () => {
  const declared = {
    units: fields.integer({ min: 1 }),
    useBias: fields.boolean(true),
    seed: fields.orNull(fields.integer()),
  };

  test("gets the defaults of what is missing", () => {
    expect(parseConfig(declared, { units: 3 }, "dense")).toEqual({ units: 3, useBias: true, seed: null });
    expect(parseConfig(declared, { units: 3, useBias: undefined, extra: undefined }, "dense").useBias).toBe(true);
  });

  test("comes back from JSON", () => {
    const config = parseConfig(declared, { units: 3, seed: 5 }, "dense");
    const json = configToJson(declared, config);
    expect(parseConfig(declared, JSON.parse(JSON.stringify(json)) as typeof json, "dense")).toEqual(config);
  });

  test("is refused when something is missing, wrong or unknown", () => {
    expectError(
      () => parseConfig(declared, {}, "dense"),
      "config",
      "dense: 'units' is missing. Expected: a whole number of at least 1.",
    );
    expectError(
      () => parseConfig(declared, { units: 0 }, "dense"),
      "config",
      "dense, option 'units': The value cannot be used. Expected: a whole number of at least 1. Received: 0.",
    );
    expectError(
      () => parseConfig(declared, { units: 3, use_bias: true }, "dense"),
      "name",
      "dense: Unknown option 'use_bias'. Expected: one of units, useBias, seed. Did you mean 'useBias'?",
    );
  });
});

describe("layers say what is wrong with their options", () => {
  const options = (value: object) => value as Parameters<typeof dense>[1];

  test.for<[string, () => unknown, string, string[]]>([
    ["a missing argument", () => dense(undefined as unknown as number), "config", ["Dense: 'units' is missing."]],
    ["a wrong argument", () => dense(-3), "config", ["Dense, option 'units':", "Received: -3."]],
    [
      "an object in its place",
      () => dense({ units: 3 } as unknown as number),
      "config",
      ["Dense, option 'units':", 'Received: {"units":3}.'],
    ],
    [
      "an unknown option",
      () => dense(3, options({ activaton: "relu" })),
      "name",
      ["Dense: Unknown option 'activaton'. Expected: one of units, activation,", "Did you mean 'activation'?"],
    ],
    [
      "a misspelt general option",
      () => dense(3, options({ nmae: "x" })),
      "name",
      ["Dense: Unknown option 'nmae'.", "name, trainable, dtype, inputShape", "Did you mean 'name'?"],
    ],
    [
      "an unknown activation, by the layer's name",
      () => dense(3, { activation: "rellu", name: "first" }),
      "name",
      [
        "first, option 'activation': Unknown activation 'rellu'. Expected: one of linear, relu,",
        "Did you mean 'relu'?",
      ],
    ],
    [
      "an unknown initializer",
      () => dense(3, { kernelInitializer: "he_norml" }),
      "name",
      ["Dense, option 'kernelInitializer': Unknown initializer 'he_norml'.", "Did you mean 'HeNormal'?"],
    ],
    [
      "an unknown regularizer",
      () => dense(3, { kernelRegularizer: "l3" }),
      "name",
      ["Dense, option 'kernelRegularizer': Unknown regularizer 'l3'. Expected: one of L1, L2,"],
    ],
    [
      "options that are no object",
      () => dense(3, "relu" as unknown as object),
      "config",
      ['Dense: The arguments cannot be used. Expected: units, one object of options. Received: 3, "relu".'],
    ],
    [
      "too many arguments",
      () => (dense as (...values: unknown[]) => unknown)(3, { activation: "relu" }, true),
      "config",
      ["Dense: The arguments cannot be used.", 'Received: 3, {"activation":"relu"}, true.'],
    ],
    [
      "an option in front, and again",
      () => maxPooling2d(2, Object.fromEntries([["poolSize", 3]])),
      "config",
      ["MaxPooling2D: 'poolSize' is given twice: in front, and in the options."],
    ],
    [
      "options in front that are none",
      () => maxPooling2d(2, 1 as unknown as object),
      "config",
      ["MaxPooling2D: The arguments cannot be used. Expected: poolSize, one object of options. Received: 2, 1."],
    ],
    ["a bad value in front", () => maxPooling2d(0), "config", ["MaxPooling2D, option 'poolSize'", "Received: 0"]],
    ["an unknown dtype", () => dense(3, options({ dtype: "float" })), "dtype", ["dense", "Unknown dtype."]],
    ["an empty name", () => dense(3, { name: "" }), "config", ["Dense: A layer's name must not be empty"]],
    ["a name with a slash", () => dense(3, { name: "a/b" }), "config", ["must not be empty or contain '/'", "'a/b'"]],
  ])("%s", ([, work, code, texts]) => {
    expectError(work, code as "config", ...texts);
  });
});

test("an option may stand in front of the others, as in Keras", () => {
  const configs = [
    maxPooling2d(3),
    maxPooling2d([3, 2], { strides: 1 }),
    maxPooling2d({ poolSize: 3 }),
    maxPooling2d(),
  ];
  expect(configs.map(({ config: { poolSize, strides } }) => [poolSize, strides])).toEqual([
    [[3, 3], null],
    [
      [3, 2],
      [1, 1],
    ],
    [[3, 3], null],
    [[2, 2], null],
  ]);
});

describe("regularizers", () => {
  test("have Keras's defaults", () => {
    expect(regularizers.l1()).toEqual({ type: "L1", config: { l1: 0.01, l2: 0 } });
    expect(regularizers.l2(0.5)).toEqual({ type: "L2", config: { l1: 0, l2: 0.5 } });
    expect(regularizers.l1l2({ l1: 0.1 })).toEqual({ type: "L1L2", config: { l1: 0.1, l2: 0 } });
    expect(resolveRegularizer("l1")).toEqual(regularizers.l1());
    expect(resolveRegularizer({ type: "l2", config: { l2: 0.5 } })).toEqual(regularizers.l2(0.5));
  });

  test.for([5, {}, { type: "L1", config: { l1: "x" } }, true])("%j is none", (input) => {
    expectError(() => resolveRegularizer(input, "dense"), "config", "dense: This is not a regularizer.", "'l1', 'l2'");
  });
});

describe("constraints", () => {
  test("have Keras's defaults", () => {
    expect(constraints.maxNorm()).toEqual({ type: "MaxNorm", config: { maxValue: 2, axis: 0 } });
    expect(constraints.minMaxNorm({ rate: 0.5 })).toEqual({
      type: "MinMaxNorm",
      config: { minValue: 0, maxValue: 1, rate: 0.5, axis: 0 },
    });
    expect(resolveConstraint("unit_norm")).toEqual(constraints.unitNorm());
    expect(resolveConstraint(null)).toBeNull();
  });

  test("are refused when unknown", () => {
    expectError(() => resolveConstraint("maxnrm", "dense"), "name", "Unknown constraint 'maxnrm'.", "'MaxNorm'?");
    expectError(() => resolveConstraint(3, "dense"), "config", "dense: This is not a constraint.", "Received: 3.");
    expectError(() => resolveConstraint({ type: "MaxNorm", config: { max: 1 } }), "name", "Unknown option 'max'.");
  });
});

describe("activations", () => {
  test("take Keras's names", () => {
    const names = ["swish", "hard_swish", "leaky_relu", "log_softmax", "ReLU6", null, undefined];
    expect(names.map((name) => resolveActivation(name))).toEqual([
      "silu",
      "hardSilu",
      "leakyRelu",
      "logSoftmax",
      "relu6",
      "linear",
      "linear",
    ]);
  });

  test("are given by name", () => {
    expectError(
      () => resolveActivation(Math.tanh, "dense"),
      "config",
      "dense: An activation is given by name.",
      "function",
    );
  });
});
