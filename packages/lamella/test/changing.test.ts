import { dense, flatten, reference, regularizers, sequential } from "lamella";
import { expect, test } from "vitest";

import { CountingBackend } from "../../runtime/test/counting-backend.ts";
import { expectError, line, numbers, valuesOf } from "./support.ts";

const { x, y } = line(12);
const quiet = { verbose: 0 } as const;

test("a stack is compiled before it has a shape, and gets it from fit", async () => {
  const net = sequential([flatten(), dense(1)]);
  net.compile({ loss: "mse", metrics: ["mae"], backend: reference() });
  await expectError(() => net.save("nowhere.lamella"), "state", "The model has no shape yet.");
  const { history } = await net.fit(x, y, quiet);
  expect(Object.keys(history)).toEqual(["loss", "mae"]);
  expect(net.countParams()).toBe(3);
});

test("layers put on or taken off are seen by fit, evaluate and predict", async () => {
  const backend = new CountingBackend();
  const net = sequential([dense(4, { inputShape: [2] }), dense(1)], { name: "stack" });
  net.compile({ loss: "mse", optimizer: "adam", backend });
  await net.fit(x, y, quiet);
  expect((await net.predict(x)).shape).toEqual([12, 1]);

  net.pop();
  expect((await net.predict(x)).shape).toEqual([12, 4]);
  net.add(dense(3));
  expect((await net.predict(x)).shape).toEqual([12, 3]);
  const before = await valuesOf(net.getWeights());
  await net.fit(x, numbers("targets", 12, 3), quiet);
  const after = await valuesOf(net.getWeights());
  expect(after.map((values, i) => String(values) !== String(before[i]))).toEqual([true, true, true, true]);
  await net.evaluate(x, numbers("targets", 12, 3), quiet);
  expect(backend.compilesOf("train")).toBe(2);
  expect(backend.sessions).toBe(3);
  await net.dispose();
  expect(backend).toMatchObject({ sessions: 0, tensors: 0 });
});

test("what was frozen trains again after compile, and only then counts its regularizer", async () => {
  const frozen = dense(2, { inputShape: [2], kernelInitializer: "ones", kernelRegularizer: regularizers.l2(1) });
  const net = sequential([frozen, dense(1, { kernelInitializer: "zeros" })]);
  const compile = () => net.compile({ loss: "mse", metrics: ["mse"], backend: reference() });
  const penalty = async () => {
    const { loss, mse } = await net.evaluate(x, y, quiet);
    return loss! - mse!;
  };
  frozen.trainable = false;
  compile();
  expect(await penalty()).toBe(0);
  await net.fit(x, y, quiet);
  expect((await valuesOf(frozen.getWeights()))[0]).toEqual([1, 1, 1, 1]);

  frozen.trainable = true;
  compile();
  expect(await penalty()).toBeCloseTo(4, 5);
  await net.fit(x, y, quiet);
  expect((await valuesOf(frozen.getWeights()))[0]).not.toEqual([1, 1, 1, 1]);
});
