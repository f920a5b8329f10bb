import { dense, dropout, ops, Sub, type SymbolicTensor, symbolicInput, type ValueType } from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { resolveLoss, type TensorFunction, trainStep } from "@lamella/train";
import { expect, test } from "vitest";

import { recordFunction } from "../src/tensor-function.ts";
import { errorOf, numbers, trainerOf, weightsOf } from "./trainer/support.ts";

const any: ValueType = { shape: ["batch", 2], dtype: "float32" };
const quiet = { verbose: 0, batchSize: 4, shuffle: false } as const;
const [x, y] = [numbers("x", 8, 3), numbers("y", 8, 2)];

function pinball(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
  const error = ops.subtract(yTrue, yPred);
  return ops.mean(ops.maximum(ops.multiply(error, 0.9), ops.multiply(error, -0.1)), { axis: -1 });
}

test("a loss by ops is that of trainStep with the same ops, bit for bit, and is reported under its name", async () => {
  const build = () => trainerOf([3], (input) => dense(2, { kernelInitializer: "ones" })(input));
  const trainer = build();
  trainer.compile({ loss: pinball, metrics: [pinball, "mae"], optimizer: "sgd" });
  const { history } = await trainer.fit(x, y, { ...quiet, batchSize: 8 });
  expect(Object.keys(history)).toEqual(["loss", "pinball", "mae"]);
  expect(history["pinball"]).toEqual(history["loss"]);

  const other = build();
  const inputs = [symbolicInput({ shape: [3], name: "x" }), symbolicInput({ shape: [2], name: "y" })] as const;
  const loss = pinball(inputs[1], other.model(inputs[0]) as SymbolicTensor);
  const variables = other.model.trainableWeights;
  await using step = trainStep({ inputs, loss, variables, optimizer: "sgd", backend: reference() });
  expect((await step.run({ x, y })).loss).toBe(history["loss"]![0]);
  expect(await weightsOf(other)).toEqual(await weightsOf(trainer));
});

test("layers without weights take part, in inference mode", () => {
  const { nodes } = recordFunction((a, b) => dropout(0.5)(ops.subtract(a, b)), any, any);
  expect(nodes.map(({ op }) => op.type)).toEqual(["Sub"]);
});

test("what gives no symbolic tensor is refused", async () => {
  const wrong = (() => 3) as unknown as TensorFunction;
  const trainer = trainerOf([3], (input) => dense(2)(input));
  trainer.compile({ loss: wrong });
  const error = await errorOf(() => trainer.fit(x, y, quiet));
  expect(error.code).toBe("config");
  expect(error.message).toMatch(/loss 'wrong': The function does not give a symbolic tensor[^]*ops\.square[^]*number/);
  expect(() => recordFunction((() => null) as unknown as TensorFunction, any, any, "loss")).toThrow("Received: null");
});

test("what has weights of its own is refused, and told of trainStep", async () => {
  const features = dense(4, { name: "features" });
  const trainer = trainerOf([3], (input) => dense(2)(input));
  trainer.compile({ loss: (yTrue, yPred) => ops.square(ops.subtract(features(yTrue), features(yPred))) });
  const error = await errorOf(() => trainer.fit(x, y, quiet));
  expect(error.code).toBe("config");
  expect(error.message).toMatch(/layers that have weights[^]*features\/kernel, features\/bias[^]*trainStep\(\)/);
});

test("operators of graphs, or anything else that does not take symbolic tensors, is told from ops", () => {
  const traced = ((yTrue: never, yPred: never) => Sub(yTrue, yPred)) as unknown as TensorFunction;
  expect(() => recordFunction(traced, any, any, "loss")).toThrow(
    /loss: The function failed on symbolic tensors[^]*ops/,
  );
});

test("what stands in the way of ops is told by them", async () => {
  const loss = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => ops.matmul(yTrue, yPred);
  const trainer = trainerOf([3], (input) => dense(2)(input));
  trainer.compile({ loss });
  const error = await errorOf(() => trainer.fit(x, y, quiet));
  expect(error.code).toBe("shape");
  expect(error.message).toContain("matmul");
});

test("the name of a function is kept", () => {
  expect(resolveLoss(pinball, any, any)).toHaveProperty("name", "pinball");
});
