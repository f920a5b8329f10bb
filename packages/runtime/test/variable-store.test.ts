import { filled, tensor, Variable } from "@lamella/ir";
import { hostTensor, VariableStore } from "@lamella/runtime";
import { expect, test } from "vitest";

import { CountingBackend } from "./counting-backend.ts";

function variable(value: number): Variable {
  const made = new Variable({
    name: "w",
    shape: [2],
    dtype: "float32",
    initializer: { type: "Zeros", config: {} },
    trainable: true,
    regularizer: null,
    owner: { path: "layer", trainable: true },
  });
  made.write(filled("float32", [2], value));
  return made;
}

/** A value on the device, as a run gives it. */
function result(backend: CountingBackend, value: number) {
  return backend.upload(filled("float32", [2], value));
}

const numbers = async (value: { read(): Promise<{ toNumbers(): number[] }> }) => (await value.read()).toNumbers();

test("uploads a value once, and again after a change", async () => {
  const backend = new CountingBackend();
  const store = new VariableStore(backend);
  const weight = variable(1);
  const first = await store.get(weight);
  expect(await store.get(weight)).toBe(first);
  expect(backend.uploads).toBe(1);
  weight.write([2, 2]);
  expect(await numbers(await store.get(weight))).toEqual([2, 2]);
  expect(backend).toMatchObject({ uploads: 2, tensors: 1 });
});

test("a result becomes the newest value without leaving the backend, and is read when somebody asks", async () => {
  const backend = new CountingBackend();
  const store = new VariableStore(backend);
  const weight = variable(1);
  await store.get(weight);
  const { version } = weight;
  const next = result(backend, 5);
  store.set(weight, next);
  expect(weight.version).toBe(version + 1);
  expect(await store.get(weight)).toBe(next);
  expect(backend).toMatchObject({ uploads: 2, tensors: 1 });
  expect(await numbers(weight)).toEqual([5, 5]);
});

test("stores on several backends see each other's results", async () => {
  const [one, other] = [new CountingBackend(), new CountingBackend()];
  const [oneStore, otherStore] = [new VariableStore(one), new VariableStore(other)];
  const weight = variable(1);
  await oneStore.get(weight);
  await otherStore.get(weight);
  oneStore.set(weight, result(one, 2));
  expect(await numbers(await otherStore.get(weight))).toEqual([2, 2]);
  otherStore.set(weight, result(other, 3));
  expect(await numbers(await oneStore.get(weight))).toEqual([3, 3]);
  expect([one.tensors, other.tensors]).toEqual([1, 1]);
});

test("dispose brings values to the host first; the store can be used again", async () => {
  const backend = new CountingBackend();
  const weight = variable(1);
  const store = new VariableStore(backend);
  await store.get(variable(0));
  store.set(weight, result(backend, 7));
  await store.dispose();
  expect(backend.tensors).toBe(0);
  expect(await numbers(weight)).toEqual([7, 7]);
  await store.dispose();
  expect(await numbers(await store.get(weight))).toEqual([7, 7]);
  await store[Symbol.asyncDispose]();
  expect(backend.tensors).toBe(0);
});

test("a change during an upload is not taken for uploaded", async () => {
  const weight = variable(1);
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  weight.follow({ read: async () => gate.then(() => tensor([2, 2])) });
  const store = new VariableStore(new CountingBackend());
  const early = store.get(weight);
  weight.write([3, 3]);
  go();
  await early;
  expect(await numbers(await store.get(weight))).toEqual([3, 3]);
});

test("work takes turns in the order it was asked for, also after a failure", async () => {
  const store = new VariableStore(new CountingBackend());
  const done: number[] = [];
  const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const slow = store.inTurn(async () => {
    await after(5);
    done.push(1);
    throw new Error("Broken.");
  });
  const quick = store.inTurn(async () => {
    done.push(2);
    return "value";
  });
  await expect(slow).rejects.toThrow("Broken.");
  expect(await quick).toBe("value");
  expect(done).toEqual([1, 2]);
});

test("a disposed host tensor cannot be read", async () => {
  const value = hostTensor(tensor([1]));
  value.dispose();
  value.dispose();
  await expect(value.read()).rejects.toThrow("The tensor has been disposed. Read a value before disposing of it.");
});
