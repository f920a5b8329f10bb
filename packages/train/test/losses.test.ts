import { readFileSync } from "node:fs";

import * as ir from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { computeLoss, gradients, lossNames, losses, resolveLoss } from "../src/index.ts";
import { batched, camelCased, expectClose, kerasValues, type LossCase, of, run } from "./train-values.ts";

const described = kerasValues.losses.map((item, i): [string, LossCase] => [
  `${i}: ${item.type} ${JSON.stringify(item.config)}`,
  item,
]);

const given = (value: ir.Tensor | undefined, name: string) =>
  value === undefined ? {} : { [name]: { value, shape: batched(value.shape) } };

describe("losses and their gradients are Keras's", () => {
  test.each(described)("%s", async (_, item) => {
    const yPred = of(item.yPred);
    const inputs = {
      ...given(of(item.yTrue, item.labels ? "int32" : "float32"), "yTrue"),
      ...given(yPred, "yPred"),
      ...given(item.sampleWeight === null ? undefined : of(item.sampleWeight), "sampleWeight"),
      ...given(item.mask === null ? undefined : of(item.mask, "bool"), "mask"),
    };
    const { loss, gradient } = await run(inputs, ({ yTrue, yPred: prediction, sampleWeight, mask }) => {
      const spec = { type: item.type, config: camelCased(item.config) };
      const resolved = resolveLoss(spec, yTrue!, prediction!);
      const value = computeLoss(resolved, yTrue!, prediction!, { sampleWeight, mask });
      return { loss: value, gradient: gradients(ir.ReduceSum(value), [prediction!])[0]! };
    });
    expectClose(loss!, item.value);
    expectClose(gradient!, item.gradient);
  });
});

interface SaturatedCase {
  readonly id: string;
  readonly loss: { readonly type: string; readonly config: Readonly<Record<string, unknown>> };
  readonly route: string;
  readonly activation: "softmax" | "sigmoid" | null;
  readonly logits: ir.NestedArray;
  readonly targets: ir.NestedArray;
  readonly value: number;
  readonly perSample: ir.NestedArray;
  readonly gradient: ir.NestedArray;
}

const saturated = JSON.parse(
  readFileSync(new URL("../../../internal/conformance/goldens/crossentropy.json", import.meta.url), "utf8"),
) as { readonly cases: readonly SaturatedCase[] };

describe("saturated crossentropies go back to the logits where Keras does", () => {
  test.each(saturated.cases.map((item): [string, SaturatedCase] => [item.id, item]))("%s", async (_, item) => {
    const inputs = {
      ...given(of(item.logits), "logits"),
      ...given(of(item.targets, item.loss.type.startsWith("Sparse") ? "int32" : "float32"), "yTrue"),
    };
    const activate = (x: ir.Tracer) => {
      if (item.activation === null) return x;
      return item.activation === "softmax" ? ir.Softmax(x) : ir.Sigmoid(x);
    };
    const { loss, gradient, perSample } = await run(inputs, ({ logits, yTrue }) => {
      const activated = activate(logits!);
      const output =
        item.route === "reshape" ? ir.Reshape(activated, ["batch", 1, ...logits!.shape.slice(1)]) : activated;
      const yPred = item.route === "reshape" ? ir.Reshape(output, logits!.shape) : ir.Identity(output);
      const value = computeLoss(resolveLoss(item.loss, yTrue!, yPred), yTrue!, yPred);
      const none = { ...item.loss, config: { ...item.loss.config, reduction: "none" } };
      return {
        loss: value,
        gradient: gradients(value, [logits!])[0]!,
        perSample: computeLoss(resolveLoss(none, yTrue!, yPred), yTrue!, yPred),
      };
    });
    expectClose(loss!, item.value, 1e-6);
    expectClose(perSample!, item.perSample, 1e-6);
    expectClose(gradient!, item.gradient, 1e-6);
  });

  test("through the other activation too", async () => {
    const logits = { value: of([[2, -1, 0.5]]) };
    const yTrue = { value: of([[0, 1, 0]]) };
    const { sigmoid, softmax } = await run({ logits, yTrue }, (x) => ({
      sigmoid: computeLoss(losses.categoricalCrossentropy(), x["yTrue"]!, ir.Sigmoid(x["logits"]!)),
      softmax: computeLoss(losses.binaryCrossentropy(), x["yTrue"]!, ir.Softmax(x["logits"]!)),
    }));
    expectClose(sigmoid!, 3.2413113117218018);
    expectClose(softmax!, 1.4714221954345703);
  });

  test("but not from a float16 softmax, whose cast stands between", async () => {
    const { loss } = await run({ logits: { value: of([[60, -60, 3]]) }, yTrue: { value: of([[0, 1, 0]]) } }, (x) => ({
      loss: computeLoss(losses.categoricalCrossentropy(), x["yTrue"]!, ir.Softmax(ir.Cast(x["logits"]!, "float16"))),
    }));
    expectClose(loss!, 16.11809539794922);
  });
});

