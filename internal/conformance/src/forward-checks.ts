import type { AnyModel, Tensor, Variable } from "@lamella/ir";
import { Predictor, VariableStore } from "@lamella/runtime";

import { CaseRun } from "./case-run.ts";
import type { Check } from "./check.ts";
import { expectClose, expectIdentical, expectSame } from "./compare.ts";
import { decodeTensor, type GoldenForward, type GoldenTensor, type GoldenValue, goldenOf } from "./golden.ts";
import { epsilon, valueTolerance } from "./tolerance.ts";

function expectOutputs(what: string, actual: readonly Tensor[], expected: readonly GoldenTensor[]): void {
  expectSame(`the number of ${what}s`, actual.length, expected.length);
  for (const [i, tensor] of actual.entries()) {
    expectClose(`${what} ${i}`, tensor, decodeTensor(expected[i]!), valueTolerance);
  }
}

/** Lamella numbers the states of a layer; Keras gives all of them one name. */
function kerasPath({ path }: Variable): string {
  return path.replace(/rnn_state_\d+$/, "rnn_state");
}

/** Compares what a call changed, in Keras's order: weights, then states. */
async function expectUpdates(
  model: AnyModel,
  updates: ReadonlyMap<Variable, Tensor>,
  golden: readonly GoldenValue[],
): Promise<void> {
  const changed: [Variable, Tensor][] = [];
  for (const variable of [...model.weights, ...model.states]) {
    const value = updates.get(variable);
    if (value === undefined) continue;
    const before = (await variable.read()).toNumbers();
    if (value.toNumbers().some((now, i) => now !== before[i])) changed.push([variable, value]);
  }
  expectSame(
    "what changes",
    changed.map(([variable]) => kerasPath(variable)),
    golden.map(({ path }) => path),
  );
  for (const [i, [variable, value]] of changed.entries()) {
    expectClose(`new ${variable.path}`, value, decodeTensor(golden[i]!.value), valueTolerance);
  }
}

async function expectForward(run: CaseRun, training: boolean, golden: GoldenForward): Promise<void> {
  const { traced, results } = await run.forward(training);
  const outputs = traced.masks.map((_, i) => results[`output ${i}`]!);
  expectOutputs("output", outputs, golden.outputs);
  const updates = new Map(traced.updates.map((variable, i) => [variable, results[`update ${i}`]!]));
  await expectUpdates(await run.model(), updates, golden.updates);
  const losses = Array.from({ length: traced.losses }, (_, i) => results[`loss ${i}`]!.toNumbers()[0]!);
  const expected = (golden.addedLosses ?? []).toSorted((a, b) => a - b);
  expectSame("the number of added losses", losses.length, expected.length);
  for (const [i, loss] of losses.toSorted((a, b) => a - b).entries()) {
    if (Math.abs(loss - expected[i]!) <= 8 * epsilon * expected[i]!) continue;
    throw new Error(`added loss ${i}: ${loss}, expected ${expected[i]}`);
  }
}

const forward: Check = {
  name: "forward",
  group: "forward",
  async run(run) {
    const golden = goldenOf(run.layerCase.id);
    const { outputs, first, following } = await run.inference();
    const taken = (results: typeof first) => outputs.map((name) => results[name]!);
    expectOutputs("output", taken(first), golden.outputs);
    expectOutputs("output of the next call", taken(following), golden.secondOutputs ?? golden.outputs);
    await expectForward(run, false, { ...golden, updates: golden.updates ?? [] });
  },
};

const predict: Check = {
  name: "predict",
  group: "forward",
  async run({ layerCase, subject, inputs }) {
    const golden = goldenOf(layerCase.id);
    const model = await new CaseRun(layerCase, subject).model();
    await using store = new VariableStore(subject.backend);
    await using predictor = new Predictor(model, subject.backend, store);
    expectOutputs("output", Object.values(await predictor.run(inputs)), golden.outputs);
    const second = Object.values(await predictor.run(inputs));
    expectOutputs("output of the next call", second, golden.secondOutputs ?? golden.outputs);
  },
};

const repeat: Check = {
  name: "repeat",
  group: "forward",
  async run(run) {
    const { first, repeated } = await run.inference();
    for (const [name, tensor] of Object.entries(first)) expectIdentical(name, repeated[name]!, tensor);
  },
};

const mask: Check = {
  name: "mask",
  group: "forward",
  async run(run) {
    const golden = goldenOf(run.layerCase.id);
    const { traced, results } = await run.forward(false);
    const expected = golden.masks ?? [golden.mask, ...traced.masks.slice(1).map(() => null)];
    expectSame(
      "which outputs have a mask",
      traced.masks,
      expected.map((tensor) => tensor !== null),
    );
    for (const [i, tensor] of expected.entries()) {
      if (tensor !== null) expectIdentical(`mask ${i}`, results[`mask ${i}`]!, decodeTensor(tensor));
    }
  },
};

const training: Check = {
  name: "training",
  group: "forward",
  applies: ({ layerCase }) => goldenOf(layerCase.id).training !== undefined,
  run: (run) => expectForward(run, true, goldenOf(run.layerCase.id).training!),
};

/** What a model gives and changes. */
export const forwardChecks: readonly Check[] = [forward, predict, repeat, mask, training];
