import { computeFans, initialize, resolveInitializer } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { readGoldenCases } from "../src/golden.ts";

interface InitializerGolden {
  readonly type: string;
  readonly shape: readonly number[];
  readonly scale: number;
  readonly mode: string;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly distribution: "uniform" | "truncatedNormal";
  readonly low?: number;
  readonly high?: number;
  readonly mean?: number;
  readonly stddev?: number;
}

const goldens = readGoldenCases("initializers") as readonly InitializerGolden[];
/** The variance of a standard normal number that is drawn again while it is beyond 2. */
const truncatedVariance = 0.7737413035;

function draw(initializer: unknown, shape: readonly number[], count: number): number[] {
  const resolved = resolveInitializer(initializer);
  const numbers: number[] = [];
  for (let seed = 0; numbers.length < count; seed++) {
    numbers.push(...initialize(resolved, shape, "float32", seed, "weight").toNumbers());
  }
  return numbers;
}

/** Mean and variance within five standard errors of what a distribution has. */
function expectMoments(numbers: readonly number[], mean: number, variance: number, fourthMoment: number): void {
  const count = numbers.length;
  const own = numbers.reduce((sum, value) => sum + value, 0) / count;
  const spread = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  expect(Math.abs(own - mean)).toBeLessThan(5 * Math.sqrt(variance / count));
  expect(Math.abs(spread - variance)).toBeLessThan(5 * Math.sqrt((fourthMoment - variance ** 2) / count));
}

/** All numbers lie in the range, and come close to both of its ends. */
function expectRange(numbers: readonly number[], low: number, high: number): void {
  const margin = (high - low) / 200;
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  expect(least).toBeGreaterThanOrEqual(low - 1e-4 * margin);
  expect(least).toBeLessThan(low + margin);
  expect(most).toBeLessThanOrEqual(high + 1e-4 * margin);
  expect(most).toBeGreaterThan(high - margin);
}

function expectUniform(numbers: readonly number[], low: number, high: number): void {
  const half = (high - low) / 2;
  expectRange(numbers, low, high);
  expectMoments(numbers, (low + high) / 2, half ** 2 / 3, half ** 4 / 5);
}

function expectTruncatedNormal(numbers: readonly number[], mean: number, stddev: number): void {
  expectRange(numbers, mean - 2 * stddev, mean + 2 * stddev);
  // E[x^4] = 3 E[x^2] - 8 * 2 * density(2) / P(|x| < 2)
  const fourth = 3 * truncatedVariance - (16 * 0.0539909665) / 0.9544997361;
  expectMoments(numbers, mean, truncatedVariance * stddev ** 2, fourth * stddev ** 4);
}

describe("initializers scale as Keras's do", () => {
  test.each(goldens.map((golden) => [`${golden.type} [${golden.shape.join(", ")}]`, golden] as const))(
    "%s",
    (_, golden) => {
      const { type, shape, fanIn, fanOut, distribution } = golden;
      expect(computeFans(shape)).toEqual({ fanIn, fanOut });
      const numbers = draw(type, shape, 10000);
      if (distribution === "uniform") expectUniform(numbers, golden.low!, golden.high!);
      else expectTruncatedNormal(numbers, golden.mean!, golden.stddev!);
    },
  );

  test("RandomUniform, RandomNormal, TruncatedNormal and Constant", () => {
    expectUniform(draw({ type: "RandomUniform", config: { minval: -1, maxval: 3 } }, [50, 50], 10000), -1, 3);
    expectTruncatedNormal(draw({ type: "TruncatedNormal", config: { mean: 2, stddev: 0.5 } }, [100], 10000), 2, 0.5);
    expectMoments(draw({ type: "RandomNormal", config: { mean: -1, stddev: 2 } }, [9, 9], 10000), -1, 4, 3 * 16);
    expect(draw({ type: "Constant", config: { value: 0.25 } }, [2, 2], 4)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test.each([[[4, 4]], [[6, 3]], [[3, 6]], [[2, 3, 5]]])("Orthogonal %j has orthonormal rows or columns", (shape) => {
    const columns = shape.at(-1)!;
    const rows = shape.slice(0, -1).reduce((size, dim) => size * dim, 1);
    const numbers = draw("orthogonal", shape, rows * columns);
    const at = (row: number, column: number) =>
      rows >= columns ? numbers[row * columns + column]! : numbers[column * columns + row]!;
    const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
    for (let a = 0; a < short; a++) {
      for (let b = 0; b <= a; b++) {
        let dot = 0;
        for (let i = 0; i < long; i++) dot += at(i, a) * at(i, b);
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 6);
      }
    }
  });
});