describe("names", () => {
  const builder = new ir.GraphBuilder("test");
  const yTrue = builder.input("yTrue", ["batch", 3], "float32");
  const yPred = builder.input("yPred", ["batch", 3], "float32");
  const labels = builder.input("labels", ["batch"], "int32");
  const one = builder.input("one", ["batch", 1], "float32");
  const typeOf = (input: unknown, target = yTrue, prediction = yPred) => {
    const loss = resolveLoss(input, target, prediction);
    return typeof loss === "function" ? loss : loss.type;
  };

  test.each([
    ["mse", "MeanSquaredError"],
    ["MSE", "MeanSquaredError"],
    ["mean_squared_error", "MeanSquaredError"],
    ["meanSquaredError", "MeanSquaredError"],
    ["MeanSquaredError", "MeanSquaredError"],
    ["mae", "MeanAbsoluteError"],
    ["bce", "BinaryCrossentropy"],
    ["binary_crossentropy", "BinaryCrossentropy"],
    ["sparseCategoricalCrossentropy", "SparseCategoricalCrossentropy"],
    ["categorical_crossentropy", "CategoricalCrossentropy"],
    ["kl_divergence", "KLDivergence"],
    ["KLD", "KLDivergence"],
    ["kullback_leibler_divergence", "KLDivergence"],
    ["log_cosh", "LogCosh"],
    ["logcosh", "LogCosh"],
    ["huber", "Huber"],
    ["ctc", "CTC"],
    ["mape", "MeanAbsolutePercentageError"],
    ["MSLE", "MeanSquaredLogarithmicError"],
    ["categorical_generalized_cross_entropy", "CategoricalGeneralizedCrossEntropy"],
    ["sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"],
  ])("%s", (name, type) => {
    expect(typeOf(name)).toBe(type);
  });

  test("crossentropy is the one that fits the targets", () => {
    expect(typeOf("crossentropy")).toBe("CategoricalCrossentropy");
    expect(typeOf("ce", labels)).toBe("SparseCategoricalCrossentropy");
    expect(typeOf("crossentropy", one)).toBe("SparseCategoricalCrossentropy");
    expect(typeOf("crossentropy", one, one)).toBe("BinaryCrossentropy");
  });

  test("losses are plain data with all their options", () => {
    const loss = losses.categoricalCrossentropy({ fromLogits: true });
    expect(loss).toEqual({
      type: "CategoricalCrossentropy",
      config: {
        reduction: "sumOverBatchSize",
        name: null,
        dtype: null,
        fromLogits: true,
        axis: -1,
        labelSmoothing: 0,
      },
    });
    expect(resolveLoss(JSON.parse(JSON.stringify(loss)), yTrue, yPred)).toEqual(loss);
  });

  test("every loss has a factory by its Keras name in camelCase", () => {
    expect(Object.values(losses).map((make) => make().type)).toEqual(lossNames);
    for (const [name, make] of Object.entries(losses)) expect(resolveLoss(name, yTrue, yPred)).toEqual(make());
  });

  test("a loss computes in its dtype", async () => {
    const inputs = { a: { value: of([1 + 2 ** -20], "float64") }, b: { value: of([1]) } };
    const { plain, wide, narrow } = await run(inputs, ({ a, b }) => ({
      plain: computeLoss(losses.meanAbsoluteError(), a!, b!),
      wide: computeLoss(losses.meanAbsoluteError({ dtype: "float64" }), a!, b!),
      narrow: computeLoss(losses.meanAbsoluteError({ dtype: "float16" }), a!, b!),
    }));
    expect([plain!.dtype, wide!.dtype, narrow!.dtype]).toEqual(["float32", "float64", "float16"]);
    expect([plain!, wide!, narrow!].map((value) => value.toNumbers()[0])).toEqual([2 ** -20, 2 ** -20, 0]);
  });

  test("a loss's name stands in messages", () => {
    const loss = losses.sparseCategoricalCrossentropy({ name: "my loss" });
    expect(() => computeLoss(loss, yTrue, yPred)).toThrow("my loss: The targets of a sparse crossentropy");
  });

  test("options out of range", () => {
    const expected = "option 'q': The value cannot be used. Expected: a number between 0 and 1, neither of them.";
    for (const q of [0, 1]) {
      expect(() => losses.categoricalGeneralizedCrossEntropy({ q })).toThrow(`${expected} Received: ${q}.`);
    }
    expect(() => losses.dice({ axis: [0.5] })).toThrow(
      "Dice, option 'axis': The value cannot be used. " +
        "Expected: a whole number, a list of them, or null for all axes. Received: [0.5].",
    );
    expect(() => losses.huber({ reduction: "median" })).toThrow("option 'reduction': Unknown value 'median'.");
    expect(() => losses.binaryCrossentropy({ labelSmoothing: 2 })).toThrow("a number from 0 to 1");
  });

  test("a function is a loss", async () => {
    const cubic = (target: ir.SymbolicTensor, prediction: ir.SymbolicTensor) =>
      ir.ops.power(ir.ops.absolute(ir.ops.subtract(target, prediction)), 3);
    const inputs = { a: { value: of([1, 2]) }, b: { value: of([3, 2]) } };
    const { loss } = await run(inputs, ({ a, b }) => ({ loss: computeLoss(resolveLoss(cubic, a!, b!), a!, b!) }));
    expectClose(loss!, 4);
  });

  test("unknown ones are listed with the nearest", () => {
    expect(() => typeOf("mean_square_error")).toThrow(
      "loss: Unknown loss 'mean_square_error'. Expected: one of BinaryCrossentropy, BinaryFocalCrossentropy, " +
        "CategoricalCrossentropy, CategoricalFocalCrossentropy, CategoricalGeneralizedCrossEntropy, CategoricalHinge, " +
        "Circle, CosineSimilarity, CTC, Dice, Hinge, Huber, KLDivergence, LogCosh, MeanAbsoluteError, " +
        "MeanAbsolutePercentageError, MeanSquaredError, MeanSquaredLogarithmicError, Poisson, " +
        "SparseCategoricalCrossentropy, SquaredHinge, Tversky, bce, kld, kullbackLeiblerDivergence, mae, mape, mse, " +
        "msle, crossentropy, ce. Did you mean 'MeanSquaredError'?",
    );
    expect(() => typeOf(3)).toThrow("This is not a loss.");
    expect(() => typeOf({ type: "mse", config: { fromLogits: true } })).toThrow("Unknown option 'fromLogits'.");
  });
});

