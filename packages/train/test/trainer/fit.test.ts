import {
  activation,
  add,
  batchNormalization,
  dense,
  dropout,
  regularizers,
  setRandomSeed,
  type Tensor,
  ops,
} from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { type CompileOptions, type FitOptions, sgd, type Trainer } from "@lamella/train";
import { describe, expect, test } from "vitest";

import { CountingBackend } from "../../../runtime/test/counting-backend.ts";
import { numbers, trainerOf, wave, weightsOf } from "./support.ts";

const quiet = { verbose: 0 } as const;

describe("two epochs, validation and evaluation equal Keras's", () => {
  // From Keras 3.15.1 on TensorFlow: SGD(0.1), L2(0.05) on the hidden kernel, batches of 4 of 12 samples, validation_split
  // 0.2, run_eagerly. (In its graph mode Keras does not weigh the losses of single outputs by the sizes of the batches.)
  const keras = {
    loss: [2.11135196685791, 1.6728119850158691],
    a_loss: [1.226226806640625, 0.8523069024085999],
    b_loss: [0.7536249160766602, 0.6962009072303772],
    a_mae: [0.9157946109771729, 0.7619550228118896],
    b_accuracy: [0.5555555820465088, 0.4444444477558136],
    val_loss: [2.3744871616363525, 2.0796878337860107],
    val_a_loss: [1.5764795541763306, 1.2643028497695923],
    val_b_loss: [0.6721778512001038, 0.6966755986213684],
    val_a_mae: [1.0384109020233154, 0.9616554379463196],
    val_b_accuracy: [0.6666666865348816, 0.3333333432674408],
  };
  const evaluated = {
    loss: 1.7171810865402222,
    a_loss: 0.9301607608795166,
    b_loss: 0.6683109402656555,
    a_mae: 0.7831010222434998,
    b_accuracy: 0.5833333134651184,
  };
  const statistics = [
    [0.8670627474784851, 0.025152862071990967],
    [0.9578146934509277, 0.954596996307373],
  ];
  const x = wave(1, [12, 3]);
  const targets = { a: wave(2, [12, 2]), b: wave(3, [12, 1]).data.map((value) => Number(value > 0)) };

  test("with a smaller last batch, regularization and batch normalization", async () => {
    const backend = new CountingBackend();
    const trainer = trainerOf(
      [3],
      (input) => {
        const hidden = dense(2, { name: "hidden", kernelRegularizer: regularizers.l2(0.05) })(input);
        const normal = batchNormalization({ name: "bn" })(hidden);
        return [dense(2, { name: "a" })(normal), dense(1, { name: "b", activation: "sigmoid" })(normal)];
      },
      backend,
    );
    for (const [i, variable] of trainer.model.weights.entries()) {
      variable.write(variable.name === "moving_variance" ? [1, 1] : wave(10 + i, variable.shape));
    }
    trainer.compile({
      optimizer: sgd({ learningRate: 0.1 }),
      loss: { a: "mse", b: "binary_crossentropy" },
      metrics: { a: ["mae"], b: ["accuracy"] },
    });
    const options = { ...quiet, epochs: 2, batchSize: 4, shuffle: false, validationSplit: 0.2 };
    const { history } = await trainer.fit(x, targets, options);
    expect(Object.keys(history)).toEqual(Object.keys(keras));
    for (const [name, values] of Object.entries(keras)) {
      for (const [epoch, value] of values.entries()) expect(history[name]![epoch]).toBeCloseTo(value, 5);
    }
    const [, , , , mean, variance] = await weightsOf(trainer);
    for (const [i, values] of [mean!, variance!].entries()) {
      for (const [j, value] of values.entries()) expect(value).toBeCloseTo(statistics[i]![j]!, 5);
    }
    // One graph for all batch sizes.
    expect(backend.compiled).toEqual(["net, train", "net, evaluate"]);

    const measured = await trainer.evaluate(x, targets, { ...quiet, batchSize: 5 });
    expect(Object.keys(measured)).toEqual(Object.keys(evaluated));
    for (const [name, value] of Object.entries(evaluated)) expect(measured[name]).toBeCloseTo(value, 5);
    expect(backend.compiled).toHaveLength(2);
  });
});

const x = numbers("x", 10, 2);
const y = numbers("y", 10, 1);

function regression(backend?: CountingBackend, options: Partial<CompileOptions> = {}): Trainer {
  const trainer = trainerOf([2], (input) => dense(1)(dropout(0.3)(dense(4, { activation: "tanh" })(input))), backend);
  trainer.compile({ loss: "mse", optimizer: "adam", ...options });
  return trainer;
}

