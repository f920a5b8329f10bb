import { expect, test } from "vitest";

import { distill, learnContrastively, trainGan } from "../src/index.ts";

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};

test("a GAN's points move to where the real ones are, and spread like them", { timeout: 120_000 }, async () => {
  const { generate, losses } = await trainGan(600);
  const values = (await generate(1000)).toNumbers();
  const [x, y] = [0, 1].map((column) => values.filter((_, i) => i % 2 === column)) as [number[], number[]];
  expect(Math.hypot(mean(x) - 2, mean(y) + 1)).toBeLessThan(0.4);
  expect(deviation(x) / 0.5).toBeGreaterThan(0.4);
  expect(deviation(x) / 0.5).toBeLessThan(2);
  expect(deviation(y) / 0.25).toBeGreaterThan(0.4);
  expect(deviation(y) / 0.25).toBeLessThan(2);
  expect(losses).toHaveLength(600);
});

test("a student learns from a teacher what it has no labels for", { timeout: 120_000 }, async () => {
  const { teacher, student } = await distill(8);
  expect(teacher).toBeGreaterThan(0.95);
  expect(student).toBeGreaterThan(0.95);
});

test("embeddings learnt from pairs of views bring signals of one kind together", { timeout: 120_000 }, async () => {
  const { raw, embedded } = await learnContrastively(300);
  expect(embedded).toBeGreaterThan(raw + 0.05);
});
