import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { randomBits, randomKey, randomUniform, sizeOf } from "@lamella/ir";
import { dense, dropout, LamellaError, sequential, Tensor } from "lamella";
import { expect, vi } from "vitest";

// Machines that test are busy.
vi.setConfig({ testTimeout: 20_000 });

/** Numbers in [-1, 1) that the label decides. */
export function numbers(label: string, ...shape: number[]): Tensor<"float32"> {
  return new Tensor("float32", shape, randomUniform(randomKey(label), sizeOf(shape)));
}

/** Class numbers that the label decides. */
export function labels(label: string, count: number, classes: number): Int32Array {
  const key = randomKey(label);
  return Int32Array.from({ length: count }, (_, i) => randomBits(key, i) % classes);
}

/** A regression that a small model learns: y = x0 - 2 x1 + 0.5. */
export function line(count: number): { readonly x: Tensor<"float32">; readonly y: Float32Array } {
  const x = numbers("line", count, 2);
  return { x, y: Float32Array.from({ length: count }, (_, i) => x.data[2 * i]! - 2 * x.data[2 * i + 1]! + 0.5) };
}

/** Two inputs, a layer that drops, one output. */
export function smallStack(units = 4) {
  return sequential([dense(units, { activation: "tanh", inputShape: [2] }), dropout(0.25), dense(1)]);
}

/** Runs with an empty folder, which is removed afterwards. */
export async function inFolder<T>(work: (at: (name: string) => string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "lamella-"));
  try {
    return await work((name) => join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The LamellaError that work throws. */
async function errorOf(work: () => unknown): Promise<LamellaError> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(LamellaError);
    return error as LamellaError;
  }
  throw new Error("Nothing was thrown.");
}

/** Expects a LamellaError with a code whose message holds all of the texts. */
export async function expectError(work: () => unknown, code: LamellaError["code"], ...texts: string[]): Promise<void> {
  const error = await errorOf(work);
  for (const text of texts) expect(error.message).toContain(text);
  expect(error.code).toBe(code);
}

export async function valuesOf(weights: Promise<Tensor[]>): Promise<number[][]> {
  return (await weights).map((weight) => weight.toNumbers());
}
