import {
  batchNormalization,
  dense,
  dropout,
  embedding,
  flatten,
  hashing,
  lstm,
  symbolicInput,
  Tensor,
} from "@lamella/ir";
import { reference } from "@lamella/runtime";
import {
  type BatchData,
  callbacks,
  type CompileOptions,
  type FitOptions,
  type PredictLogs,
  Trainer,
} from "@lamella/train";
import { afterEach, describe, expect, test, vi } from "vitest";

import { CountingBackend } from "../../../runtime/test/counting-backend.ts";
import { stepsWorthwhile } from "../../src/steps-together.ts";
import { errorOf, Net, numbers, trainerOf, weightsOf } from "./support.ts";

const quiet = { verbose: 0 } as const;

afterEach(() => void vi.restoreAllMocks());

const x = numbers("x", 22, 3);
const y = numbers("y", 22, 1);

/** Gives a model weights that only its variables' names decide: those of a variance are positive. */
function startFrom({ model }: Trainer): void {
  model.setWeights(
    model.weights.map(({ shape, name }) => {
      const { data } = numbers(name, ...shape);
      return new Tensor("float32", shape, name === "moving_variance" ? data.map((value) => value + 1.5) : data);
    }),
  );
}

/** A model with statistics and random numbers. */
function small(compile: Partial<CompileOptions> = {}, backend = reference()): Trainer {
  const trainer = trainerOf(
    [3],
    (input) => dense(1)(dropout(0.4)(batchNormalization()(dense(4, { activation: "tanh" })(input)))),
    backend,
  );
  startFrom(trainer);
  trainer.compile({ loss: "mse", optimizer: "adam", metrics: ["mae"], seed: 3, ...compile });
  return trainer;
}

/** The hooks of batches that were called, with what the end of each was told. */
function recorder() {
  const calls: (readonly (string | number | undefined)[])[] = [];
  const hooks = {
    onTrainBatchBegin: (batch: number) => void calls.push(["begin", batch]),
    onTrainBatchEnd: (batch: number, { loss }: Readonly<Record<string, number>>) =>
      void calls.push(["end", batch, loss]),
    onTestBatchEnd: (batch: number) => void calls.push(["test", batch]),
  };
  return { calls, hooks };
}

describe("several steps in one run do what single steps do", () => {
  test.each([2, 3, 50])("%i: the same history, weights and place in the data", async (stepsPerExecution) => {
    const results = await Promise.all(
      [1, stepsPerExecution].map(async (count) => {
        const trainer = small({ stepsPerExecution: count });
        const options = { ...quiet, batchSize: 4, epochs: 3, validationSplit: 0.2 } as const;
        const { history } = await trainer.fit(x, y, options);
        const more = await trainer.fit(x, y, options);
        const state = await trainer.trainingState();
        const slots = [...state!.state.values()].map((value) => value.toNumbers());
        return [history, more.history, await weightsOf(trainer), slots, await trainer.evaluate(x, y, quiet)];
      }),
    );
    expect(results[1]).toEqual(results[0]);
  });

  test("for batches of several kinds", async () => {
    const results = await Promise.all(
      [1, 4].map(async (stepsPerExecution) => {
        const trainer = trainerOf([null, 3], (input) => dense(1)(lstm(2)(input)));
        startFrom(trainer);
        trainer.compile({ loss: "mse", optimizer: "sgd", seed: 1, stepsPerExecution });
        // Two lengths; some have weights, and need another step.
        const batches = [5, 5, 7, 7, 7, 5].map((time, i): BatchData => {
          const [inputs, targets] = [numbers(`x${i}`, 2, time, 3), numbers(`y${i}`, 2, 1)];
          return i % 4 < 2 ? [inputs, targets] : [inputs, targets, [0.5, 2]];
        });
        const { calls, hooks } = recorder();
        const { history } = await trainer.fit(() => batches, { ...quiet, epochs: 2, callbacks: [hooks] });
        expect(calls.filter(([kind]) => kind === "begin")).toHaveLength(stepsPerExecution === 1 ? 12 : 4);
        return [history, await weightsOf(trainer)];
      }),
    );
    expect(results[1]).toEqual(results[0]);
  });

  test("all but the rest of an epoch goes in as many runs as asked for", async () => {
    const backend = new CountingBackend();
    const trainer = small({ stepsPerExecution: 3 }, backend);
    await trainer.fit(x, y, { ...quiet, batchSize: 4 });
    // 22 samples: three batches in one run, two more, and one of 2 samples by itself.
    expect(backend.runs).toBe(3);
    // Single steps, and several.
    expect(backend.sessions).toBe(2);
    await trainer.dispose();
    expect(backend).toMatchObject({ sessions: 0, tensors: 0 });
  });
});