describe("history", () => {
  test("the loss of an epoch is the mean over samples, also with a smaller last batch", async () => {
    const trainer = trainerOf([2], (input) => dense(1)(input));
    trainer.compile({ loss: "mse", optimizer: sgd({ learningRate: 0 }), metrics: ["mse"] });
    const predicted = (await trainer.predict(x)) as { readonly data: ArrayLike<number> };
    const mean = Array.from(y.data, (value, i) => (value - predicted.data[i]!) ** 2).reduce((a, b) => a + b) / 10;
    for (const batchSize of [10, 4, 3]) {
      const { history } = await trainer.fit(x, y, { ...quiet, batchSize });
      expect(history["loss"]![0]).toBeCloseTo(mean, 6);
      expect(history["mse"]![0]).toBeCloseTo(mean, 6);
    }
  });

  test("a model's only loss is not reported a second time, as in Keras", async () => {
    const build = (input: Parameters<Parameters<typeof trainerOf>[1]>[0]) => [
      dense(1, { name: "a" })(input),
      dense(1, { name: "b" })(input),
    ];
    const trainer = trainerOf([2], build);
    trainer.compile({ loss: ["mse", null] as never });
    expect(Object.keys((await trainer.fit(x, [y, y], quiet)).history)).toEqual(["loss"]);
    trainer.compile({ loss: "mse" });
    expect(Object.keys((await trainer.fit(x, [y, y], quiet)).history)).toEqual(["loss", "a_loss", "b_loss"]);
    trainer.compile({ loss: "mse", metrics: ["mae", "mse"] });
    const names = Object.keys((await trainer.fit(x, [y, y], quiet)).history);
    expect(names).toEqual(["loss", "a_loss", "b_loss", "a_mae", "b_mse"]);
    trainer.compile({ loss: "mse", metrics: [] });
    expect(Object.keys(await trainer.evaluate(x, [y, y], quiet))).toEqual(["loss", "a_loss", "b_loss"]);
    trainer.compile({ loss: "mse", metrics: [["mae", "mse"], []] });
    expect(Object.keys(await trainer.evaluate(x, [y, y], quiet))).toEqual([
      "loss",
      "a_loss",
      "b_loss",
      "a_mae",
      "a_mse",
    ]);
  });

  test("regularization is part of the loss, not of the metrics", async () => {
    const trainer = trainerOf([2], (input) => dense(1, { kernelRegularizer: regularizers.l1(0.5) })(input));
    trainer.compile({ loss: "mse", metrics: ["mse"] });
    const [kernel] = await weightsOf(trainer);
    const { loss, mse } = await trainer.evaluate(x, y, quiet);
    expect(loss! - mse!).toBeCloseTo(0.5 * kernel!.reduce((sum, value) => sum + Math.abs(value), 0), 6);
  });

  test("what layers add is part of the loss, averaged over the batch", async () => {
    const trainer = trainerOf([2], (input) => dense(2, { activityRegularizer: regularizers.l2(0.1) })(input));
    trainer.compile({ loss: "mse", metrics: ["mse"] });
    const predicted = (await trainer.predict(x)) as Tensor;
    const squares = predicted.toNumbers().reduce((sum, value) => sum + value * value, 0);
    const { loss, mse } = await trainer.evaluate(x, numbers("two", 10, 2), quiet);
    expect(loss! - mse!).toBeCloseTo((0.1 * squares) / 10, 5);
  });

  test("no epochs, no history", async () => {
    const { epoch, history } = await regression().fit(x, y, { ...quiet, epochs: 0 });
    expect({ epoch, history }).toEqual({ epoch: [], history: {} });
  });
});

describe("validation", () => {
  test("validationSplit takes the last samples before anything is shuffled", async () => {
    const trainer = regression(undefined, { seed: 5 });
    const split = await trainer.fit(x, y, { ...quiet, epochs: 2, validationSplit: 0.3 });
    const validation = await trainer.evaluate(x.rows(7, 10), y.rows(7, 10), quiet);
    expect(split.history["val_loss"]!.at(-1)).toBe(validation["loss"]);
    expect(split.history["loss"]).toHaveLength(2);
  });

  test("validationData gives what evaluate gives afterwards, and what a split of the same samples gives", async () => {
    const run = async (options: FitOptions, count: number) => {
      setRandomSeed(3);
      const trainer = regression(undefined, { seed: 5 });
      const { history } = await trainer.fit(x.rows(0, count), y.rows(0, count), { ...quiet, epochs: 2, ...options });
      const { loss } = await trainer.evaluate(x.rows(7, 10), y.rows(7, 10), quiet);
      expect(history["val_loss"]!.at(-1)).toBe(loss);
      return history;
    };
    const given = await run({ validationData: [x.rows(7, 10), y.rows(7, 10)] }, 7);
    expect(await run({ validationSplit: 0.3 }, 10)).toEqual(given);
  });
});

