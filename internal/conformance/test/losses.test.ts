import { onnxruntime } from "@lamella/backend-onnxruntime";
import { GraphBuilder, type JsonObject, ReduceSum, type Tensor, type Tracer } from "@lamella/ir";
import { type Backend, reference } from "@lamella/runtime";
import { computeLoss, gradients, lossNames, resolveLoss } from "@lamella/train";
import { describe, expect, test } from "vitest";

import { expectClose } from "../src/compare.ts";
import { withGraph } from "../src/evaluate.ts";
import { decodeTensor, type GoldenTensor, readGoldenCases } from "../src/golden.ts";
import { gradientTolerance, valueTolerance } from "../src/tolerance.ts";

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

/** Keras's option names as ours: `from_logits` to `fromLogits`. */
function camelCased(config: JsonObject): JsonObject {
  const camel = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [camel(name), value]));
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
  const loss = resolveLoss({ type, config: camelCased(config) }, yTrue, yPred);
  const value = computeLoss(loss, yTrue, yPred, { sampleWeight: given("sampleWeight"), mask: given("mask") });
  const [gradient] = gradients(ReduceSum(value), [yPred]);
  const results = await withGraph(backend, builder.finish({ value, gradient: gradient! }), (run) => run(feeds));
  expectClose("loss", results["value"]!, decodeTensor(golden.value), valueTolerance);
  expectClose("gradient", results["gradient"]!, decodeTensor(golden.gradient), gradientTolerance);
}

test("there is a golden of every loss", () => {
  expect([...new Set(goldens.map(({ type }) => type))].toSorted()).toEqual(lossNames.toSorted());
});

describe.each([
  ["reference", reference()],
  ["onnxruntime", onnxruntime({ intraOpThreads: 1 })],
] as const)("losses and their gradients are Keras's on %s", (_, backend) => {
  for (const golden of goldens) {
    // oxlint-disable-next-line vitest/expect-expect -- expectLoss throws
    test(`${golden.id} ${JSON.stringify(golden.config)}`, () => expectLoss(golden, backend));
  }
});