describe("as in Keras", () => {
  test("callbacks are called once a run, for its first and for its last batch", async () => {
    const [single, several] = [recorder(), recorder()];
    const options = (callback: object): FitOptions => ({
      ...quiet,
      batchSize: 4,
      callbacks: [callback],
      validationData: [x, y],
    });
    await small().fit(x, y, options(single.hooks));
    await small({ stepsPerExecution: 4 }).fit(x, y, options(several.hooks));
    const lossAfter = (batch: number) => single.calls.find(([kind, at]) => kind === "end" && at === batch)![2];
    expect(several.calls).toEqual([
      ["begin", 0],
      ["end", 3, lossAfter(3)],
      ["begin", 4],
      ["end", 5, lossAfter(5)],
      ["test", 3],
      ["test", 5],
    ]);
  });

  test("an epoch of few steps, and few steps of validation, are all there is to one run", async () => {
    const { calls, hooks } = recorder();
    await small({ stepsPerExecution: 9 }).fit(x, y, {
      ...quiet,
      batchSize: 4,
      epochs: 2,
      stepsPerEpoch: 2,
      validationData: [x, y],
      validationSteps: 3,
      callbacks: [hooks],
    });
    expect(calls.map(([kind, batch]) => [kind, batch])).toEqual(
      [0, 0].flatMap(() => [
        ["begin", 0],
        ["end", 1],
        ["test", 2],
      ]),
    );
  });

  test("callbacks of predict see the outputs of several batches as one", async () => {
    const run = async (stepsPerExecution: number, steps?: number) => {
      const calls: (readonly [string, number, number?])[] = [];
      const hooks = {
        onPredictBatchBegin: (batch: number) => void calls.push(["begin", batch]),
        onPredictBatchEnd: (batch: number, { outputs }: PredictLogs) =>
          void calls.push(["end", batch, outputs[0]!.shape[0]!]),
      };
      const trainer = small({ stepsPerExecution });
      const given = await trainer.predict(x, { batchSize: 4, callbacks: [hooks], ...(steps && { steps }) });
      return { calls, given };
    };
    const several = await run(4);
    expect(several.calls).toEqual([
      ["begin", 0],
      ["end", 3, 16],
      ["begin", 4],
      ["end", 5, 6],
    ]);
    expect(several.given).toEqual((await run(1)).given);
    expect((await run(4, 3)).calls).toEqual([
      ["begin", 0],
      ["end", 2, 12],
    ]);
  });

  test("training that a callback stops does the batches of that run", async () => {
    const trainer = small({ stepsPerExecution: 2 });
    const stop = { onTrainBatchEnd: () => void (trainer.stopTraining = true) };
    await trainer.fit(x, y, { ...quiet, batchSize: 4, callbacks: [stop] });
    expect(await trainer.readIterations()).toBe(2);
  });
});

test("a step that fails is named, and those before it are done", async () => {
  const broken = new Tensor("float32", [22, 3], Float32Array.from(x.data));
  broken.data[3 * 10] = Number.NaN;
  const run = async (stepsPerExecution: number) => {
    const trainer = small({ stepsPerExecution });
    const error = await errorOf(() => trainer.fit(broken, y, { ...quiet, batchSize: 4, shuffle: false }));
    return [error.message, await weightsOf(trainer), await trainer.readIterations()];
  };
  const several = await run(4);
  expect(several).toEqual(await run(1));
  expect(several[0]).toContain("epoch 1, step 3");
  expect(several[2]).toBe(2);
});

