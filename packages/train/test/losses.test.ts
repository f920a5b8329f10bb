import { readFileSync } from "node:fs";

import * as ir from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { computeLoss, gradients, losses, resolveLoss } from "../src/index.ts";
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
      config: { reduction: "sumOverBatchSize", fromLogits: true, axis: -1, labelSmoothing: 0 },
    });
    expect(resolveLoss(JSON.parse(JSON.stringify(loss)), yTrue, yPred)).toEqual(loss);
  });

  test("a function is a loss", async () => {
    const cubic = (target: ir.Tracer, prediction: ir.Tracer) => ir.Pow(ir.Abs(ir.Sub(target, prediction)), 3);
    const inputs = { a: { value: of([1, 2]) }, b: { value: of([3, 2]) } };
    const { loss } = await run(inputs, ({ a, b }) => ({ loss: computeLoss(resolveLoss(cubic, a!, b!), a!, b!) }));
    expectClose(loss!, 4);
  });

  test("unknown ones are listed with the nearest", () => {
    expect(() => typeOf("mean_square_error")).toThrow(
      "loss: Unknown loss 'mean_square_error'. Expected: one of MeanSquaredError, MeanAbsoluteError, " +
        "CategoricalCrossentropy, SparseCategoricalCrossentropy, BinaryCrossentropy, mse, mae, bce, crossentropy, ce. Did you mean 'MeanSquaredError'?",
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

  test("one weight a sample for values with more axes", () => {
    const sequences = builder.input("sequences", ["batch", "time", 3], "float32");
    const weights = builder.input("weights", ["batch"], "float32");
    expect(() => computeLoss(losses.meanSquaredError(), sequences, sequences, { sampleWeight: weights })).toThrow(
      "The sample weights do not fit the values they weigh.",
    );
  });
});
