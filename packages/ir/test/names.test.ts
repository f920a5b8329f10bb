import {
  firstOf,
  automaticName,
  LamellaError,
  locate,
  nearestName,
  resetNames,
  resolveName,
  snakeCase,
  unknownName,
} from "@lamella/ir";
import { beforeEach, describe, expect, test } from "vitest";

import { errorOf, expectError } from "./expect-error.ts";

describe("names of layers", () => {
  beforeEach(resetNames);

  // keras.src.utils.naming.to_snake_case
  test.for<[string, string]>([
    ["Dense", "dense"],
    ["ReLU", "re_lu"],
    ["Conv2D", "conv2d"],
    ["MaxPooling2D", "max_pooling2d"],
    ["GlobalAveragePooling2D", "global_average_pooling2d"],
    ["BatchNormalization", "batch_normalization"],
    ["ZeroPadding2D", "zero_padding2d"],
    ["LSTM", "lstm"],
    ["InputLayer", "input_layer"],
    ["SimpleRNN", "simple_rnn"],
    ["GRUCell", "gru_cell"],
    ["Conv2DTranspose", "conv2d_transpose"],
    ["PReLU", "p_re_lu"],
    ["ELU", "elu"],
    ["LeakyReLU", "leaky_re_lu"],
  ])("%s becomes %s", ([type, name]) => {
    expect(snakeCase(type)).toBe(name);
  });

  test("get a number from the second on, each type for itself", () => {
    const names = ["Dense", "Dense", "LSTM", "Dense"].map(automaticName);
    expect(names).toEqual(["dense", "dense_1", "lstm", "dense_2"]);
    resetNames();
    expect(automaticName("Dense")).toBe("dense");
  });
});

describe("spellings", () => {
  const known = ["glorotUniform", "heNormal"] as const;

  test.for(["glorotUniform", "glorot_uniform", "GlorotUniform", "glorot-uniform", "GLOROT UNIFORM"])("%s", (name) => {
    expect(resolveName("initializer", name, known)).toBe("glorotUniform");
  });

  test("aliases", () => {
    expect(resolveName("initializer", "kaiming", known, undefined, { Kaiming: "heNormal" })).toBe("heNormal");
  });

  test("an unknown name lists the known ones and suggests the nearest", () => {
    const error = errorOf(() => resolveName("initializer", "glorot_unifrom", known, "dense"));
    expect(error.code).toBe("name");
    expect(error.message).toBe(
      "dense: Unknown initializer 'glorot_unifrom'. Expected: one of glorotUniform, heNormal. Did you mean 'glorotUniform'?",
    );
  });

  test("nothing is suggested when nothing is near", () => {
    expect(nearestName("orthogonal", known)).toBeUndefined();
    expect(nearestName("relu", ["elu", "gelu", "selu"])).toBe("elu");
    expect(nearestName("binary_crossentopy", ["binaryCrossentropy", "mse"])).toBe("binaryCrossentropy");
    expect(nearestName("x", [])).toBeUndefined();
    expect(unknownName("layer", "orthogonal", known).message).toBe(
      "Unknown layer 'orthogonal'. Expected: one of glorotUniform, heNormal.",
    );
  });

  test("says so where nothing is known, and how much it leaves out", () => {
    expect(unknownName("option", "x", []).message).toBe("Unknown option 'x'. Expected: none.");
    expect([firstOf([]), firstOf(["a", "b"], 2), firstOf(["a", "b", "c", "d"], 2)]).toEqual([
      "none",
      "a, b",
      "a, b and 2 more",
    ]);
  });
});

describe("errors", () => {
  test("are one sentence with what was expected, what was received, and what to do", () => {
    const cause = new Error("why");
    const error = new LamellaError("shape", {
      where: "dense (Dense)",
      problem: "It does not fit.",
      expected: "(None, 3)",
      received: "(None, 4)",
      hint: "Reshape it.",
      cause,
    });
    expect(error.message).toBe("dense (Dense): It does not fit. Expected: (None, 3). Received: (None, 4). Reshape it.");
    expect(error).toMatchObject({ name: "LamellaError", code: "shape", where: "dense (Dense)", cause });
    expect(new LamellaError("graph", { problem: "It is broken." }).message).toBe("It is broken.");
  });

  test("get a place where they have none", () => {
    const fail = (where?: string) => () => {
      throw new LamellaError("graph", { where, problem: "It is broken.", hint: "Mend it." });
    };
    expectError(() => locate("outer", fail()), "graph", "outer: It is broken. Mend it.");
    expectError(() => locate("outer", fail("inner")), "graph", "inner: It is broken.");
    expect(() =>
      locate("outer", () => {
        throw new RangeError("other");
      }),
    ).toThrow(RangeError);
    expect(locate("outer", () => 3)).toBe(3);
  });
});
