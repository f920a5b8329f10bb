import type { CaseRun } from "./case-run.ts";
import type { Check } from "./check.ts";
import { expectClose, expectSame } from "./compare.ts";
import { decodeTensor, type GoldenGradients, goldenOf } from "./golden.ts";
import { gradientTolerance } from "./tolerance.ts";

async function expectGradients(run: CaseRun, training: boolean, golden: GoldenGradients): Promise<void> {
  const model = await run.model();
  const { traced, results } = await run.gradients(training);
  const inputs = new Map(traced.inputs.map((name, i) => [name, results[`input gradient ${i}`]!]));
  const withGradient = golden.inputs.flatMap((expected, i) => (expected === null ? [] : [`input_${i}`]));
  expectSame("inputs with a gradient", [...inputs.keys()], withGradient);
  for (const [i, expected] of golden.inputs.entries()) {
    if (expected === null) continue;
    expectClose(`gradient of input_${i}`, inputs.get(`input_${i}`)!, decodeTensor(expected), gradientTolerance);
  }
  const weights = new Map(traced.weights.map((variable, i) => [variable, results[`weight gradient ${i}`]!]));
  const trainable = model.trainableWeights;
  expectSame(
    "weights with a gradient",
    trainable.map(({ path }) => path),
    golden.weights.map(({ path }) => path),
  );
  for (const [i, { path, value }] of golden.weights.entries()) {
    expectClose(`gradient of ${path}`, weights.get(trainable[i]!)!, decodeTensor(value), gradientTolerance);
  }
}

/** The gradients of inputs and weights against Keras. */
export const gradientChecks: readonly Check[] = [
  {
    name: "gradient",
    group: "gradient",
    applies: ({ layerCase }) => goldenOf(layerCase.id).gradients !== undefined,
    run: (run) => expectGradients(run, false, goldenOf(run.layerCase.id).gradients!),
  },
  {
    name: "training gradient",
    group: "gradient",
    applies: ({ layerCase }) => goldenOf(layerCase.id).trainingGradients !== undefined,
    run: (run) => expectGradients(run, true, goldenOf(run.layerCase.id).trainingGradients!),
  },
];
