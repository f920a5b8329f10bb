import * as ir from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { type Metric, metricName, metricNames, metrics, metricSums, resolveMetric } from "../src/index.ts";
import { metricCatalogue } from "../src/metrics/catalogue.ts";
import { batched, expectClose, kerasValues, type MetricCase, of, run } from "./train-values.ts";

const described = kerasValues.metrics.map((item, i): [string, MetricCase] => [`${i}: ${item.name}`, item]);

describe("metrics are Keras's", () => {
  test.each(described)("%s", async (_, item) => {
    const given = (name: string, value: ir.Tensor) => ({ [name]: { value, shape: batched(value.shape) } });
    const inputs = {
      ...given("yTrue", of(item.yTrue)),
      ...given("yPred", of(item.yPred)),
      ...(item.sampleWeight === null ? {} : given("sampleWeight", of(item.sampleWeight))),
      ...(item.mask === null ? {} : given("mask", of(item.mask, "bool"))),
    };
    const { total, count } = await run(inputs, ({ yTrue, yPred, sampleWeight, mask }) => {
      const metric = resolveMetric(item.name, yTrue!, yPred!);
      expect(metricName(metric)).toBe(item.reported);
      return { ...metricSums(metric, yTrue!, yPred!, { sampleWeight, mask }) };
    });
    expectClose(total!, item.total);
    expectClose(count!, item.count);
  });
});

describe("names", () => {
  const builder = new ir.GraphBuilder("test");
  const yTrue = builder.input("yTrue", ["batch", 3], "float32");
  const yPred = builder.input("yPred", ["batch", 3], "float32");
  const labels = builder.input("labels", ["batch"], "int32");
  const one = builder.input("one", ["batch", 1], "float32");

  test("accuracy is the one that fits the targets", () => {
    expect(resolveMetric("accuracy", yTrue, yPred)).toMatchObject({ type: "CategoricalAccuracy", name: "accuracy" });
    expect(resolveMetric("acc", labels, yPred)).toMatchObject({ type: "SparseCategoricalAccuracy", name: "acc" });
    expect(resolveMetric("accuracy", one, one)).toMatchObject({ type: "BinaryAccuracy", name: "accuracy" });
  });

  test("metrics made with options carry Keras's names, or their own", () => {
    expect(metrics.binaryAccuracy({ threshold: 0.7 })).toEqual({
      type: "BinaryAccuracy",
      name: "binary_accuracy",
      config: { threshold: 0.7 },
    });
    expect(metricName(metrics.meanAbsoluteError())).toBe("mean_absolute_error");
    expect(metricName(metrics.meanAbsoluteError({ name: "error" }))).toBe("error");
  });

  test("metrics survive JSON", () => {
    const metric = metrics.categoricalCrossentropy({ fromLogits: true, name: "nats" });
    expect(resolveMetric(JSON.parse(JSON.stringify(metric)), yTrue, yPred)).toEqual(metric);
  });

  test("a function is a metric under its own name", async () => {
    const largest = (_: ir.SymbolicTensor, prediction: ir.SymbolicTensor) => ir.ops.max(prediction, { axis: 1 });
    const metric = resolveMetric(largest, yTrue, yPred);
    expect(metricName(metric)).toBe("largest");
    const x = {
      value: of([
        [1, 2],
        [5, 3],
      ]),
    };
    const totals = await run({ x }, ({ x: value }) => ({ ...metricSums(metric, value!, value!) }));
    expectClose(totals["total"]!, 7);
    expectClose(totals["count"]!, 2);
  });

  test("every metric has a factory by its Keras name in camelCase", () => {
    const required = {
      numClasses: 2,
      targetClassIds: [0],
      recall: 0.5,
      precision: 0.5,
      specificity: 0.5,
      sensitivity: 0.5,
    };
    const types = Object.entries(metrics).map(([name, make]) => {
      const wanted = Object.keys(
        metricCatalogue[metricNames.find((type) => type.toLowerCase() === name.toLowerCase())!].fields,
      );
      const config = Object.fromEntries(Object.entries(required).filter(([field]) => wanted.includes(field)));
      const made = (make as (config: object) => Metric)(config);
      expect(resolveMetric({ type: made.type, config }, yTrue, yPred)).toEqual(made);
      return made.type;
    });
    expect(types.toSorted()).toEqual(metricNames.toSorted());
  });

  test("Accuracy as a type is the class, in any other spelling what fits", () => {
    expect(resolveMetric({ type: "Accuracy" }, yTrue, yPred)).toMatchObject({ type: "Accuracy", name: "accuracy" });
    expect(resolveMetric("Accuracy", yTrue, yPred)).toMatchObject({ type: "CategoricalAccuracy", name: "Accuracy" });
  });

  test.each([
    ["kld", "KLDivergence"],
    ["log_cosh", "LogCoshError"],
    ["mape", "MeanAbsolutePercentageError"],
    ["MSLE", "MeanSquaredLogarithmicError"],
    ["auc", "AUC"],
    ["f1_score", "F1Score"],
    ["r2_score", "R2Score"],
  ])("%s", (name, type) => {
    expect(resolveMetric(name, yTrue, yPred)).toMatchObject({ type, name });
  });

  test("options that are missing or do not fit", () => {
    expect(() => resolveMetric("meanIoU", yTrue, yPred)).toThrow(
      "metrics, MeanIoU: 'numClasses' is missing. Expected: a whole number of at least 1.",
    );
    expect(() => metrics.iou({ numClasses: 2, targetClassIds: [0, 2] })).toThrow(
      "IoU: Target class 2 is out of range. Expected: class numbers from 0 to 1. Received: [0,2].",
    );
    expect(() => metrics.precision({ thresholds: [0.5, 1.5] })).toThrow(
      "Precision, option 'thresholds': The thresholds cannot be used. " +
        "Expected: a number from 0 to 1, a list of them, or null. Received: [0.5,1.5].",
    );
    expect(() => metrics.auc({ numLabels: 3 })).toThrow("AUC: 'numLabels' is needed only when 'multiLabel' is true.");
    expect(() => metrics.auc({ labelWeights: [] })).toThrow("option 'labelWeights': The value cannot be used.");
    expect(() => metrics.auc({ curve: "gain" as never })).toThrow("option 'curve': Unknown value 'gain'.");
    expect(() => metrics.f1Score({ threshold: 0 })).toThrow("Expected: a number above 0, up to 1. Received: 0.");
    expect(() => metrics.fBetaScore({ beta: 0 })).toThrow("Expected: a number above 0. Received: 0.");
    expect(() => metrics.recallAtPrecision({ precision: 1.5 })).toThrow("a number from 0 to 1");
  });

  test("unknown ones are listed with the nearest", () => {
    expect(() => resolveMetric("binary_acuracy", yTrue, yPred)).toThrow("Did you mean 'BinaryAccuracy'?");
    expect(() => resolveMetric(null, yTrue, yPred)).toThrow("This is not a metric.");
    expect(() => resolveMetric({ type: "accuracy", config: { axis: 1 } }, yTrue, yPred)).toThrow(
      "Unknown option 'axis'.",
    );
  });
});

