import { readFileSync } from "node:fs";

import { dense, symbolicInput } from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { Callback, callbacks, type Logs, sgd, Trainer } from "@lamella/train";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Net, numbers } from "../trainer/support.ts";

interface Scenario {
  readonly type: "EarlyStopping" | "ReduceLROnPlateau" | "ModelCheckpoint";
  readonly options: Readonly<Record<string, unknown>> & { readonly monitor: string; readonly filepath?: string };
  /** Of the monitored value, epoch by epoch; null where it is missing. */
  readonly values: readonly (number | null)[];
  readonly steps: number;
  /** Epochs that ran. */
  readonly epochs: number;
  /** The epoch whose weights came back. */
  readonly restored: number | null;
  /** Learning rates after each epoch. */
  readonly rates: readonly number[];
  /** Names of files. */
  readonly saved: readonly string[];
}

// What Keras did; see goldens/keras_callbacks.py.
const { scenarios } = JSON.parse(readFileSync(new URL("../goldens/keras-callbacks.json", import.meta.url), "utf8")) as {
  readonly scenarios: readonly Scenario[];
};

const made = {
  EarlyStopping: (options: object) => callbacks.earlyStopping(options),
  ReduceLROnPlateau: (options: object) => callbacks.reduceLROnPlateau(options),
  ModelCheckpoint: (options: object) => callbacks.modelCheckpoint(options as { readonly filepath: string }),
};

/** Puts given values into the logs, and sets the weights to the number of the epoch. */
class Script extends Callback {
  private readonly scenario: Scenario;

  constructor(scenario: Scenario) {
    super();
    this.scenario = scenario;
  }

  override onTrainBatchEnd(_batch: number, logs: Logs): void {
    logs["loss"] = 1;
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    const { values, options } = this.scenario;
    const value = values[epoch];
    logs["loss"] = 1;
    if (value !== null) logs[options.monitor] = value!;
    this.model.setWeights([[[epoch]], [epoch]]);
  }
}

/** Writes down the learning rate after the others. */
class Rates extends Callback {
  readonly rates: number[] = [];
  override async onEpochEnd(): Promise<void> {
    this.rates.push(await this.training.readLearningRate());
  }
}

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

describe.each(["EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint"] as const)(
  "%s does what Keras's does",
  (type) => {
    test.each(scenarios.filter((scenario) => scenario.type === type))("$options, $values", async (scenario) => {
      const { options, steps, values } = scenario;
      const saved: string[] = [];
      const write = async (path: string) => void saved.push(path.replace(".lamella", ""));
      const x = symbolicInput({ shape: [1] });
      const trainer = new Trainer(new Net([x], [dense(1)(x)]), reference(), { write, read: () => Promise.reject() });
      trainer.compile({ loss: "mse", optimizer: sgd({ learningRate: 0.1 }) });
      const given = options.filepath === undefined ? options : { ...options, filepath: `${options.filepath}.lamella` };
      const rates = new Rates();
      const data = numbers("x", steps, 1);
      const { epoch } = await trainer.fit(data, data, {
        batchSize: 1,
        epochs: values.length,
        callbacks: [new Script(scenario), made[type](given), rates],
        verbose: 0,
      });
      expect(epoch).toHaveLength(scenario.epochs);
      expect(rates.rates).toEqual(scenario.rates);
      expect(saved).toEqual(scenario.saved);
      const [kernel] = await trainer.model.getWeights();
      expect(kernel!.toNumbers()).toEqual([scenario.restored ?? scenario.epochs - 1]);
    });
  },
);
