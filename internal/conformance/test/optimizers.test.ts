import { onnxruntime } from "@lamella/backend-onnxruntime";
import { GraphBuilder, tensor, type Tensor, verifyPrimitives, viewOf } from "@lamella/ir";
import { type Backend, reference } from "@lamella/runtime";
import { learningRateAt, optimizerNames, resolveSchedule, type Schedule } from "@lamella/train";
import { describe, expect, test } from "vitest";

import { readGolden, readGoldenCases } from "../src/golden.ts";
import { type OptimizerGolden, runOptimizer } from "../src/optimizer-run.ts";
import { epsilon } from "../src/tolerance.ts";

type Real = "float32" | "float64";

interface ScheduleGolden extends Schedule {
  readonly steps: readonly number[];
  readonly rates: readonly number[];
  readonly rates64: readonly number[];
}

const goldens = readGoldenCases("optimizers") as readonly OptimizerGolden[];
const { schedules } = readGolden("optimizers") as {
  readonly schedules: readonly ScheduleGolden[];
};
/** The steps of which a run in float64 is written. */
const written64 = [1, 2, 3, 10, 20, 30];

function unpack(text: string, dtype: Real): readonly number[] {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return [...(viewOf(dtype, bytes.buffer, 0, bytes.length / (dtype === "float32" ? 4 : 8)) as Float64Array)];
}

const flat = (tensors: readonly Tensor[]) => tensors.flatMap((value) => value.toNumbers());
const largest = (numbers: readonly number[]) => Math.max(0, ...numbers.map(Math.abs));
const distance = (a: readonly number[], b: readonly number[]) => largest(a.map((value, i) => value - b[i]!));

/**
 * How far a number may be from Keras's: ten times as far as Keras in float32 is from Keras in float64, and eight roundings of
 * the largest number. That goes for float64 too, where Keras on TensorFlow still rounds its constants to float32.
 */
function allowed(apart: number, size: number): number {
  return 10 * apart + 8 * epsilon * size;
}

function expectNear(what: string, actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  const wrong = expected.findIndex((value, i) => !(Math.abs(actual[i]! - value) <= tolerance));
  if (wrong < 0) return;
  throw new Error(`${what}, number ${wrong}: ${actual[wrong]}, expected ${expected[wrong]} within ${tolerance}`);
}

/** How far Keras in float32 gets from Keras in float64. */
function spread(golden: OptimizerGolden): number {
  return Math.max(
    ...written64.map((step, i) =>
      distance(unpack(golden.steps[step - 1]!, "float32"), unpack(golden.steps64[i]!, "float64")),
    ),
  );
}

const titled = goldens.map((golden): [string, OptimizerGolden] => {
  const { type, config, constraint } = golden;
  return [`${type} ${JSON.stringify(config)}${constraint === null ? "" : ", constrained"}`, golden];
});

test("every optimizer is held to Keras by two configurations or more", () => {
  expect(optimizerNames.filter((name) => goldens.filter(({ type }) => type === name).length < 2)).toEqual([]);
});

describe("30 steps are Keras's", () => {
  test.each(titled)("%s", async (_, golden) => {
    const { plan, steps, kept } = await runOptimizer(golden, "float32", reference());
    for (const [i, packed] of golden.steps.entries()) {
      const expected = unpack(packed, "float32");
      expectNear(`step ${i + 1}`, flat(steps[i]!), expected, allowed(spread(golden), largest(expected)));
    }
    // Keras's iteration and step_counter are int64 on TensorFlow.
    const described = plan.listed.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
    expect(described).toEqual(
      golden.kept.map(({ name, shape, dtype }) => ({ name, shape, dtype: dtype.replace("int64", "int32") })),
    );
    for (const [i, { name, final }] of golden.kept.entries()) {
      const tolerance = allowed(distance(final, golden.final64[i]!), largest(final));
      // Goldens have nine digits.
      expectNear(`${name} (${i})`, kept.get(plan.listed[i]!)!.toNumbers(), final, tolerance);
    }
  });

  test.each(titled)("in float64: %s", async (_, golden) => {
    const { steps } = await runOptimizer(golden, "float64", reference());
    for (const [i, step] of written64.entries()) {
      const expected = unpack(golden.steps64[i]!, "float64");
      expectNear(`step ${step}`, flat(steps[step - 1]!), expected, allowed(spread(golden), largest(expected)));
    }
  });

  test.each(titled)("on ONNX Runtime: %s", async (_, golden) => {
    const { steps } = await runOptimizer(golden, "float32", onnxruntime({ intraOpThreads: 1 }));
    const expected = unpack(golden.steps.at(-1)!, "float32");
    expectNear("last step", flat(steps.at(-1)!), expected, allowed(spread(golden), largest(expected)));
  });
});

async function ratesOn(backend: Backend, schedule: Schedule, steps: readonly number[]): Promise<number[]> {
  const builder = new GraphBuilder("schedule");
  const rate = learningRateAt(schedule, builder.input("step", [], "int32"));
  const graph = builder.finish({ rate });
  verifyPrimitives(graph);
  const executable = await backend.compile(graph);
  const rates: number[] = [];
  for (const step of steps) {
    const { rate: result } = await executable.run({ step: tensor(step, [], "int32") });
    rates.push((await result!.read()).toNumbers()[0]!);
  }
  await executable.dispose();
  return rates;
}

describe("learning rates are Keras's", () => {
  const backends = [
    ["the reference", reference()],
    ["ONNX Runtime", onnxruntime({ intraOpThreads: 1 })],
  ] as const;
  for (const [name, backend] of backends) {
    test.each(schedules.map((golden) => [`${golden.type} ${JSON.stringify(golden.config)}`, golden] as const))(
      `on ${name}: %s`,
      async (_, { type, config, steps, rates, rates64 }) => {
        const tolerance = allowed(distance(rates, rates64), largest(rates));
        expectNear("rates", await ratesOn(backend, resolveSchedule({ type, config }, "test"), steps), rates, tolerance);
      },
    );
  }
});