describe("shapes that do not fit", () => {
  const builder = new ir.GraphBuilder("test");
  const flat = builder.input("flat", ["batch"], "float32");
  const yPred = builder.input("yPred", ["batch", 3], "float32");

  test("of F scores, R2, labels and classes", () => {
    expect(() => metricSums(metrics.f1Score(), flat, yPred)).toThrow(
      "f1_score: An F score compares targets and predictions of several classes. Expected: shapes (batch, classes), " +
        "with a known number of classes. Received: targets (None,), predictions (None, 3).",
    );
    expect(() => metricSums(metrics.r2Score(), flat, flat)).toThrow("r2_score: The R2 score compares targets");
    expect(() => metricSums(metrics.auc({ multiLabel: true }), flat, flat)).toThrow(
      "auc: Labels that are counted one by one need an axis of them. Expected: predictions of shape (batch, labels). " +
        "Received: (None,).",
    );
    expect(() => metricSums(metrics.auc({ multiLabel: true, numLabels: 4 }), yPred, yPred)).toThrow(
      "auc: The labels do not fit the predictions. Expected: predictions with 4 labels along the last axis. " +
        "Received: (None, 3).",
    );
    expect(() => metricSums(metrics.precision({ classId: 0 }), flat, flat)).toThrow(
      "precision: A class of predictions needs an axis of them.",
    );
  });

  test("Mean and Sum have no place for sample weights", () => {
    for (const metric of [metrics.mean(), metrics.sum()]) {
      expect(() => metricSums(metric, flat, flat, { sampleWeight: flat })).toThrow(
        `weightedMetrics: ${metric.type} takes the predictions as its weights, so that there is no place for sample ` +
          "weights. Give it as one of the metrics.",
      );
    }
  });
});

test("labels that are no classes are never among the top k", async () => {
  const inputs = {
    yTrue: { value: of([1, 3, -1], "int32") },
    yPred: {
      value: of([
        [0, 1, 0],
        [0, 1, 0],
        [0, 1, 0],
      ]),
    },
  };
  const sums = await run(inputs, ({ yTrue, yPred }) => ({
    ...metricSums(metrics.sparseTopKCategoricalAccuracy({ k: 5 }), yTrue!, yPred!),
  }));
  expectClose(sums["total"]!, 1);
});
