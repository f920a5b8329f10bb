import { expect, test } from "vitest";

import { reportNames } from "../src/report-names.ts";

const output = (metrics: string[], weightedMetrics: string[] = [], prefix = "") => ({
  prefix,
  metrics,
  weightedMetrics,
});

test("names that were taken get numbers, and weighted ones say so, as in Keras", () => {
  expect(reportNames([output(["auc", "mae", "auc", "auc"], ["mae", "mae", "mse", "mse", "auc"])], ["loss"])).toEqual([
    {
      metrics: ["auc", "mae", "auc_1", "auc_2"],
      weightedMetrics: ["weighted_mae", "weighted_mae_1", "mse", "weighted_mse", "weighted_auc"],
    },
  ]);
});

test("outputs put their names in front", () => {
  const outputs = [output(["mae"], ["mae"], "a_"), output(["mae", "mae"], [], "b_")];
  expect(reportNames(outputs, ["loss", "a_loss", "b_loss"])).toEqual([
    { metrics: ["a_mae"], weightedMetrics: ["a_weighted_mae"] },
    { metrics: ["b_mae", "b_mae_1"], weightedMetrics: [] },
  ]);
});

test("a name that a loss or another metric has is refused", () => {
  expect(() => reportNames([output(["loss"])], ["loss"])).toThrow("metrics: The name 'loss' is reported twice.");
  expect(() => reportNames([output(["auc", "auc", "auc_1"])], ["loss"])).toThrow("The name 'auc_1' is reported twice.");
  expect(() => reportNames([output(["loss"], [], "a_")], ["loss", "a_loss"])).toThrow("'a_loss' is reported twice.");
});
