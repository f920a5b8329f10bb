import { concatenate, dense, input, loadModel, model, reference, sequential, Tensor } from "lamella";
import { expect, expectTypeOf, test } from "vitest";

import { numbers } from "./support.ts";

const left = input({ shape: [2], name: "left" });
const right = input({ shape: [3], name: "right" });
const merged = concatenate()([left, right]);
const one = model({ inputs: [left, right], outputs: dense(1, { name: "sum" })(merged) });
const two = model({
  inputs: [left, right],
  outputs: [dense(1, { name: "first" })(merged), dense(2, { name: "second" })(merged)],
});
const options = { verbose: 0, epochs: 0 } as const;
const data = { left: numbers("left", 2, 2), right: numbers("right", 2, 3) };
one.compile({ loss: "mse", backend: reference() });
two.compile({ loss: ["mse", "mse"], backend: reference() });

test("a misspelt name of an input does not compile, and is refused", async () => {
  await one.fit({ left: data.left, right: data.right }, [1, 2], options);
  // @ts-expect-error -- 'rigth' is no input of the model
  await expect(one.fit({ left: data.left, rigth: data.right }, [1, 2], options)).rejects.toThrow(
    "The names do not fit",
  );
  // @ts-expect-error -- 'right' is missing
  await expect(one.fit({ left: data.left }, [1, 2], options)).rejects.toThrow("Expected: left, right. Received: left.");
  // @ts-expect-error -- 'rigth' is no input of the model
  await expect(one.predict({ left: data.left, rigth: data.right })).rejects.toThrow("The names do not fit");
  // @ts-expect-error -- 'rigth' is no input of the model
  await expect(one.evaluate({ left: data.left, rigth: data.right }, [1, 2])).rejects.toThrow("The names do not fit");
  const wrong = { left: data.left, rigth: data.right };
  // @ts-expect-error -- validation data is checked, too
  const attempt = one.fit(data, [1, 2], { ...options, validationData: [wrong, [1, 2]] });
  await expect(attempt).rejects.toThrow("The names do not fit");
});

test("a misspelt name of an output does not compile, and is refused", async () => {
  const targets = { first: [[1], [2]], second: numbers("targets", 2, 2) };
  await two.fit(data, targets, options);
  // @ts-expect-error -- 'secnod' is no output of the model
  const attempt = two.fit(data, { first: [[1], [2]], secnod: [[1], [2]] }, options);
  await expect(attempt).rejects.toThrow("Expected: first, second. Received: first, secnod.");
  two.compile({ loss: { first: "mse", second: "mae" }, metrics: { second: ["mse"] }, backend: reference() });
  // @ts-expect-error -- 'secnod' is no output of the model
  two.compile({ loss: { first: "mse", secnod: "mae" }, backend: reference() });
});

test("predict gives a tensor for one output, and a list for several", async () => {
  expectTypeOf(one.predict).returns.resolves.toEqualTypeOf<Tensor>();
  expectTypeOf(two.predict).returns.resolves.toEqualTypeOf<Tensor[]>();
  expect(await one.predict(data)).toBeInstanceOf(Tensor);
  expect((await two.predict(data)).map(({ shape }) => shape)).toEqual([
    [2, 1],
    [2, 2],
  ]);
  const listed = model({ inputs: [left], outputs: [dense(1)(left)] });
  expectTypeOf(listed.predict).returns.resolves.toEqualTypeOf<Tensor>();
  const stack = sequential([dense(1, { inputShape: [2] })]);
  expectTypeOf(stack.predict).returns.resolves.toEqualTypeOf<Tensor>();
  const open = model({ inputs: left, outputs: [left, dense(1)(left)].map((tensor) => tensor) });
  expectTypeOf(open.predict).returns.resolves.toEqualTypeOf<Tensor | Tensor[]>();
});

test("names of inputs and outputs are types", async () => {
  expectTypeOf(one.inputNames).toEqualTypeOf<readonly ("left" | "right")[]>();
  expectTypeOf(two.outputNames).toEqualTypeOf<readonly ("first" | "second")[]>();
  const loaded = await loadModel<"left" | "right", "first" | "second", "several">(await two.toBytes());
  expectTypeOf(loaded.predict).returns.resolves.toEqualTypeOf<Tensor[]>();
  // @ts-expect-error -- 'up' is no input of the model
  await expect(loaded.predict({ left: data.left, up: data.right })).rejects.toThrow("The names do not fit");
});

test("unknown options and missing arguments do not compile", () => {
  // @ts-expect-error -- the number of units comes first
  expect(() => dense({ units: 3 })).toThrow("units");
  // @ts-expect-error -- there is no such option
  expect(() => dense(3, { activatoin: "relu" })).toThrow("Did you mean 'activation'?");
  // @ts-expect-error -- a loss is needed
  expect(() => one.compile({ optimizer: "adam" })).toThrow("There is no loss.");
});
