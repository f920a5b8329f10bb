import { GraphBuilder, tensor } from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { describe, expect, test } from "vitest";

import {
  cosineDecay,
  cosineDecayRestarts,
  exponentialDecay,
  inverseTimeDecay,
  learningRateAt,
  piecewiseConstantDecay,
  polynomialDecay,
  resolveSchedule,
  type Schedule,
  sgd,
} from "../src/index.ts";

async function rateAt(schedule: Schedule, step: number): Promise<number> {
  const builder = new GraphBuilder("schedule");
  const rate = learningRateAt(schedule, builder.input("step", [], "int32"));
  const executable = await reference().compile(builder.finish({ rate }));
  const results = await executable.run({ step: tensor(step, [], "int32") });
  return (await results["rate"]!.read()).toNumbers()[0]!;
}

describe("schedules", () => {
  test("are plain data with all their options", () => {
    expect(cosineDecay({ initialLearningRate: 0.1, decaySteps: 10 })).toEqual({
      type: "CosineDecay",
      config: { initialLearningRate: 0.1, decaySteps: 10, alpha: 0, warmupTarget: null, warmupSteps: 0 },
    });
    expect(polynomialDecay({ initialLearningRate: 0.1, decaySteps: 10 }).config).toMatchObject({
      endLearningRate: 0.0001,
      power: 1,
      cycle: false,
    });
    expect(cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 10 }).config).toMatchObject({
      tMul: 2,
      mMul: 1,
      alpha: 0,
    });
    const schedule = inverseTimeDecay({ initialLearningRate: 0.1, decaySteps: 10, decayRate: 2 });
    expect(resolveSchedule(JSON.parse(JSON.stringify(schedule)), "here")).toEqual(schedule);
    expect(resolveSchedule({ ...schedule, type: "inverse_time_decay" }, "here")).toEqual(schedule);
  });

  test("restart when they should, however the logarithms are rounded", async () => {
    // Restart n is after 4 * (5^n - 1) / (5 - 1) steps.
    const schedule = cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 4, tMul: 5 });
    for (let n = 1; n <= 8; n++) expect(await rateAt(schedule, 5 ** n - 1), `restart ${n}`).toBeCloseTo(1, 5);
    expect(await rateAt(schedule, 5 ** 3 - 2)).toBeLessThan(0.001);
    // Here the quotient of logarithms is 1.9999999 in float32: Keras restarts at step 22.
    const late = cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 10, tMul: 1.1 });
    expect(await rateAt(late, 20)).toBeLessThan(0.05);
    expect(await rateAt(late, 21)).toBeCloseTo(1, 5);
  });
});

describe("bad configurations", () => {
  const initialLearningRate = 0.1;
  const refused: readonly [() => unknown, string][] = [
    [
      () => exponentialDecay({ initialLearningRate, decaySteps: 0, decayRate: 0.5 }),
      "exponentialDecay, option 'decaySteps': The value cannot be used. Expected: a number above 0. Received: 0.",
    ],
    [
      () => cosineDecayRestarts({ initialLearningRate, firstDecaySteps: -1 }),
      "Expected: a number above 0. Received: -1.",
    ],
    [() => cosineDecay({ initialLearningRate } as never), "cosineDecay: 'decaySteps' is missing."],
    [
      () => piecewiseConstantDecay({ boundaries: [1, 2], values: [0.1, 0.2] }),
      "The values do not fit the boundaries. Expected: 3 values, one more than boundaries. Received: 2.",
    ],
    [
      () => piecewiseConstantDecay({ boundaries: [2, 2], values: [0.1, 0.2, 0.3] }),
      "Expected: one or more steps, each later than the one before. Received: [2, 2].",
    ],
    [() => piecewiseConstantDecay({ boundaries: [], values: [0.1] }), "Expected: one or more steps"],
    [() => piecewiseConstantDecay({ boundaries: [1], values: [0.1, NaN] }), "Expected: a list of numbers."],
    [
      () => sgd({ learningRate: { type: "cosineDecy", config: {} } as never }),
      "sgd, option 'learningRate': Unknown schedule 'cosineDecy'. Expected: one of ExponentialDecay",
    ],
    [() => sgd({ learningRate: "fast" as never }), "This is not a learning rate. Expected: a number, or a schedule"],
    [() => sgd({ learningRate: (() => 1) as never }), "Received: a function. Make a schedule with exponentialDecay()"],
    [() => sgd({ learningRate: NaN }), "This is not a learning rate."],
  ];
  test.each(refused.map(([make, message]) => [message, make] as const))("%s", (message, make) => {
    expect(make).toThrow(message);
  });
});