describe("randomness", () => {
  async function lossesOf(seed: number, options: FitOptions = {}, backend?: CountingBackend) {
    setRandomSeed(3);
    const trainer = regression(backend, { seed });
    return (await trainer.fit(x, y, { ...quiet, epochs: 3, batchSize: 4, ...options })).history["loss"]!;
  }

  test("the same seed gives the same losses to the last bit; another one gives others", async () => {
    const first = await lossesOf(1);
    expect(await lossesOf(1)).toEqual(first);
    expect(await lossesOf(2)).not.toEqual(first);
    expect(await lossesOf(1, { shuffle: false })).not.toEqual(first);
  });

  test("setRandomSeed alone makes everything reproducible, whatever the layers are called", async () => {
    const losses: number[][] = [];
    for (let i = 0; i < 2; i++) {
      setRandomSeed(11);
      losses.push((await regression().fit(x, y, { ...quiet, epochs: 2 })).history["loss"]!);
    }
    expect(losses[1]).toEqual(losses[0]);
  });

  test("every epoch has an order of its own", async () => {
    const seen: number[][] = [];
    const backend = new CountingBackend();
    const compile = backend.compile.bind(backend);
    backend.compile = async (graph, options) => {
      const executable = await compile(graph, options);
      const run = executable.run.bind(executable);
      executable.run = (feeds) => {
        seen.push((feeds["x"] as Tensor).toNumbers());
        return run(feeds);
      };
      return executable;
    };
    await lossesOf(1, { epochs: 2, batchSize: 10 }, backend);
    const sorted = (values: number[]) => values.toSorted((a, b) => a - b);
    expect(seen).toHaveLength(2);
    expect(seen[0]).not.toEqual(seen[1]);
    expect(seen[0]).not.toEqual(Array.from(x.data));
    for (const values of seen) expect(sorted(values)).toEqual(sorted(Array.from(x.data)));
  });

  test("dropout is at work in fit only", async () => {
    const trainer = trainerOf([2], (input) => dropout(0.5)(input));
    trainer.compile({ loss: "mse" });
    const ones = Array.from({ length: 200 }, () => [1, 1]);
    expect((await trainer.evaluate(ones, ones, quiet))["loss"]).toBe(0);
    expect((await trainer.predict(ones)) as object).toMatchObject({ data: new Float32Array(400).fill(1) });
    const still = trainerOf([2], (input) => dense(2, { kernelInitializer: "identity" })(dropout(0.5)(input)));
    still.compile({ loss: "mse", optimizer: sgd({ learningRate: 0 }) });
    // Half of the values become 0, the others 2: each is 1 off.
    const { history } = await still.fit(ones, ones, { ...quiet, epochs: 2, batchSize: 200 });
    expect(history["loss"]).toEqual([1, 1]);
  });

  test("masks differ from call to call", async () => {
    const trainer = trainerOf([64], (input) => {
      const drop = dropout(0.5, { seed: 1 });
      return add()([drop(input), drop(input), dropout(0.5)(input), dropout(0.5)(input)]);
    });
    trainer.compile({ loss: "mse", optimizer: sgd({ learningRate: 0 }), seed: 1 });
    // Were they equal, all sums would be 0 or 8.
    const { history } = await trainer.fit([new Array<number>(64).fill(1)], [new Array<number>(64).fill(4)], quiet);
    expect(history["loss"]![0]).toBeLessThan(12);
  });

  test("masks differ from step to step", async () => {
    const trainer = trainerOf([1], (input) => dense(1, { kernelInitializer: "ones" })(dropout(0.5)(input)));
    trainer.compile({ loss: "mse", optimizer: sgd({ learningRate: 0 }), seed: 1 });
    const ones = Array.from({ length: 40 }, () => [1]);
    const zeros = ones.map(() => [0]);
    const { history } = await trainer.fit(ones, zeros, { ...quiet, epochs: 6, batchSize: 40 });
    expect(new Set(history["loss"]).size).toBeGreaterThan(2);
  });
});

