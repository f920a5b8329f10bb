import { resolveInitializer, setRandomSeed, tensor, type Tensor, Variable, type VariableOptions } from "@lamella/ir";
import { expect, test } from "vitest";

import { expectError } from "./expect-error.ts";

function variable(options: Partial<VariableOptions> = {}): Variable {
  return new Variable({
    name: "kernel",
    shape: [2],
    dtype: "float32",
    initializer: resolveInitializer("ones"),
    trainable: true,
    regularizer: null,
    owner: { path: "stack/dense", trainable: true },
    ...options,
  });
}

const numbers = async (made: Variable) => (await made.read()).toNumbers();

test("is known by its path, and by its name within a layer", () => {
  const made = variable();
  expect([made.path, made.nameIn({ path: "stack/dense" }), made.nameIn({ path: "stack" })]).toEqual([
    "stack/dense/kernel",
    "kernel",
    "dense/kernel",
  ]);
  expect([made.size, made.isParameter]).toEqual([2, true]);
});

test("is trained when it is a parameter of a layer that is", () => {
  const owner = { path: "dense", trainable: false };
  expect(variable({ owner }).trainable).toBe(false);
  expect([variable({ trainable: false }).trainable, variable({ trainable: false }).isParameter]).toEqual([
    false,
    false,
  ]);
});

test("is made when it is first read, and stays the same", async () => {
  setRandomSeed(3);
  const made = variable({ initializer: resolveInitializer("randomNormal") });
  const first = await made.read();
  expect(await made.read()).toBe(first);
  expect(made.version).toBe(0);
});

test("counts its changes", async () => {
  const made = variable();
  made.write([3, 4]);
  made.write(tensor([5, 6], undefined, "int32"));
  expect([await numbers(made), (await made.read()).dtype, made.version]).toEqual([[5, 6], "float32", 2]);
  made.reset();
  expect([await numbers(made), made.version]).toEqual([[1, 1], 3]);
});

test("refuses values of another shape, and stays as it was", async () => {
  const made = variable();
  for (const value of [3, [1, 2, 3], [[1, 2]]]) {
    expectError(
      () => made.write(value),
      "shape",
      "stack/dense/kernel: The value does not fit the weight. Expected: shape (2).",
    );
  }
  expect([await numbers(made), made.version]).toEqual([[1, 1], 0]);
});

test("follows a newer value elsewhere, and fetches it once", async () => {
  const made = variable();
  let reads = 0;
  made.follow({
    read: async () => {
      reads += 1;
      return Promise.resolve(tensor([7, 8]));
    },
  });
  expect([reads, made.version]).toEqual([0, 1]);
  expect([await numbers(made), await numbers(made), reads]).toEqual([[7, 8], [7, 8], 1]);
  made.write([1, 2]);
  expect([await numbers(made), reads]).toEqual([[1, 2], 1]);
});

test("a change while it is fetched is not lost", async () => {
  const made = variable();
  let arrive: (value: Tensor) => void = () => undefined;
  made.follow({ read: async () => new Promise((resolve) => (arrive = resolve)) });
  const fetched = made.read();
  made.write([1, 2]);
  arrive(tensor([7, 8]));
  expect((await fetched).toNumbers()).toEqual([7, 8]);
  expect(await numbers(made)).toEqual([1, 2]);
});
