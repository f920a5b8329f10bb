import * as ir from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { metricName, metrics, metricSums, resolveMetric } from "../src/index.ts";
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
    const largest = (_: ir.Tracer, prediction: ir.Tracer) => ir.ReduceMax(prediction, { axes: [1] });
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

  test("unknown ones are listed with the nearest", () => {
    expect(() => resolveMetric("binary_acuracy", yTrue, yPred)).toThrow("Did you mean 'BinaryAccuracy'?");
    expect(() => resolveMetric(null, yTrue, yPred)).toThrow("This is not a metric.");
    expect(() => resolveMetric({ type: "accuracy", config: { axis: 1 } }, yTrue, yPred)).toThrow(
      "Unknown option 'axis'.",
    );
  });
});