describe("what is trained", () => {
  test("frozen layers do not change; others do", async () => {
    const frozen = dense(3, { kernelRegularizer: "l2" });
    const trainer = trainerOf([2], (input) => dense(1)(batchNormalization({ trainable: false })(frozen(input))));
    frozen.trainable = false;
    trainer.compile({ loss: "mse", optimizer: "adam" });
    const before = await weightsOf(trainer);
    await trainer.fit(x, y, { ...quiet, epochs: 2 });
    const after = await weightsOf(trainer);
    // dense: kernel, bias; batch normalization: gamma, beta, mean, variance; dense: kernel, bias.
    const changed = after.map((values, i) => values.some((value, j) => value !== before[i]![j]));
    expect(changed).toEqual([false, false, false, false, false, false, true, true]);
  });

  test("a model that is frozen as a whole has nothing to train, but statistics and losses", async () => {
    const trainer = trainerOf([2], (input) => dense(1)(input));
    trainer.model.trainable = false;
    trainer.compile({ loss: "mse" });
    const before = await weightsOf(trainer);
    await trainer.fit(x, y, quiet);
    expect(await weightsOf(trainer)).toEqual(before);
  });

  test("models that share layers see each other's training, each on a backend of its own", async () => {
    const options = { ...quiet, shuffle: false, batchSize: 4 };
    const pair = () => {
      setRandomSeed(3);
      const layers = [dense(3, { activation: "tanh" }), dense(1)] as const;
      const one = trainerOf([2], (input) => layers[1](layers[0](input)), new CountingBackend());
      const other = trainerOf([2], (input) => layers[1](layers[0](input)), new CountingBackend());
      for (const trainer of [one, other]) trainer.compile({ loss: "mse", optimizer: sgd({ learningRate: 0.1 }) });
      return { layers, one, other };
    };
    const alone = pair();
    await alone.one.fit(x, y, { ...options, epochs: 4 });

    const { layers, one, other } = pair();
    await other.predict(x);
    for (const trainer of [one, other, other, one]) await trainer.fit(x, y, options);
    expect(await weightsOf(other)).toEqual(await weightsOf(alone.one));
    expect(await other.predict(x)).toEqual(await alone.one.predict(x));

    await one.dispose();
    await other.dispose();
    expect(await layers[0].getWeights()).toEqual(await alone.layers[0].getWeights());
  });

  test("moving statistics are those of training, and predict uses them", async () => {
    const normal = batchNormalization({ momentum: 0 });
    const trainer = trainerOf([2], (input) => normal(input));
    trainer.compile({ loss: "mse", optimizer: sgd({ learningRate: 0 }) });
    const data = [
      [0, 10],
      [2, 30],
    ];
    expect(((await trainer.predict([[1, 20]])) as { readonly data: unknown }).data).not.toEqual(Float32Array.of(0, 0));
    await trainer.fit(data, data, quiet);
    expect(await weightsOf(trainer)).toEqual([
      [1, 1],
      [0, 0],
      [1, 20],
      [1, 100],
    ]);
    const centered = (await trainer.predict([[1, 20]])) as { readonly data: Float32Array };
    for (const value of centered.data) expect(value).toBeCloseTo(0, 5);
    await trainer.evaluate(data, data, quiet);
    expect((await weightsOf(trainer))[2]).toEqual([1, 20]);
  });

  test("a loss and a metric of one's own get targets of the predictions' dtype and rank", async () => {
    const trainer = trainerOf([2], (input) => dense(1)(input));
    const distance: NonNullable<Parameters<Trainer["compile"]>[0]["loss"]> = (yTrue, yPred) =>
      ops.mean(ops.absolute(ops.subtract(yTrue, yPred)), { axis: -1 });
    trainer.compile({ loss: distance, metrics: ["mae", distance] });
    for (const targets of [[[1], [2], [3]], [1, 2, 3], [0.5, 1, 2], Int32Array.of(1, 2, 3)]) {
      const { loss, mae, distance: own } = await trainer.evaluate(x.rows(0, 3), targets, quiet);
      expect(loss).toBeCloseTo(mae!, 6);
      expect(own).toBeCloseTo(mae!, 6);
    }
  });
});

