import { dense, LamellaError } from "@lamella/ir";
import { Callback, lambdaCallback, type Logs } from "@lamella/train";
import { expect, test } from "vitest";

import { errorOf, numbers, trainerOf, weightsOf } from "./support.ts";

const x = numbers("x", 10, 2);
const y = numbers("y", 10, 1);

function trainer() {
  const made = trainerOf([2], (input) => dense(1)(input));
  made.compile({ loss: "mse", metrics: ["mae"] });
  return made;
}

/** Writes down every hook with its number and the names in its logs. */
class Recorder extends Callback {
  readonly calls: string[] = [];

  constructor() {
    super();
    for (const name of Object.getOwnPropertyNames(Callback.prototype).filter((hook) => hook.startsWith("on"))) {
      Object.assign(this, {
        [name]: (...args: readonly (number | Logs)[]) => {
          const logs = args.at(-1) as Logs;
          const number = args.length > 1 ? ` ${args[0] as number}` : "";
          this.calls.push(`${name}${number} ${Object.keys(logs).toSorted().join()}`.trim());
        },
      });
    }
  }
}

test("hooks are called in Keras's order with Keras's arguments", async () => {
  const recorder = new Recorder();
  const made = trainer();
  await made.fit(x, y, { epochs: 2, batchSize: 5, validationData: [x, y], callbacks: [recorder], verbose: 0 });
  const steps = (kind: string) =>
    [0, 1].flatMap((batch) => [`on${kind}BatchBegin ${batch}`, `on${kind}BatchEnd ${batch} loss,mae`]);
  const epoch = (number: number) => [
    `onEpochBegin ${number}`,
    ...steps("Train"),
    "onTestBegin",
    ...steps("Test"),
    "onTestEnd loss,mae",
    `onEpochEnd ${number} loss,mae,val_loss,val_mae`,
  ];
  // As Keras 3.15.1 calls them.
  expect(recorder.calls).toEqual(["onTrainBegin", ...epoch(0), ...epoch(1), "onTrainEnd loss,mae,val_loss,val_mae"]);

  const other = new Recorder();
  await made.evaluate(x, y, { callbacks: [other], verbose: 0 });
  await made.predict(x, { callbacks: [other] });
  expect(other.calls).toEqual([
    "onTestBegin",
    "onTestBatchBegin 0",
    "onTestBatchEnd 0 loss,mae",
    "onTestEnd loss,mae",
    "onPredictBegin",
    "onPredictBatchBegin 0",
    "onPredictBatchEnd 0 outputs",
    "onPredictEnd",
  ]);
});

test("callbacks see the model, the numbers of epochs and steps, and running values", async () => {
  const made = trainer();
  const losses: number[] = [];
  const seen: unknown[] = [];
  class Watch extends Callback {
    override onTrainBegin(): void {
      seen.push(this.model === made.model, this.params);
    }
    override onTrainBatchEnd(_batch: number, logs: Logs): void {
      losses.push(logs["loss"]!);
    }
  }
  const { history } = await made.fit(x, y, { batchSize: 4, callbacks: [new Watch()], verbose: 0 });
  expect(seen).toEqual([true, { epochs: 1, steps: 3 }]);
  expect(losses).toHaveLength(3);
  expect(losses.at(-1)).toBe(history["loss"]![0]);
});

test("what onEpochEnd adds to the logs is in the history", async () => {
  const callbacks = [lambdaCallback({ onEpochEnd: (epoch, logs) => void (logs["squared"] = epoch ** 2) })];
  const { history } = await trainer().fit(x, y, { epochs: 3, callbacks, verbose: 0 });
  expect(history["squared"]).toEqual([0, 1, 4]);
});

test("training waits for hooks", async () => {
  const order: string[] = [];
  const slow = async (text: string) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    order.push(text);
  };
  const callbacks = [
    { onEpochBegin: () => slow("begin"), onTrainBatchEnd: () => slow("batch"), onEpochEnd: () => slow("end") },
    { onEpochEnd: () => void order.push("second") },
  ];
  await trainer().fit(x, y, { epochs: 1, callbacks, verbose: 0 });
  expect(order).toEqual(["begin", "batch", "end", "second"]);
});

test("stopTraining ends training after the batch, with validation and the epoch's hooks, as in Keras", async () => {
  class Stop extends Callback {
    override onTrainBatchEnd(batch: number): void {
      if (batch === 1) this.training.stopTraining = true;
    }
  }
  const stopped = trainer();
  const start = await stopped.model.getWeights();
  const options = { batchSize: 2, shuffle: false, verbose: 0 } as const;
  const { epoch, history } = await stopped.fit(x, y, {
    ...options,
    epochs: 5,
    validationData: [x, y],
    callbacks: [new Stop()],
  });
  expect(epoch).toEqual([0]);
  expect(Object.keys(history)).toEqual(["loss", "mae", "val_loss", "val_mae"]);
  const short = trainer();
  short.model.setWeights(start);
  await short.fit(x.rows(0, 4), y.rows(0, 4), options);
  expect(await weightsOf(stopped)).toEqual(await weightsOf(short));
  expect((await stopped.fit(x, y, { ...options, epochs: 2 })).epoch).toEqual([0, 1]);
});

test("the learning rate can be read and set", async () => {
  const rates: number[] = [];
  class Halve extends Callback {
    override async onEpochBegin(): Promise<void> {
      rates.push(await this.training.readLearningRate(), await this.training.readIterations());
      this.training.learningRate = rates.at(-2)! / 2;
    }
  }
  await trainer().fit(x, y, { epochs: 3, batchSize: 5, callbacks: [new Halve()], verbose: 0 });
  expect(rates.map((rate) => Math.fround(rate))).toEqual([0.001, 0, 0.0005, 2, 0.00025, 4].map(Math.fround));
});

test("a loss that is not finite can end training instead of failing", async () => {
  const broken = x.data.slice();
  broken[6] = Number.NaN;
  class Tolerate extends Callback {
    override onTrainBegin(): void {
      this.training.notFinite = "stop";
    }
  }
  const options = { batchSize: 2, shuffle: false, verbose: 0, epochs: 3 } as const;
  const { history } = await trainer().fit(broken, y, { ...options, callbacks: [new Tolerate()] });
  expect(history["loss"]).toEqual([Number.NaN]);
  expect((await errorOf(() => trainer().fit(broken, y, options))).code).toBe("not-finite");
});

test("errors in hooks reach the caller, and the trainer stays usable", async () => {
  const made = trainer();
  const problem = new Error("mine");
  const callbacks = [
    {
      onEpochEnd: () => {
        throw problem;
      },
    },
  ];
  await expect(made.fit(x, y, { callbacks, verbose: 0 })).rejects.toBe(problem);
  expect((await made.fit(x, y, { verbose: 0 })).epoch).toEqual([0]);
});

test("a hook that does not exist is refused", async () => {
  const callbacks = [{ onEpochFinish: () => undefined } as never];
  const error = await errorOf(() => trainer().fit(x, y, { callbacks, verbose: 0 }));
  expect(error).toBeInstanceOf(LamellaError);
  expect(error.message).toMatch(/no hook 'onEpochFinish'.*onTrainBegin.*onEpochEnd/);
});

test("saving from a trainer without files says how to give it some", async () => {
  class Save extends Callback {
    override async onTrainEnd(): Promise<void> {
      await this.training.save("model.lamella");
    }
  }
  const error = await errorOf(() => trainer().fit(x, y, { callbacks: [new Save()], verbose: 0 }));
  expect(error.message).toContain("Use a model of 'lamella'");
});
