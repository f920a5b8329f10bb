import { dense } from "@lamella/ir";
import { type Backend, reference } from "@lamella/runtime";
import { sgd } from "@lamella/train";
import { describe, expect, test } from "vitest";

import { errorOf, numbers, trainerOf, weightsOf } from "./support.ts";

const quiet = { verbose: 0, batchSize: 2, shuffle: false } as const;
const x = numbers("x", 8, 2);
const y = numbers("y", 8, 1);

/** The reference backend, which tells of every run. */
function telling(tell: (label: string | undefined, run: number) => void): Backend {
  const inner = reference();
  return {
    ...inner,
    compile: async (graph, options) => {
      const executable = await inner.compile(graph, options);
      let runs = 0;
      return {
        run: async (feeds) => {
          runs += 1;
          tell(options?.label, runs);
          return executable.run(feeds);
        },
        dispose: () => executable.dispose(),
        [Symbol.asyncDispose]: () => executable.dispose(),
      };
    },
  };
}

function trainer(backend?: Backend) {
  const made = trainerOf([2], (input) => dense(1, { kernelInitializer: "ones" })(input), backend);
  made.compile({ loss: "mse", optimizer: sgd({ learningRate: 0.1 }) });
  return made;
}

describe("an AbortSignal", () => {
  test("stops fit between two steps; the weights are those of the last full one", async () => {
    const controller = new AbortController();
    const stopped = trainer(
      telling((_, run) => {
        if (run === 3) controller.abort(new Error("Enough."));
      }),
    );
    const error = await errorOf(() => stopped.fit(x, y, { ...quiet, signal: controller.signal }));
    expect(error.code).toBe("aborted");
    expect(error.message).toBe("epoch 1, step 4: Stopped on request.");
    expect(error.cause).toEqual(new Error("Enough."));

    const three = trainer();
    await three.fit(x.rows(0, 6), y.rows(0, 6), quiet);
    expect(await weightsOf(stopped)).toEqual(await weightsOf(three));
    await stopped.fit(x, y, quiet);
  });

  test("stops validation, evaluate and predict", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const stopped = trainer(
      telling((label) => {
        if (label === "net, evaluate") controller.abort();
      }),
    );
    const during = await errorOf(() => stopped.fit(x, y, { ...quiet, validationSplit: 0.5, signal }));
    expect(during.message).toBe("epoch 1, validation step 2: Stopped on request.");
    const evaluating = await errorOf(() => stopped.evaluate(x, y, { ...quiet, signal }));
    expect(evaluating.message).toBe("evaluation step 1: Stopped on request.");
    const predicting = await errorOf(() => stopped.predict(x, { signal }));
    expect(predicting.message).toBe("predict: Stopped on request.");
    expect([during.code, evaluating.code, predicting.code]).toEqual(["aborted", "aborted", "aborted"]);
  });

  test("can come from a timer, since the event loop turns between steps", async () => {
    const soon = () => ({ signal: AbortSignal.timeout(10) });
    const fitting = await errorOf(() => trainer().fit(x, y, { ...quiet, epochs: 1e6, ...soon() }));
    const many = numbers("many", 20_000, 2);
    const predicting = await errorOf(() => trainer().predict(many, { batchSize: 1, ...soon() }));
    expect([fitting.code, predicting.code]).toEqual(["aborted", "aborted"]);
  });
});

describe("a loss that is not finite", () => {
  const broken = numbers("x", 8, 2);
  broken.data[9] = Number.NaN;

  test("stops training, names epoch and step, and leaves the weights from before", async () => {
    const stopped = trainer();
    await stopped.fit(x, y, quiet);
    const error = await errorOf(() => stopped.fit(broken, y, quiet));
    expect(error.code).toBe("not-finite");
    expect(error.message).toBe(
      "epoch 1, step 3: The loss is NaN. Training has stopped, and the weights are those from before this step. " +
        "Try a smaller learning rate, scale the inputs, and look for NaN in the data.",
    );
    const two = trainer();
    await two.fit(x, y, quiet);
    await two.fit(x.rows(0, 4), y.rows(0, 4), quiet);
    expect(await weightsOf(stopped)).toEqual(await weightsOf(two));
    expect((await stopped.trainingState())!.state.get("iteration")!.toNumbers()).toEqual([6]);
  });

  test("is found in a later epoch when training diverges", async () => {
    const wild = trainer();
    wild.compile({ loss: "mse", optimizer: sgd({ learningRate: 1e9 }) });
    const error = await errorOf(() => wild.fit(x, y, { ...quiet, epochs: 50 }));
    expect(error.message).toMatch(/^epoch [12], step \d: The loss is (NaN|Infinity)\. Training has stopped/);
    expect((await weightsOf(wild)).flat().every(Number.isFinite)).toBe(true);
  });

  test("stops evaluation, too, without a word on weights", async () => {
    const error = await errorOf(() => trainer().evaluate(broken, y, quiet));
    expect(error.code).toBe("not-finite");
    expect(error.message).toMatch(/^evaluation step 3: The loss is NaN\. Try/);
  });
});
