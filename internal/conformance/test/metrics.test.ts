import { GraphBuilder, type JsonObject, type Tensor } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";
import { metricName, metricNames, metricResult, metricSums, resolveMetric } from "@lamella/train";
import { expect, test } from "vitest";

import { withGraph } from "../src/evaluate.ts";
import { decodeTensor, type GoldenTensor, readGoldenCases } from "../src/golden.ts";
import { withOurNames } from "../src/keras-options.ts";
import { describeWhereThere } from "../src/required.ts";
import { trained } from "../src/subjects.ts";
import { tolerated } from "../src/tolerance.ts";

interface MetricBatch {
  readonly yTrue: GoldenTensor;
  readonly yPred: GoldenTensor;
  readonly sampleWeight: GoldenTensor | null;
  readonly mask: GoldenTensor | null;
  /** After this batch and those before. */
  readonly result: number | readonly number[];
}

interface MetricGolden {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly config: JsonObject;
  readonly batches: readonly MetricBatch[];
}

const goldens = readGoldenCases("metrics") as readonly MetricGolden[];

async function expectMetric({ id, type, name, config, batches }: MetricGolden, backend: Backend): Promise<void> {
  const [first] = batches;
  const present = (["yTrue", "yPred", "sampleWeight", "mask"] as const).filter((port) => first![port] !== null);
  const builder = new GraphBuilder(id);
  const inputs = present.map((port) => {
    const { shape, dtype } = decodeTensor(first![port]!);
    return [port, builder.input(port, ["batch", ...shape.slice(1)], dtype)] as const;
  });
  const { yTrue, yPred, sampleWeight, mask } = Object.fromEntries(inputs);
  const metric = resolveMetric({ type, config: withOurNames(config) }, yTrue!, yPred!);
  expect(metricName(metric)).toBe(name);
  const sums = metricSums(metric, yTrue!, yPred!, { sampleWeight, mask });
  const totals: Record<string, Float64Array> = {};
  await withGraph(backend, builder.finish({ ...sums }), async (run) => {
    for (const batch of batches) {
      const feeds = Object.fromEntries(present.map((port): [string, Tensor] => [port, decodeTensor(batch[port]!)]));
      for (const [sum, value] of Object.entries(await run(feeds))) {
        const total = (totals[sum] ??= new Float64Array(value.size));
        for (const [i, number] of value.toNumbers().entries()) total[i]! += number;
      }
      expectResult(metricResult(metric, totals), batch.result);
    }
  });
}

/**
 * Keras adds up in float32 over batches, this in float64. Measured on all backends: 2 epsilons of the largest number, and 2
 * of 1 where terms of a sum cancel out.
 */
const tolerance = { ofLargest: 2, ofOne: 2 };

function expectResult(actual: number | readonly number[], expected: number | readonly number[]): void {
  const [values, wanted] = [[actual].flat(), [expected].flat()];
  expect(values).toHaveLength(wanted.length);
  const allowed = tolerated(wanted, tolerance);
  for (const [i, value] of values.entries()) expect(Math.abs(value - wanted[i]!)).toBeLessThanOrEqual(allowed);
}

test("there is a golden of every metric", () => {
  expect([...new Set(goldens.map(({ type }) => type))].toSorted()).toEqual(metricNames.toSorted());
});

for (const [name, backend] of Object.entries(trained)) {
  await describeWhereThere(`${name}: metrics are Keras's after every batch`, backend, () => {
    for (const golden of goldens) {
      // oxlint-disable-next-line vitest/expect-expect -- expectMetric expects
      test(`${golden.id} ${JSON.stringify(golden.config)}`, () => expectMetric(golden, backend));
    }
  });
}
