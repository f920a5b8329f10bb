import { input, model } from "@lamella/functional";
import { type AnyModel, dense, type JsonObject, masking, type NestedArray, tensor } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";
import { type CompileOptions, type FitOptions, type Logs, sgd, Trainer } from "@lamella/train";
import { expect, test } from "vitest";

import { readGolden } from "../src/golden.ts";
import { withOurNames } from "../src/keras-options.ts";
import { describeWhereThere } from "../src/required.ts";
import { trained } from "../src/subjects.ts";
import { epsilon } from "../src/tolerance.ts";

type Numbers = number | readonly Numbers[];

interface CompiledGolden {
  readonly id: string;
  readonly outputs: "a" | "b" | "ab";
  readonly targets: readonly string[];
  readonly options: JsonObject;
  readonly weights: readonly string[] | null;
  readonly classWeights: Readonly<Record<number, number>> | null;
  readonly history: Readonly<Record<string, readonly Numbers[]>>;
  readonly evaluated: Readonly<Record<string, Numbers>>;
  readonly trained: readonly NestedArray[];
}

const { data, cases } = readGolden("compiled") as {
  readonly data: {
    readonly epochs: number;
    readonly batch: number;
    readonly learningRate: number;
    readonly arrays: Readonly<Record<string, NestedArray>>;
    readonly weights: Readonly<Record<string, readonly NestedArray[]>>;
  };
  readonly cases: readonly CompiledGolden[];
};

const array = (name: string) => {
  const value = tensor(data.arrays[name]!, undefined, "float32");
  return name === "labels" ? value.cast("int32") : value;
};

/** The model of the generator, compiled.py. */
function build(outputs: CompiledGolden["outputs"]): AnyModel {
  const [x, s] = [input({ shape: [4], name: "x" }), input({ shape: [3, 2], name: "s" })];
  const a = dense(3, { activation: "softmax", name: "a" })(x);
  const b = dense(1, { name: "b" })(masking()(s));
  if (outputs === "ab") return model({ inputs: [x, s], outputs: [a, b] });
  return outputs === "a" ? model({ inputs: x, outputs: a }) : model({ inputs: s, outputs: b });
}

/** Keras's options as ours: `["M:AUC", { name: "auc" }]` to `{ type: "AUC", name: "auc", config: {} }`. */
function ours(option: unknown): unknown {
  if (typeof option !== "object" || option === null) return option;
  if (!Array.isArray(option)) {
    return Object.fromEntries(Object.entries(option).map(([name, value]) => [name, ours(value)]));
  }
  const [kind, config] = option as readonly unknown[];
  if (typeof kind !== "string" || !/^[LM]:/.test(kind)) return option.map(ours);
  const { name, ...rest } = withOurNames(config as JsonObject) as { readonly name?: string };
  return { type: kind.slice(2), config: rest, ...(name === undefined ? {} : { name }) };
}

/** A list of numbers under their names, as `name[0]`, `name[1]`. */
function flat(logs: Readonly<Record<string, Numbers>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(logs).flatMap(([name, value]): [string, number][] =>
      typeof value === "number" ? [[name, value]] : value.map((part, i) => [`${name}[${i}]`, part as number]),
    ),
  );
}

/**
 * Six steps of training in float32, whose rounding errors a step of 0.1 hands on, and metrics of what came out. Measured on
 * all backends: at most 2 epsilons of what is reported, and of 1 where that is smaller.
 */
const tolerance = 2 * epsilon;

function expectNear(what: string, actual: number | undefined, expected: number): void {
  expect(Math.abs(actual! - expected), `${what}: ${actual}, Keras ${expected}`).toBeLessThanOrEqual(
    tolerance * Math.max(1, Math.abs(expected)),
  );
}

function expectLogs(what: string, actual: Logs, expected: Readonly<Record<string, number>>): void {
  expect(Object.keys(actual).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [name, value] of Object.entries(expected)) expectNear(`${what} ${name}`, actual[name], value);
}

async function expectCompiled(golden: CompiledGolden, backend: Backend): Promise<void> {
  const net = build(golden.outputs);
  for (const [i, weight] of net.weights.entries()) {
    weight.write(tensor(data.weights[golden.outputs]![i]!, undefined, "float32"));
  }
  await using trainer = new Trainer(net, backend);
  const options = withOurNames(golden.options);
  trainer.compile({
    optimizer: sgd({ learningRate: data.learningRate }),
    ...Object.fromEntries(Object.entries(options).map(([name, value]) => [name, ours(value)])),
  } as unknown as CompileOptions);
  const alone = <T>(list: readonly T[]) => (list.length === 1 ? list[0]! : list);
  const x = alone(net.inputs.map(({ name }) => array(name)));
  const y = alone(golden.targets.map(array));
  const weighting = {
    batchSize: data.batch,
    verbose: 0,
    ...(golden.weights === null ? {} : { sampleWeight: alone(golden.weights.map(array)) }),
  } as const;
  const byClass = golden.classWeights === null ? {} : { classWeight: golden.classWeights };
  const training = { ...weighting, ...byClass, epochs: data.epochs, shuffle: false } as FitOptions;
  const { history } = await trainer.fit(x, y, training);
  for (let epoch = 0; epoch < data.epochs; epoch++) {
    const at = (values: Readonly<Record<string, readonly Numbers[]>>) =>
      Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list[epoch]!]));
    expectLogs(`epoch ${epoch}`, at(history) as Logs, flat(at(golden.history)));
  }
  const evaluated = await trainer.evaluate(x, y, weighting);
  expectLogs("evaluation", evaluated, flat(golden.evaluated));
  for (const [i, weight] of net.weights.entries()) {
    const [actual, wanted] = [
      (await weight.read()).toNumbers(),
      tensor(golden.trained[i]!, undefined, "float64").toNumbers(),
    ];
    for (const [j, value] of actual.entries()) expectNear(`${weight.path}, element ${j}`, value, wanted[j]!);
  }
}

for (const [name, backend] of Object.entries(trained)) {
  await describeWhereThere(
    `weights of samples, steps, classes and losses count as in Keras on ${name}`,
    backend,
    () => {
      for (const golden of cases) {
        // oxlint-disable-next-line vitest/expect-expect -- expectCompiled expects
        test(`${golden.id} ${JSON.stringify(golden.options)}`, () => expectCompiled(golden, backend));
      }
    },
  );
}
