import { dense, tensor } from "@lamella/ir";
import { type Backend, reference } from "@lamella/runtime";
import { describe, expect, test, vi } from "vitest";

import { adam, exponentialDecay, lossScaleOptimizer, type Optimizer, scheduleFreeAdamw, sgd } from "../../src/index.ts";
import { errorOf, trainerOf } from "./support.ts";

/** One weight that starts at 0; with x = y = 1 and a rate of 0.25, a step goes half of the way to 1. */
function halving(optimizer: Optimizer, backend?: Backend) {
  const trainer = trainerOf(
    [1],
    (x) => dense(1, { useBias: false, kernelInitializer: "zeros", name: "weight" })(x),
    backend,
  );
  trainer.compile({ optimizer, loss: "mse" });
  const weight = async () => (await trainer.model.weights[0]!.read()).toNumbers()[0];
  const steps = (count: number, target = 1, epochs = 1) => {
    const x = tensor(new Float32Array(count).fill(1), [count, 1]);
    const y = tensor(new Float32Array(count).fill(target), [count, 1]);
    return trainer.fit(x, y, { batchSize: 1, epochs, verbose: 0 });
  };
  return { trainer, weight, steps };
}

describe("the learning rate", () => {
  test("can be read and set between steps, and nothing else is lost", async () => {
    const { trainer, weight, steps } = halving(sgd({ learningRate: 0.25, momentum: 0.5 }));
    expect(trainer.learningRate).toBe(0.25);
    trainer.learningRate = 0.125;
    await steps(1);
    expect(await weight()).toBe(0.25);
    trainer.learningRate = 0;
    expect(trainer.learningRate).toBe(0);
    await steps(1);
    // The momentum is still there: half of the step before.
    expect(await weight()).toBe(0.375);
    expect(await trainer.readLearningRate()).toBe(0);
  });

  test("can be set while fit is at work", async () => {
    const backend = reference();
    const { trainer, weight, steps } = halving(sgd({ learningRate: 0.25 }), backend);
    await steps(1);
    const pending = steps(2);
    trainer.learningRate = 0;
    await pending;
    expect(await weight()).toBe(0.5);
  });

  test("is that of the optimizer inside another", async () => {
    const { trainer, weight, steps } = halving(lossScaleOptimizer(sgd({ learningRate: 0.25 })));
    expect(trainer.learningRate).toBe(0.25);
    await steps(1);
    trainer.learningRate = 0.125;
    await steps(1);
    expect(await weight()).toBe(0.625);
    expect(trainer.learningRate).toBe(0.125);
    expect(await trainer.readLearningRate()).toBe(0.125);
  });

  test("follows a schedule, which refuses to be overruled", async () => {
    const schedule = exponentialDecay({ initialLearningRate: 0.25, decaySteps: 1, decayRate: 0.5 });
    const { trainer, weight, steps } = halving(sgd({ learningRate: schedule }));
    expect(trainer.learningRate).toEqual(schedule);
    expect(await trainer.readLearningRate()).toBe(0.25);
    await steps(2);
    expect(await weight()).toBe(0.5 + 0.5 * 0.25);
    expect(await trainer.readLearningRate()).toBe(0.0625);
    const error = await errorOf(() => {
      trainer.learningRate = 1;
    });
    expect(error.code).toBe("state");
    expect(error.message).toMatch(
      /The learning rate follows a schedule, ExponentialDecay, and cannot be set\. Compile/,
    );
  });

  test("must be a number", async () => {
    const { trainer } = halving(sgd());
    const error = await errorOf(() => {
      trainer.learningRate = NaN;
    });
    expect(error.message).toContain("learningRate, option 'learningRate': This is not a learning rate.");
  });
});

describe("moving averages", () => {
  test("replace the weights when fit ends, not before", async () => {
    const { weight, steps } = halving(sgd({ learningRate: 0.25, useEma: true, emaMomentum: 0.5 }));
    // Weights 0.5, 0.75, 0.875, 0.9375, averages 0.5, 0.625, 0.75, 0.84375.
    await steps(2, 1, 2);
    expect(await weight()).toBe(0.84375);
  });

  test("change nothing where no step was taken", async () => {
    const { weight, steps } = halving(sgd({ learningRate: 0.25, useEma: true }));
    await steps(1, 1, 0);
    expect(await weight()).toBe(0);
  });
});

test("gradients are accumulated over batches", async () => {
  const { weight, steps } = halving(sgd({ learningRate: 0.25, gradientAccumulationSteps: 2 }));
  await steps(1, 1);
  expect(await weight()).toBe(0);
  await steps(1, 3);
  expect(await weight()).toBe(1);
});

test("a variable that starts as the weight takes it when training starts", async () => {
  const { trainer, weight, steps } = halving(scheduleFreeAdamw({ learningRate: 0.5, epsilon: 0 }));
  trainer.model.weights[0]!.write(tensor([4], [1, 1]));
  await steps(1);
  // The first step of Adam is one learning rate long.
  expect(await weight()).toBeCloseTo(3.5, 6);
});

describe("scaling of losses", () => {
  test("leaves the loss that is reported and the step alone", async () => {
    const { weight, steps } = halving(sgd({ learningRate: 0.25, lossScaleFactor: 1024 }));
    expect((await steps(1)).history["loss"]).toEqual([1]);
    expect(await weight()).toBe(0.5);
  });

  test("leaves out a step whose gradients overflow, and halves the scale until they do not", async () => {
    const { weight, steps } = halving(lossScaleOptimizer(sgd({ learningRate: 0.25 }), { initialScale: 2 ** 127 }));
    expect((await steps(1)).history["loss"]).toEqual([1]);
    expect(await weight()).toBe(0);
    await steps(1);
    expect(await weight()).toBe(0.5);
  });
});

test("gradients have node names of their own, outside of the optimizer's", async () => {
  const backend = reference();
  const compile = vi.spyOn(backend, "compile");
  await halving(adam(), backend).steps(1);
  const names = compile.mock.calls.flatMap(([graph]) => graph.nodes.map(({ name }) => name));
  expect(names.filter((name) => name.startsWith("gradients/")).length).toBeGreaterThan(0);
  expect(names.filter((name) => name.startsWith("optimizer/")).length).toBeGreaterThan(0);
  expect(names.filter((name) => name.startsWith("optimizer/gradients"))).toEqual([]);
});
