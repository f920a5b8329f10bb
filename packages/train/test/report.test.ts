import { GraphBuilder, ReduceSum } from "@lamella/ir";
import { expect, test } from "vitest";

import { layOut, meanResult, ReportTotals } from "../src/report.ts";

const builder = new GraphBuilder("test");
const perClass = builder.input("perClass", [3], "float32");
const perSample = builder.input("perSample", ["batch"], "float32");
const total = ReduceSum(perSample);

test("sums of all shapes are added over batches, each for its own metric", () => {
  const { report, entries } = layOut([
    { name: "loss", sums: { total, count: total }, result: meanResult },
    {
      name: "score",
      sums: { perClass, total },
      result: (sums) => [...sums["perClass"]!].map((x) => x / sums["total"]![0]!),
    },
  ]);
  expect(report.shape).toEqual([6]);
  const totals = new ReportTotals(entries);
  totals.add([3, 2, 1, 2, 3, 4]);
  totals.add([4, 5, 10, 20, 30, 6]);
  expect(totals.logs).toEqual({ loss: 1, "score[0]": 1.1, "score[1]": 2.2, "score[2]": 3.3 });
});

test("nothing measured is 0", () => {
  const { entries } = layOut([{ name: "loss", sums: { total, count: total }, result: meanResult }]);
  expect(new ReportTotals(entries).logs).toEqual({ loss: 0 });
});

test("sums whose size depends on the batch are refused", () => {
  expect(() => layOut([{ name: "mine", sums: { perSample }, result: () => 0 }])).toThrow(
    "mine: The size of 'perSample', which is added over batches, depends on the data. " +
      "Expected: sizes that are numbers. Received: batch.",
  );
});
