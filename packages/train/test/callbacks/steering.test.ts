import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import { dense } from "@lamella/ir";
import { Callback, callbacks, type CallbackOption, type Logs, sgd } from "@lamella/train";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";

import { errorOf, numbers, trainerOf, weightsOf } from "../trainer/support.ts";

const x = numbers("x", 8, 2);
const y = numbers("y", 8, 1);
const quiet = { verbose: 0, batchSize: 2, shuffle: false } as const;

let log: MockInstance<typeof console.log>;
beforeEach(() => {
  log = vi.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

describe("TerminateOnNaN", () => {
  const broken = x.data.slice();
  broken[9] = Number.NaN;
  const trainer = (compile = {}) => {
    const made = trainerOf([2], (input) => dense(1, { kernelInitializer: "ones" })(input));
    made.compile({ loss: "mse", ...compile });
    return made;
  };

  test("ends training without an error; all hooks are called, and the weights are from before", async () => {
    const seen: unknown[] = [];
    const watch = {
      onTrainBatchEnd: (batch: number, logs: Logs) => void seen.push([batch, Number.isNaN(logs["loss"])]),
      onTrainEnd: () => void seen.push("end"),
    };
    const stopped = trainer();
    const { history } = await stopped.fit(broken, y, {
      ...quiet,
      epochs: 3,
      callbacks: [callbacks.terminateOnNaN(), watch],
    });
    expect(history["loss"]).toEqual([Number.NaN]);
    expect(log.mock.calls).toEqual([["Batch 2: Invalid loss, terminating training"]]);
    expect(seen).toEqual([[0, false], [1, false], [2, true], "end"]);
    const two = trainer();
    await two.fit(x.rows(0, 4), y.rows(0, 4), quiet);
    expect(await weightsOf(stopped)).toEqual(await weightsOf(two));
  });

  test("names the batch that fails among several in one run", async () => {
    const stopped = trainer({ stepsPerExecution: 4 });
    await stopped.fit(broken, y, { ...quiet, callbacks: [callbacks.terminateOnNaN()] });
    expect(log.mock.calls).toEqual([["Batch 2: Invalid loss, terminating training"]]);
    expect(await stopped.readIterations()).toBe(2);
  });

  test("raiseError leaves the error, and onTrainEnd is not called", async () => {
    const onTrainEnd = vi.fn<() => void>();
    const options = { ...quiet, callbacks: [callbacks.terminateOnNaN({ raiseError: true }), { onTrainEnd }] };
    expect((await errorOf(() => trainer().fit(broken, y, options))).code).toBe("not-finite");
    expect(onTrainEnd).not.toHaveBeenCalled();
  });
});

describe("SwapEMAWeights", () => {
  const momentum = 0.5;
  const trainer = () => {
    const made = trainerOf([2], (input) => dense(1, { kernelInitializer: "ones" })(input));
    made.compile({ loss: "mse", optimizer: sgd({ learningRate: 0.1, useEma: true, emaMomentum: momentum }) });
    return made;
  };
  /** Weights after every step, and at the ends of epochs and during validation. */
  class Watch extends Callback {
    readonly steps: number[][] = [];
    readonly epochs: number[][] = [];
    readonly tests: number[][] = [];
    override async onTrainBatchEnd(): Promise<void> {
      this.steps.push(await this.flat());
    }
    override async onEpochEnd(): Promise<void> {
      this.epochs.push(await this.flat());
    }
    override async onTestBatchBegin(): Promise<void> {
      this.tests.push(await this.flat());
    }
    private async flat(): Promise<number[]> {
      return (await this.model.getWeights()).flatMap((weight) => weight.toNumbers());
    }
  }
  /** The average that the weights of steps come to; the first starts it. */
  const averageOf = (steps: readonly (readonly number[])[]) =>
    steps.reduce((mean, now) => mean.map((value, i) => momentum * value + (1 - momentum) * now[i]!));
  /** Weights near 1, a few float32 roundings apart. */
  const expectClose = (actual: readonly number[], expected: readonly number[]) => {
    expect(actual).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(Math.abs(actual[i]! - value)).toBeLessThan(1e-6);
  };
  const fit = async (given: readonly CallbackOption[], epochs = 2) => {
    const made = trainer();
    await made.fit(x, y, { ...quiet, epochs, validationData: [x, y], callbacks: given });
    return (await weightsOf(made)).flat();
  };

  test("validates with the averages, and trains on with the weights", async () => {
    const [plain, watch] = [new Watch(), new Watch()];
    const expected = await fit([plain]);
    expect(await fit([callbacks.swapEMAWeights(), watch])).toEqual(expected);
    expect(watch.steps).toEqual(plain.steps);
    expectClose(watch.tests[0]!, averageOf(plain.steps.slice(0, 4)));
    expect(watch.epochs[0]).toEqual(plain.steps[3]);
    expectClose(expected, averageOf(plain.steps));
  });

  test("swapOnEpoch shows the averages to later callbacks, and they are what remains", async () => {
    const [plain, watch] = [new Watch(), new Watch()];
    const expected = await fit([plain]);
    expect(await fit([callbacks.swapEMAWeights({ swapOnEpoch: true }), watch])).toEqual(expected);
    expect(watch.steps).toEqual(plain.steps);
    expectClose(watch.epochs[0]!, averageOf(plain.steps.slice(0, 4)));
  });

  test("of a training that ends early the averages remain, too", async () => {
    const stop = callbacks.earlyStopping({ monitor: "loss", mode: "max", patience: 0 });
    const swap = callbacks.swapEMAWeights({ swapOnEpoch: true });
    expect(await fit([swap, stop], 9)).toEqual(await fit([stop], 9));
  });

  test("evaluates and predicts with the averages, and puts the weights back", async () => {
    const watch = new Watch();
    const made = trainer();
    const shots: number[][] = [];
    const fail = {
      onEpochEnd: async () => {
        shots.push((await weightsOf(made)).flat());
        await made.predict(x, {
          callbacks: [
            callbacks.swapEMAWeights(),
            { onPredictBatchBegin: async () => void shots.push((await weightsOf(made)).flat()) },
          ],
        });
        shots.push((await weightsOf(made)).flat());
      },
    };
    await made.fit(x, y, { ...quiet, callbacks: [watch, fail] });
    expect(shots[0]).toEqual(watch.steps[3]);
    expectClose(shots[1]!, averageOf(watch.steps));
    expect(shots[2]).toEqual(shots[0]);
  });

  test("a failure in between puts the weights back", async () => {
    const watch = new Watch();
    const made = trainer();
    const fail = {
      onTestBatchEnd: () => {
        throw new Error("mine");
      },
    };
    const options = { ...quiet, validationData: [x, y] as const, callbacks: [callbacks.swapEMAWeights(), watch, fail] };
    await expect(made.fit(x, y, options)).rejects.toThrow("mine");
    expect((await weightsOf(made)).flat()).toEqual(watch.steps[3]);
  });

  test("needs useEma", async () => {
    const made = trainerOf([2], (input) => dense(1)(input));
    made.compile({ loss: "mse", optimizer: "sgd" });
    const error = await errorOf(() => made.evaluate(x, y, { ...quiet, callbacks: [callbacks.swapEMAWeights()] }));
    expect(error.message).toBe("SGD: The optimizer keeps no moving averages of the weights. Give it useEma: true.");
  });
});

describe("RemoteMonitor", () => {
  async function received(options: object): Promise<{ readonly request: IncomingMessage; readonly body: string }[]> {
    const requests: { request: IncomingMessage; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        requests.push({ request, body });
        response.statusCode = 500;
        response.end("no");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const made = trainerOf([2], (input) => dense(1)(input));
    made.compile({ loss: "mse" });
    const value = { onEpochEnd: (_: number, logs: Logs) => void (logs["loss"] = 0.5) };
    await made.fit(x, y, { ...quiet, callbacks: [value, callbacks.remoteMonitor({ root, ...options })] });
    await new Promise((resolve) => server.close(resolve));
    return requests;
  }

  test("posts a form", async () => {
    const [{ request, body }] = (await received({ headers: { "x-own": "1" } })) as [
      Awaited<ReturnType<typeof received>>[0],
    ];
    expect([request.method, request.url, request.headers["x-own"]]).toEqual(["POST", "/publish/epoch/end/", "1"]);
    expect(request.headers["content-type"]).toContain("application/x-www-form-urlencoded");
    expect(JSON.parse(new URLSearchParams(body).get("data")!)).toEqual({ epoch: 0, loss: 0.5 });
  });

  test("posts JSON", async () => {
    const [{ request, body }] = (await received({ sendAsJson: true, path: "/x" })) as [
      Awaited<ReturnType<typeof received>>[0],
    ];
    expect([request.url, request.headers["content-type"]]).toEqual(["/x", "application/json"]);
    expect(JSON.parse(body)).toEqual({ epoch: 0, loss: 0.5 });
  });

  test("a server that is not there is a warning", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const made = trainerOf([2], (input) => dense(1)(input));
    made.compile({ loss: "mse" });
    const root = "http://127.0.0.1:1";
    await made.fit(x, y, { ...quiet, callbacks: [callbacks.remoteMonitor({ root })] });
    expect(warn.mock.calls).toEqual([[`Could not reach RemoteMonitor root server at ${root}`]]);
  });
});
