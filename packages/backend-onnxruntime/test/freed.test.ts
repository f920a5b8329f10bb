import { GraphBuilder, Neg, Tensor } from "@lamella/ir";
import { expect, test } from "vitest";

import { onnxruntime } from "../src/index.ts";
import { SessionTensor } from "../src/session-tensor.ts";

/** A value that a session gave, and the memory that it is in: empty once that is free. */
function given() {
  const data = Float32Array.of(1, 2, 3);
  return { data, tensor: new SessionTensor(new Tensor("float32", [3], data)) };
}

test("what a session gave is free as soon as it is disposed of", async () => {
  const { data, tensor } = given();
  tensor.dispose();
  expect(data.length).toBe(0);
  tensor.dispose();
  await expect(tensor.read()).rejects.toThrow("disposed");
});

test("it stays with those who read it", async () => {
  const { tensor } = given();
  const value = await tensor.read();
  tensor.dispose();
  expect([...value.data]).toEqual([1, 2, 3]);
});

test("it is there for the runs that it goes into, and free when they end", async () => {
  const builder = new GraphBuilder("negate");
  const graph = builder.finish({ y: Neg(builder.input("x", [3], "float32")) });
  await using negate = await onnxruntime({ intraOpThreads: 1 }).compile(graph);
  const { data, tensor } = given();
  const running = [negate.run({ x: tensor }), negate.run({ x: tensor })];
  tensor.dispose();
  expect(data.length).toBe(3);
  const results = await Promise.all(running);
  expect(data.length).toBe(0);
  for (const { y } of results) {
    expect(y).toBeInstanceOf(SessionTensor);
    expect([...(await y!.read()).data]).toEqual([-1, -2, -3]);
  }
  await expect(negate.run({ x: tensor })).rejects.toThrow("disposed");
});

test("memory that others share is left alone", () => {
  const whole = Float32Array.of(1, 2, 3, 4);
  const tensor = new SessionTensor(new Tensor("float32", [2], whole.subarray(1, 3)));
  tensor.dispose();
  expect([...whole]).toEqual([1, 2, 3, 4]);
});
