import { type Tensor, tensor } from "@lamella/ir";
import { reference } from "@lamella/runtime";

import { CaseRun } from "./case-run.ts";
import type { Check } from "./check.ts";
import { expectIdentical } from "./compare.ts";
import { readVariables, withGraph } from "./evaluate.ts";
import { stepPort, traceAll } from "./trace-case.ts";

const seed = 1234;
const rows = 16;

/** The case with more rows, for statistics. */
function widened({ layerCase, subject }: CaseRun): CaseRun {
  const inputs = layerCase.inputs.map((spec) => ({ ...spec, shape: [rows, ...spec.shape.slice(1)] }));
  return new CaseRun({ ...layerCase, inputs }, subject);
}

/** The first output in training mode at some steps. */
async function atSteps(run: CaseRun, steps: readonly number[]): Promise<Tensor[]> {
  const traced = traceAll(await run.model(), true, seed);
  const feeds = { ...run.inputs, ...(await readVariables(traced.variables)) };
  return withGraph(run.subject.backend, traced.graph, async (execute) => {
    const outputs: Tensor[] = [];
    for (const step of steps) {
      const results = await execute({ ...feeds, [stepPort]: tensor(step, [], "int32") });
      outputs.push(results["output 0"]!);
    }
    return outputs;
  });
}

/** The steps that are compared; one of them twice. */
const comparedSteps = [0, 1, 100000, 1];
const compared = new WeakMap<CaseRun, Promise<Tensor[]>>();

function atComparedSteps(run: CaseRun): Promise<Tensor[]> {
  const known = compared.get(run) ?? atSteps(run, comparedSteps);
  compared.set(run, known);
  return known;
}

function zerosOf({ layerCase: { random } }: CaseRun): number | undefined {
  return typeof random === "object" && "zeros" in random ? random.zeros : undefined;
}

/** Whether other numbers than zeros may differ by rounding. */
function isRounded({ layerCase: { random } }: CaseRun): boolean {
  return typeof random === "object" && "zeros" in random && random.rounded === true;
}

/** Where two tensors are zero. */
function areZero(a: Tensor, b: Tensor): readonly [Tensor, Tensor] {
  const isZero = (x: Tensor) =>
    tensor(
      x.toNumbers().map((value) => value === 0),
      x.shape,
    );
  return [isZero(a), isZero(b)];
}

function momentsOf({ layerCase: { random } }: CaseRun) {
  return typeof random === "object" && "mean" in random ? random : undefined;
}

function changes(run: CaseRun): boolean {
  const zeros = zerosOf(run);
  return zeros === undefined || (zeros > 0 && zeros < 1);
}

/** @throws Error when the mean of the samples is more than five standard errors away */
function expectMean(what: string, samples: readonly number[], expected: number): void {
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  const variance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (samples.length - 1);
  const error = Math.sqrt(variance / samples.length);
  if (Math.abs(mean - expected) <= 5 * error + 1e-12) return;
  throw new Error(`${what}: ${mean}, expected ${expected} within five standard errors of ${error}`);
}

/** How often neighbours in two lists are both zero or both not. */
function agreement(a: readonly number[], b: readonly number[]): number {
  return a.filter((value, i) => (value === 0) === (b[i] === 0)).length / a.length;
}

const bits: Check = {
  name: "random bits",
  group: "forward",
  applies: ({ layerCase }) => layerCase.random !== undefined,
  async run(run) {
    const actual = await atComparedSteps(run);
    const expected = await atSteps(new CaseRun(run.layerCase, { backend: reference() }), comparedSteps);
    const isExact = zerosOf(run) !== undefined && !isRounded(run);
    for (const [i, step] of comparedSteps.entries()) {
      (isExact ? expectIdentical : expectAlike)(`step ${step}`, actual[i]!, expected[i]!);
      if (isRounded(run)) expectIdentical(`the zeros of step ${step}`, ...areZero(actual[i]!, expected[i]!));
    }
  },
};

/** The same up to rounding: what is drawn stands in front of other arithmetic, or goes through a logarithm. */
function expectAlike(what: string, actual: Tensor, expected: Tensor): void {
  const right = expected.toNumbers();
  const at = actual.toNumbers().findIndex((value, i) => !(Math.abs(value - right[i]!) <= 1e-6));
  if (at >= 0) throw new Error(`${what}: element ${at} differs`);
}

const repeats: Check = {
  name: "random repeats",
  group: "forward",
  applies: ({ layerCase }) => layerCase.random !== undefined,
  async run(run) {
    const [before, first, , again] = await atComparedSteps(run);
    expectIdentical("the same step again", again!, first!);
    const numbers = before!.toNumbers();
    const same = first!.toNumbers().every((value, i) => value === numbers[i]);
    if (same === changes(run)) throw new Error(`the next step is ${same ? "the same" : "different"}`);
  },
};

const statistics: Check = {
  name: "random statistics",
  group: "forward",
  applies: (run) => zerosOf(run) !== undefined,
  async run(run) {
    const zeros = zerosOf(run)!;
    const wide = widened(run);
    const { outputs, first } = await wide.inference();
    const plain = first[outputs[0]!]!.toNumbers();
    const steps = Array.from({ length: 64 }, (_, step) => step);
    const drawn = (await atSteps(wide, steps)).map((output) => output.toNumbers());
    const share = (values: readonly number[]) => values.filter((value) => value === 0).length / values.length;
    expectMean("the share of zeros", drawn.map(share), zeros);
    const chance = zeros ** 2 + (1 - zeros) ** 2;
    const pairs = steps.slice(1).map((step) => agreement(drawn[step - 1]!, drawn[step]!));
    expectMean("the agreement of a step with the next", pairs, chance);
    const neighbours = drawn.map((values) => agreement(values.slice(0, -1), values.slice(1)));
    expectMean("the agreement of an element with the next", neighbours, chance);
    for (const values of drawn) {
      const at = values.findIndex((value, i) => value !== 0 && Math.abs((value / plain[i]!) * (1 - zeros) - 1) > 1e-6);
      if (at >= 0) throw new Error(`element ${at} is ${values[at]}, expected ${plain[at]! / (1 - zeros)}`);
    }
  },
};

const moments: Check = {
  name: "random moments",
  group: "forward",
  applies: (run) => momentsOf(run) !== undefined,
  async run(run) {
    const { mean, deviation } = momentsOf(run)!;
    const steps = Array.from({ length: 32 }, (_, step) => step);
    const outputs = await atSteps(widened(run), steps);
    const drawn = outputs.map((output) => output.toNumbers().map((value) => (value - mean) / deviation));
    const products = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, i) => sum + value * b[i]!, 0) / a.length;
    const means = drawn.map((values) =>
      products(
        values,
        values.map(() => 1),
      ),
    );
    expectMean("the mean, in deviations from what it should be", means, 0);
    const squares = drawn.map((values) => products(values, values));
    expectMean("the variance over what it should be", squares, 1);
    const pairs = steps.slice(1).map((step) => products(drawn[step - 1]!, drawn[step]!));
    expectMean("the correlation of a step with the next", pairs, 0);
    const neighbours = drawn.map((values) => products(values.slice(0, -1), values.slice(1)));
    expectMean("the correlation of an element with the next", neighbours, 0);
  },
};

/** Layers that draw random numbers in training. */
export const randomChecks: readonly Check[] = [bits, repeats, statistics, moments];
