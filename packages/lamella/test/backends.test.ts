import {
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  input,
  lstm,
  maxPooling2d,
  model,
  onnxruntime,
  type OnnxRuntimeOptions,
  reference,
  sequential,
  setRandomSeed,
} from "lamella";
import { describe, expect, test } from "vitest";

import { CountingBackend } from "../../runtime/test/counting-backend.ts";
import { expectError, inFolder, labels, line, numbers, smallStack, valuesOf } from "./support.ts";

const quiet = { verbose: 0 } as const;
const { x, y } = line(32);

/** Counts the turns of the event loop while something runs. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let running = true;
  const turn = () => {
    turns += 1;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  running = false;
  return turns;
}

describe("backends agree", () => {
  const models = {
    "a dense stack with dropout": () => ({
      net: smallStack(),
      data: x,
      targets: y,
      loss: "mse",
    }),
    "a small image model": () => ({
      net: sequential([
        conv2d(2, 3, { inputShape: [6, 6, 1], activation: "relu" }),
        batchNormalization(),
        maxPooling2d(),
        flatten(),
        dropout(0.25),
        dense(3, { activation: "softmax" }),
      ]),
      data: numbers("images", 8, 6, 6, 1),
      targets: labels("images", 8, 3),
      loss: "sparseCategoricalCrossentropy",
    }),
    "a recurrent model": () => ({
      net: sequential([lstm(2, { inputShape: [3, 2] }), dense(1)]),
      data: numbers("sequences", 8, 3, 2),
      targets: numbers("ends", 8, 1).data,
      loss: "mse",
    }),
  };

  test.each(Object.entries(models))("%s: equal losses and weights, step after step", async (_, build) => {
    const run = async (backend: ReturnType<typeof reference>) => {
      setRandomSeed(5);
      const { net, data, targets, loss } = build();
      net.compile({ loss, optimizer: "adam", seed: 2, backend });
      const { history } = await net.fit(data, targets, { ...quiet, epochs: 4, batchSize: 3 });
      const measured = await net.evaluate(data, targets, quiet);
      const result = [...history["loss"]!, measured["loss"]!, ...(await valuesOf(net.getWeights())).flat()];
      const predicted = (await net.predict(data)).toNumbers();
      await net.dispose();
      return [...result, ...predicted];
    };
    const expected = await run(reference());
    for (const [i, value] of (await run(onnxruntime())).entries()) expect(value).toBeCloseTo(expected[i]!, 4);
  });

  test("the same seed gives bit-equal losses, run after run, on onnxruntime", async () => {
    const run = async (seed: number) => {
      setRandomSeed(5);
      await using net = smallStack();
      net.compile({ loss: "mse", optimizer: "adam", seed, backend: onnxruntime() });
      return (await net.fit(x, y, { ...quiet, epochs: 3, batchSize: 5 })).history["loss"];
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });
});

describe("nothing leaks", () => {
  test.each<[string, OnnxRuntimeOptions]>([
    ["in this thread", {}],
    ["in a worker", { worker: true }],
  ])(
    "over 200 steps and 200 predictions %s",
    async (_, options) => {
      const backend = new CountingBackend(onnxruntime(options));
      const net = smallStack();
      net.compile({ loss: "mse", optimizer: "adam", backend });
      const [few, fewTargets] = [numbers("few", 1, 2), numbers("target", 1, 1)];
      await net.fit(few, fewTargets, quiet);
      await net.predict(few);
      const { tensors } = backend;
      await net.fit(numbers("many", 200, 2), numbers("targets", 200, 1), { ...quiet, batchSize: 1 });
      expect(backend.tensors).toBe(tensors);
      await net.predict(numbers("many", 200, 2), { batchSize: 1 });
      expect(backend).toMatchObject({ tensors, sessions: 2, uploads: tensors });
      await net.dispose();
      expect(backend).toMatchObject({ tensors: 0, sessions: 0 });
    },
    20_000,
  );
});

describe("the event loop", () => {
  test.each([
    ["reference", reference],
    ["onnxruntime", onnxruntime],
  ])("turns between steps, on %s", async (_, backend) => {
    const net = smallStack();
    net.compile({ loss: "mse", backend: backend() });
    await net.fit(x, y, quiet);
    await net.evaluate(x, y, quiet);
    await net.predict(x);
    const steps = { ...quiet, batchSize: 2 };
    expect(await turnsDuring(() => net.fit(x, y, steps))).toBeGreaterThanOrEqual(16);
    expect(await turnsDuring(() => net.evaluate(x, y, steps))).toBeGreaterThanOrEqual(16);
    expect(await turnsDuring(() => net.predict(x, { batchSize: 1 }))).toBeGreaterThanOrEqual(32);
    await net.dispose();
  });

  test("turns during a step that runs in a worker, and the results are those of this thread", async () => {
    const data = numbers("wide", 256, 300);
    const targets = numbers("targets", 256, 1);
    const run = async (options: OnnxRuntimeOptions) => {
      setRandomSeed(5);
      const wide = dense(600, { kernelInitializer: "ones" });
      const net = sequential([dense(600, { kernelInitializer: "ones", inputShape: [300] }), wide, dense(1)]);
      net.compile({ loss: "mse", optimizer: "adam", seed: 1, backend: onnxruntime({ intraOpThreads: 1, ...options }) });
      const fit = () => net.fit(data, targets, { ...quiet, batchSize: 256 });
      const first = await fit();
      let second = first;
      const turns = await turnsDuring(async () => (second = await fit()));
      const predicted = await net.predict(data);
      await net.dispose();
      return { turns, results: [first.history, second.history, predicted.data] };
    };
    const here = await run({});
    const there = await run({ worker: true });
    expect(there.results).toEqual(here.results);
    // One step: in this thread a handful of turns around it, beside it as many as there is time for.
    expect(here.turns).toBeLessThan(20);
    expect(there.turns).toBeGreaterThan(100);
  });

  test("a model in a worker trains, saves, stops and goes on", async () => {
    await using net = smallStack();
    net.compile({ loss: "mse", optimizer: "adam", backend: onnxruntime({ worker: true }) });
    const { history } = await net.fit(x, y, { ...quiet, epochs: 3, validationSplit: 0.25 });
    expect(history["val_loss"]).toHaveLength(3);
    await inFolder((at) => net.save(at("model.lamella")));
    const signal = AbortSignal.abort();
    await expectError(() => net.fit(x, y, { ...quiet, signal }), "aborted", "epoch 1, step 1: Stopped on request.");
    const before = await net.predict(x);
    await net.dispose();
    expect((await net.predict(x)).data).toEqual(before.data);
    await net.fit(x, y, quiet);
    expect((await net.predict(x)).data).not.toEqual(before.data);
  });
});

test("an output may be named as an input, or as anything that a step adds", async () => {
  for (const backend of [reference(), onnxruntime()]) {
    const report = input({ shape: [2], name: "report" });
    await using net = model({
      inputs: report,
      outputs: dense(1, { name: "loss" })(dense(2, { name: "metrics" })(report)),
    });
    net.compile({ loss: "mse", optimizer: "adam", backend, metrics: ["mae"] });
    expect(Object.keys((await net.fit({ report: x }, { loss: y }, quiet)).history)).toEqual(["loss", "mae"]);
    await using through = model({ inputs: report, outputs: [report, dense(1)(report)] });
    through.compile({ loss: "mse", backend });
    await through.fit(x, [x, y], quiet);
    const [same] = await through.predict(x);
    expect(same!.data).toEqual(x.data);
  }
});