test("what the host computes from a batch is computed for each batch", async () => {
  const words = new Tensor(
    "int32",
    [8, 2],
    Int32Array.from({ length: 16 }, (_, i) => (i * i) % 11),
  );
  const run = async (stepsPerExecution: number) => {
    const input = symbolicInput({ shape: [2], dtype: "int32", name: "x" });
    const output = dense(1)(flatten()(embedding(5, 2)(hashing(5)(input))));
    const trainer = new Trainer(new Net([input], [output]), reference());
    startFrom(trainer);
    trainer.compile({ loss: "mse", optimizer: "sgd", seed: 1, stepsPerExecution });
    await trainer.fit(words, y.rows(0, 8), { ...quiet, batchSize: 2 });
    return weightsOf(trainer);
  };
  expect(await run(4)).toEqual(await run(1));
});

describe("where nobody says how many, on a backend that copies the state at every run", () => {
  const [many, targets] = [numbers("x", 200, 3), numbers("y", 200, 1)];

  /** Runs of a fit of 100 steps, when steps take no time, and what it ends with. */
  async function fit(options: FitOptions, compile: Partial<CompileOptions> = {}, copiesOutputs = true) {
    vi.spyOn(performance, "now").mockReturnValue(0);
    const backend = new CountingBackend(reference(), copiesOutputs);
    const trainer = small(compile, backend);
    const { history } = await trainer.fit(many, targets, { ...quiet, batchSize: 2, ...options });
    return { runs: backend.runs, result: [history, await weightsOf(trainer)] };
  }

  test("as many go into one run as are worth it, once that is known, with the same results", async () => {
    const { runs, result } = await fit({});
    // 32 steps are watched; of the other 68 there are 16 in each run.
    expect(runs).toBe(32 + 5);
    const single = await fit({}, { stepsPerExecution: 1 });
    expect(single.runs).toBe(100);
    expect(result).toEqual(single.result);
  });

  test("they go one by one where a callback looks at batches, and where batches are made as they are asked for", async () => {
    expect((await fit({ callbacks: [{ onTrainBatchEnd: () => undefined }] })).runs).toBe(100);
    expect((await fit({ callbacks: [{ onTrainBatchBegin: () => undefined }] })).runs).toBe(100);
    expect((await fit({ onProgress: () => undefined })).runs).toBe(100);
    const trainer = small({}, new CountingBackend(reference(), true));
    const given: number[] = [];
    await trainer.fit(
      (function* () {
        for (let i = 0; i < 50; i++) {
          given.push(i);
          yield [many.rows(i, i + 1), targets.rows(i, i + 1)] as const;
        }
      })(),
      quiet,
    );
    expect(given).toHaveLength(50);
  });

  test("callbacks that look at epochs, and the progress bar, change nothing", async () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
    const { runs } = await fit({ verbose: 2, callbacks: [callbacks.earlyStopping({ monitor: "loss" })] });
    expect(runs).toBe(32 + 5);
    expect(lines.join()).toContain("100 steps");
  });

  test("a backend that leaves the state where it is does step after step", async () => {
    expect((await fit({}, {}, false)).runs).toBe(100);
  });
});

describe("how many steps are worth it", () => {
  const megabyte = 1e6;

  test("none where copies are little of a step, or it takes long by itself", () => {
    expect(stepsWorthwhile(3 * megabyte, 21)).toBe(1);
    expect(stepsWorthwhile(0, 1)).toBe(1);
  });

  test("what a tenth of a second holds, 16 at most, and two at least", () => {
    expect(stepsWorthwhile(3 * megabyte, 9)).toBe(11);
    expect(stepsWorthwhile(3 * megabyte, 0.5)).toBe(16);
    expect(stepsWorthwhile(300 * megabyte, 400)).toBe(2);
  });
});

test.each([0, 1.5, -1])("%d steps are refused", async (stepsPerExecution) => {
  const error = await errorOf(() => small({ stepsPerExecution }));
  expect(error.code).toBe("config");
  expect(error.message).toContain("stepsPerExecution");
});
