import { dense, dropout, type Model, ops, type SymbolicTensor, symbolicInput } from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { lossGradients, sgd, trainStep } from "@lamella/train";
import { describe, expect, test } from "vitest";

import { CountingBackend } from "../../runtime/test/counting-backend.ts";
import { errorOf, numbers, trainerOf } from "./trainer/support.ts";

const backend = reference();
const xs = numbers("x", 8, 3);
const ys = numbers("y", 8, 1);

function network() {
  const trainer = trainerOf([3], (x) => dense(1, { kernelRegularizer: "l2" })(dense(4, { activation: "tanh" })(x)));
  const x = symbolicInput({ shape: [3], name: "x" });
  const y = symbolicInput({ shape: [1], name: "y" });
  const net = trainer.model;
  const loss = ops.square(ops.subtract(net(x) as SymbolicTensor, y));
  return { trainer, net, inputs: [x, y], loss };
}

const valuesOf = async (net: Model) => (await net.getWeights()).map((weight) => weight.toNumbers());

describe("trainStep", () => {
  test("does what fit does with the same loss, to the last bit", async () => {
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
    const one = network();
    const other = network();
    other.net.setWeights(await one.net.getWeights());
    one.trainer.compile({ optimizer, loss: "mse" });
    const { history } = await one.trainer.fit(xs, ys, { epochs: 3, shuffle: false, verbose: 0 });
    await using step = trainStep({ ...other, variables: other.net.trainableWeights, optimizer, backend });
    const losses = [];
    for (let i = 0; i < 3; i++) losses.push((await step.run({ x: xs, y: ys })).loss);
    expect(losses).toEqual(history["loss"]);
    expect(await valuesOf(other.net)).toEqual(await valuesOf(one.net));
  });

  test("changes its variables alone, and leaves out those the loss does not depend on", async () => {
    const { net, inputs, loss } = network();
    const stranger = network().net.trainableWeights;
    const before = await valuesOf(net);
    const variables = [...net.trainableWeights.slice(2), ...stranger];
    await using step = trainStep({ inputs, loss, variables, backend });
    await step.run({ x: xs, y: ys });
    const after = await valuesOf(net);
    expect(after.map((values, i) => String(values) !== String(before[i]))).toEqual([false, false, true, true]);
  });

  test("counts the regularizers of its variables alone", async () => {
    const { net, inputs, loss } = network();
    const lossOf = async (variables: typeof net.weights) => {
      const { loss: value } = await lossGradients({ inputs, loss, variables, backend }, { x: xs, y: ys });
      return value;
    };
    const [kernel] = (await net.getWeights()).slice(2);
    const penalty = 0.01 * kernel!.toNumbers().reduce((sum, value) => sum + value * value, 0);
    const without = await lossOf(net.trainableWeights.slice(0, 2));
    expect((await lossOf(net.trainableWeights)) - without).toBeCloseTo(penalty, 6);
  });

  test("reports metrics from before the update", async () => {
    const { net, inputs, loss } = network();
    const error = ops.absolute(ops.subtract(net(inputs[0]!) as SymbolicTensor, inputs[1]!));
    await using step = trainStep({
      inputs,
      loss,
      variables: net.trainableWeights,
      metrics: { mae: error },
      backend,
    });
    const trainer = trainerOf([3], (x) => net(x));
    trainer.compile({ loss: "mse", metrics: ["mae"] });
    const expected = await trainer.evaluate(xs, ys, { verbose: 0 });
    const { mae } = await step.run({ x: xs, y: ys });
    expect(mae).toBeCloseTo(expected["mae"]!, 6);
  });

  test("runs layers in training mode, with other random numbers at every step", async () => {
    const x = symbolicInput({ shape: [50], name: "x" });
    const layer = dense(1, { kernelInitializer: "ones", useBias: false });
    const loss = layer(dropout(0.5)(x));
    const variables = layer.weights;
    await using step = trainStep({
      inputs: [x],
      loss,
      variables,
      optimizer: sgd({ learningRate: 0 }),
      backend,
      seed: 3,
    });
    const ones = { x: [Array.from({ length: 50 }, () => 1)] };
    const values = [await step.run(ones), await step.run(ones), await step.run(ones)].map(({ loss: value }) => value);
    expect(new Set(values).size).toBeGreaterThan(1);
    await using same = trainStep({
      inputs: [x],
      loss,
      variables,
      optimizer: sgd({ learningRate: 0 }),
      backend,
      seed: 3,
    });
    expect((await same.run(ones)).loss).toBe(values[0]);
  });

  test("leaves nothing behind, and goes on after dispose", async () => {
    const counting = new CountingBackend();
    const { net, inputs, loss } = network();
    const step = trainStep({ inputs, loss, variables: net.trainableWeights, backend: counting });
    await step.run({ x: xs, y: ys });
    await step.dispose();
    await step.dispose();
    expect(counting).toMatchObject({ sessions: 0, tensors: 0 });
    expect((await step.run({ x: xs, y: ys })).loss).toBeGreaterThan(0);
    await step.dispose();
  });
});

describe("lossGradients", () => {
  test("are the slopes of the loss, and change nothing", async () => {
    const x = symbolicInput({ shape: [2], name: "x" });
    const layer = dense(1, { useBias: false });
    const loss = ops.square(layer(x));
    layer.setWeights([[[1], [2]]] as never);
    const batch = {
      x: [
        [1, 0],
        [0, 3],
      ],
    };
    const { loss: value, gradients } = await lossGradients(
      { inputs: [x], loss, variables: layer.weights, backend },
      batch,
    );
    // The mean of (w0)^2 and (3 w1)^2 at (1, 2): 18.5, with slopes w0 and 9 w1.
    expect(value).toBe(18.5);
    expect(gradients.get(layer.weights[0]!)!.toArray()).toEqual([[1], [18]]);
    expect((await layer.getWeights())[0]!.toArray()).toEqual([[1], [2]]);
  });
});

describe("refused", () => {
  test("variables that the loss does not depend on", async () => {
    const { inputs, loss } = network();
    const variables = network().net.trainableWeights;
    const step = trainStep({ inputs, loss, variables, backend });
    const error = await errorOf(() => step.run({ x: xs, y: ys }));
    expect(error.message).toMatch(/depends on none of the variables.*Received: dense_?\d*\/kernel/);
  });

  test("a loss of inputs that are not given", () => {
    const { net, inputs, loss } = network();
    expect(() => trainStep({ inputs: [inputs[0]!], loss, variables: net.trainableWeights, backend })).toThrow(/'y'/);
  });

  test("batches of other names, shapes or counts", async () => {
    const { net, inputs, loss } = network();
    const step = trainStep({ inputs, loss, variables: net.trainableWeights, backend });
    expect((await errorOf(() => step.run({ x: xs } as never))).message).toContain("x, y");
    expect((await errorOf(() => step.run({ x: ys, y: ys }))).message).toContain("(None, 3)");
    expect((await errorOf(() => step.run({ x: xs, y: ys.rows(0, 2) }))).message).toContain("x: 8, y: 2");
  });
});