describe("compiling", () => {
  test("a session for predict is built after a change of the weights, and only then", async () => {
    const backend = new CountingBackend();
    const trainer = regression(backend);
    const compiles = () => backend.compilesOf("predict");
    await trainer.predict(x, { batchSize: 3 });
    await trainer.predict(x);
    expect(compiles()).toBe(1);
    await trainer.evaluate(x, y, quiet);
    await trainer.predict(x);
    expect(compiles()).toBe(1);
    await trainer.fit(x, y, { ...quiet, epochs: 2 });
    expect(compiles()).toBe(1);
    const trained = await trainer.predict(x);
    await trainer.predict(x);
    expect(compiles()).toBe(2);
    trainer.model.setWeights((await trainer.model.getWeights()).map((weight) => weight.toArray()));
    expect(await trainer.predict(x)).toEqual(trained);
    expect(compiles()).toBe(3);
    expect(backend.sessions).toBe(3);
    await trainer.dispose();
    expect(backend.sessions).toBe(0);
    await trainer.predict(x);
    expect(compiles()).toBe(4);
  });

  test("fit and evaluate compile once each, also over several calls", async () => {
    const backend = new CountingBackend();
    const trainer = regression(backend);
    for (let i = 0; i < 3; i++) {
      await trainer.fit(x, y, { ...quiet, batchSize: 4, validationSplit: 0.2 });
      await trainer.evaluate(x, y, quiet);
    }
    expect(backend.compiled).toEqual(["net, train", "net, evaluate"]);
  });

  test("compile again drops the optimizer's state and the old sessions", async () => {
    const backend = new CountingBackend();
    const trainer = regression(backend, { seed: 1 });
    await trainer.fit(x, y, quiet);
    expect((await trainer.trainingState())!.state.get("iteration")!.toNumbers()).toEqual([1]);
    trainer.compile({ loss: "mse", seed: 1 });
    expect((await trainer.trainingState())!.state.size).toBe(0);
    await trainer.fit(x, y, quiet);
    expect(backend.sessions).toBe(1);
    await trainer.dispose();
    expect(backend).toMatchObject({ sessions: 0, tensors: 0 });
  });

  test("another backend takes over weights and leaves nothing behind on the old one", async () => {
    const first = new CountingBackend();
    const second = new CountingBackend(reference());
    const trainer = regression(first);
    await trainer.fit(x, y, quiet);
    const predicted = await trainer.predict(x);
    trainer.compile({ loss: "mse", backend: second });
    expect(await trainer.predict(x)).toEqual(predicted);
    expect(first).toMatchObject({ sessions: 0, tensors: 0 });
    await trainer.fit(x, y, quiet);
    expect(await trainer.predict(x)).not.toEqual(predicted);
    expect(second.compiled).toEqual(["net, predict", "net, train", "net, predict"]);
  });

  test("after a failed compilation it is tried again", async () => {
    const backend = new CountingBackend();
    const compile = backend.compile.bind(backend);
    let failures = 1;
    backend.compile = async (graph, options) => {
      if (failures-- > 0) throw new Error("Not now.");
      return compile(graph, options);
    };
    const trainer = regression(backend);
    await expect(trainer.fit(x, y, quiet)).rejects.toThrow("Not now.");
    expect((await trainer.fit(x, y, quiet)).epoch).toEqual([0]);
    await trainer.dispose();
    expect(backend).toMatchObject({ sessions: 0, tensors: 0 });
  });
});

test("several outputs come back in the model's order", async () => {
  const trainer = trainerOf([2], (input) => [dense(1)(input), activation("relu")(input), dense(3)(input)]);
  const outputs = (await trainer.predict(x, { batchSize: 3 })) as unknown as { readonly shape: unknown }[];
  expect(outputs.map(({ shape }) => shape)).toEqual([
    [10, 1],
    [10, 2],
    [10, 3],
  ]);
});

test("calls at the same time take turns", async () => {
  const backend = new CountingBackend();
  const trainer = regression(backend);
  const alone = await trainer.predict(x);
  await trainer.dispose();
  const both = await Promise.all([trainer.predict(x), trainer.predict(x, { batchSize: 3 })]);
  expect(both).toEqual([alone, alone]);
  expect(backend.sessions).toBe(1);
  await Promise.all([
    trainer.fit(x, y, { ...quiet, batchSize: 2 }),
    trainer.predict(x, { batchSize: 2 }),
    trainer.evaluate(x, y, { ...quiet, batchSize: 2 }),
    trainer.fit(x, y, { ...quiet, batchSize: 3 }),
  ]);
  expect((await trainer.trainingState())!.state.get("iteration")!.toNumbers()).toEqual([9]);
  await trainer.dispose();
  expect(backend).toMatchObject({ sessions: 0, tensors: 0 });
});
