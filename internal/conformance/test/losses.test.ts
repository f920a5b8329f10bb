import { GraphBuilder, type JsonObject, ReduceSum, type Tensor, type Tracer } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";
import { computeLoss, gradients, lossNames, resolveLoss } from "@lamella/train";
import { expect, test } from "vitest";

import { expectClose } from "../src/compare.ts";
import { withGraph } from "../src/evaluate.ts";
import { decodeTensor, type GoldenTensor, readGoldenCases } from "../src/golden.ts";
import { withOurNames } from "../src/keras-options.ts";
import { describeWhereThere } from "../src/required.ts";
import { trained } from "../src/subjects.ts";
import { gradientTolerance, type Tolerance, valueTolerance } from "../src/tolerance.ts";

interface LossGolden {
  readonly id: string;
  readonly type: string;
  readonly config: JsonObject;
  readonly yTrue: GoldenTensor;
  readonly yPred: GoldenTensor;
  readonly sampleWeight: GoldenTensor | null;
  readonly mask: GoldenTensor | null;
  readonly value: GoldenTensor;
  readonly gradient: GoldenTensor;
}

const goldens = readGoldenCases("losses") as readonly LossGolden[];

/**
 * The gradients of CTC are exponentials of differences of logarithms as large as the loss, each rounded once: that rounding is a
 * share of them.
 */
function toleranceOf(type: string, value: GoldenTensor): Tolerance {
  if (type !== "CTC") return gradientTolerance;
  const largest = Math.max(...decodeTensor(value).toNumbers());
  return { ...gradientTolerance, ofLargest: Math.max(gradientTolerance.ofLargest, 2 * largest) };
}

async function expectLoss({ type, config, ...golden }: LossGolden, backend: Backend): Promise<void> {
  const builder = new GraphBuilder(golden.id);
  const feeds: Record<string, Tensor> = {};
  const given = (name: "yTrue" | "yPred" | "sampleWeight" | "mask"): Tracer | undefined => {
    const data = golden[name];
    if (data === null) return undefined;
    const value = (feeds[name] = decodeTensor(data));
    return builder.input(name, ["batch", ...value.shape.slice(1)], value.dtype);
  };
  const [yTrue, yPred] = [given("yTrue")!, given("yPred")!];
  const loss = resolveLoss({ type, config: withOurNames(config) }, yTrue, yPred);
  const value = computeLoss(loss, yTrue, yPred, { sampleWeight: given("sampleWeight"), mask: given("mask") });
  const [gradient] = gradients(ReduceSum(value), [yPred]);
  const results = await withGraph(backend, builder.finish({ value, gradient: gradient! }), (run) => run(feeds));
  expectClose("loss", results["value"]!, decodeTensor(golden.value), valueTolerance);
  expectClose("gradient", results["gradient"]!, decodeTensor(golden.gradient), toleranceOf(type, golden.value));
}

test("there is a golden of every loss", () => {
  expect([...new Set(goldens.map(({ type }) => type))].toSorted()).toEqual(lossNames.toSorted());
});

for (const [name, backend] of Object.entries(trained)) {
  await describeWhereThere(`${name}: losses and gradients are Keras's`, backend, () => {
    for (const golden of goldens) {
      // oxlint-disable-next-line vitest/expect-expect -- expectLoss throws
      test(`${golden.id} ${JSON.stringify(golden.config)}`, () => expectLoss(golden, backend));
    }
  });
}