describe("shapes that do not fit", () => {
  const builder = new ir.GraphBuilder("test");
  const predictions = builder.input("predictions", ["batch", 10], "float32");

  test("class numbers for a categorical crossentropy", () => {
    const labels = builder.input("labels", ["batch", 1], "int32");
    expect(() => computeLoss(losses.categoricalCrossentropy(), labels, predictions)).toThrow(
      "CategoricalCrossentropy: The targets and the predictions of a crossentropy must have the same shape. " +
        "Expected: targets of shape (None, 10). Received: (None, 1). " +
        "Use sparseCategoricalCrossentropy for targets that are class numbers.",
    );
  });

  test("one-hot targets for a sparse crossentropy", () => {
    const oneHot = builder.input("one hot", ["batch", 10], "float32");
    expect(() => computeLoss(losses.sparseCategoricalCrossentropy(), oneHot, predictions)).toThrow(
      "Use categoricalCrossentropy for targets that are one-hot or probabilities.",
    );
  });

  test("CTC and circle say what they compare", () => {
    const labels = builder.input("speech", ["batch", 4], "int32");
    expect(() => computeLoss(losses.ctc(), labels, predictions)).toThrow(
      "CTC: CTC compares sequences of labels with logits over time. Expected: targets of shape (batch, labels), " +
        "predictions of shape (batch, time, classes). Received: (None, 4) and (None, 10).",
    );
    expect(() => computeLoss(losses.circle(), labels, predictions)).toThrow(
      "Circle: The circle loss compares embeddings, one vector a sample, by one whole number a sample. " +
        "Expected: targets of shape (batch,), predictions of shape (batch, features). " +
        "Received: (None, 4) and (None, 10).",
    );
  });

  test("labels (batch, 1) of a generalized crossentropy are one a sample", async () => {
    const yPred = {
      value: of([
        [0.25, 0.75],
        [1, 0],
      ]),
    };
    const column = { value: of([[1], [0]], "int32") };
    const row = { value: of([1, 0], "int32") };
    const { both, flat } = await run({ yPred, column, row }, (x) => ({
      both: computeLoss(losses.categoricalGeneralizedCrossEntropy(), x["column"]!, x["yPred"]!),
      flat: computeLoss(losses.categoricalGeneralizedCrossEntropy(), x["row"]!, x["yPred"]!),
    }));
    expect(both!.toNumbers()).toEqual(flat!.toNumbers());
  });

  test("one weight a sample for values with more axes", () => {
    const sequences = builder.input("sequences", ["batch", "time", 3], "float32");
    const weights = builder.input("weights", ["batch"], "float32");
    expect(() => computeLoss(losses.meanSquaredError(), sequences, sequences, { sampleWeight: weights })).toThrow(
      "The sample weights do not fit the values they weigh.",
    );
  });
});
