import {
  dense,
  type DTypePolicy,
  type JsonObject,
  Model,
  ops,
  symbolicInput,
  Tensor,
  type Variable,
  withDTypePolicy,
} from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { type CompileOptions, lossScaleOptimizer, sgd, Trainer, trainStep } from "@lamella/train";
import { describe, expect, test } from "vitest";

import { errorOf, Net, numbers, weightsOf } from "./support.ts";

const quiet = { verbose: 0, batchSize: 2, shuffle: false } as const;
const y = numbers("y", 6, 1);
const mse = { loss: "mse", optimizer: sgd({ learningRate: 0.1 }) } as const;

function trainerOf(policy: DTypePolicy, options: CompileOptions): Trainer {
  const trainer = new Trainer(
    withDTypePolicy(policy, () => {
      const x = symbolicInput({ shape: [2], name: "x" });
      return new Net([x], [dense(1, { kernelInitializer: "ones" })(x)]);
    }),
    reference(),
  );
  trainer.compile(options);
  return trainer;
}

async function optimizerOf(trainer: Trainer): Promise<{ readonly type: string; readonly config: JsonObject }> {
  return (await trainer.trainingState())!.config["optimizer"] as unknown as Awaited<ReturnType<typeof optimizerOf>>;
}

async function scaleOf(trainer: Trainer): Promise<number> {
  return (await trainer.trainingState())!.state.get("dynamic_scale")!.toNumbers()[0]!;
}

describe("compile, for a model of the policy", () => {
  test("'mixed_float16', puts Keras's loss scaling around the optimizer", async () => {
    const { type, config } = await optimizerOf(trainerOf("mixed_float16", mse));
    expect(type).toBe("LossScaleOptimizer");
    expect(config).toMatchObject({
      initialScale: 2 ** 15,
      dynamicGrowthSteps: 2000,
      innerOptimizer: { type: "SGD", config: { learningRate: 0.1 } },
    });
  });

  test("'mixed_float16', leaves alone what scales already, or when it is told to", async () => {
    const own = lossScaleOptimizer(sgd(), { initialScale: 8 });
    const { type, config } = await optimizerOf(trainerOf("mixed_float16", { loss: "mse", optimizer: own }));
    expect([type, config["initialScale"], (config["innerOptimizer"] as JsonObject)["type"]]).toEqual([
      "LossScaleOptimizer",
      8,
      "SGD",
    ]);
    const plain = trainerOf("mixed_float16", { ...mse, autoScaleLoss: false });
    expect((await optimizerOf(plain)).type).toBe("SGD");
    const restored = trainerOf("mixed_float16", mse);
    restored.restore((await plain.trainingState())!);
    expect((await optimizerOf(restored)).type).toBe("SGD");
  });

  test.each(["float16", "float32"] as const)("'%s', scales nothing", async (policy) => {
    expect((await optimizerOf(trainerOf(policy, mse))).type).toBe("SGD");
  });
});

describe("what is not finite", () => {
  // Their sum is more than float16 holds.
  const overflowing = new Tensor("float32", [6, 2], Float32Array.of(0, 0, 0, 0, 6e4, 6e4, 6e4, 6e4, 0, 0, 0, 0));

  test("does not stop training under loss scaling: the step is left out, and the scale is halved", async () => {
    const trainer = trainerOf("mixed_float16", mse);
    const losses: number[] = [];
    const weights: number[][][] = [];
    const scales: number[] = [];
    for (let batch = 0; batch < 3; batch++) {
      const rows = [2 * batch, 2 * batch + 2] as const;
      losses.push((await trainer.trainOnBatch(overflowing.rows(...rows), y.rows(...rows)))["loss"]!);
      weights.push(await weightsOf(trainer));
      scales.push(await scaleOf(trainer));
    }
    expect(losses.map(Number.isFinite)).toEqual([true, false, true]);
    expect(weights[1]).toEqual(weights[0]);
    expect(weights[2]).not.toEqual(weights[1]);
    expect(scales).toEqual([2 ** 15, 2 ** 14, 2 ** 14]);

    const { history } = await trainer.fit(overflowing, y, { ...quiet, validationData: [overflowing, y] });
    expect(history["loss"]).toEqual([Infinity]);
    expect(history["val_loss"]).toEqual([Infinity]);
    expect(await scaleOf(trainer)).toBe(2 ** 13);
  });

  test("stops training without it, and keeps the weights", async () => {
    const trainer = trainerOf("mixed_float16", { ...mse, autoScaleLoss: false });
    const before = await weightsOf(trainer);
    const error = await errorOf(() => trainer.fit(overflowing.rows(2, 4), y.rows(2, 4), quiet));
    expect(error.code).toBe("not-finite");
    expect(error.message).toContain("The loss is Infinity.");
    expect(await weightsOf(trainer)).toEqual(before);
  });

  test("in the gradients alone stops training, too, before it gets into the weights", async () => {
    const x = symbolicInput({ shape: [2], name: "x" });
    const layer = dense(1, { kernelInitializer: "zeros" });
    // The slope of the root of 0 is infinite, that of the square 0.
    const loss = ops.sqrt(ops.square(layer(x)));
    const variables: readonly Variable[] = layer.weights;
    await using step = trainStep({ inputs: [x], loss, variables, optimizer: sgd(), backend: reference() });
    const error = await errorOf(() => step.run({ x: [[1, 2]] }));
    expect(error.code).toBe("not-finite");
    expect(error.message).toMatch(/The loss is 0, but its gradients are not finite\.[^]*weights are those from before/);
    expect((await layer.getWeights()).map((weight) => weight.toNumbers())).toEqual([[0, 0], [0]]);
  });
});

test("a penalty on float16 activations is added to the loss in float32", async () => {
  const penalized = withDTypePolicy("mixed_float16", () => {
    const x = symbolicInput({ shape: [2], name: "x" });
    const layer = dense(1, { kernelInitializer: "ones", kernelRegularizer: "l2", activityRegularizer: "l2" });
    return new Net([x], [layer(x)]);
  });
  expect(penalized).toBeInstanceOf(Model);
  const trainer = new Trainer(penalized, reference());
  trainer.compile(mse);
  const { loss } = await trainer.testOnBatch([[1, 1]], [[2]]);
  // Keras: no error, 0.01 * (1 + 1) for the kernel, 0.01 * 2^2 for the output, the latter rounded to float16.
  expect(Math.abs(loss! - 0.06)).toBeLessThanOrEqual(0.04 * 2 ** -11 + 2 ** -23);
});
