import type { AnyModel, Shape, Tensor } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";
import { Trainer } from "@lamella/train";
import { describe, expect, test } from "vitest";

import { architectures } from "../cases/architectures.ts";
import type { ArchitectureCase } from "../cases/case.ts";
import { type ArchitectureGolden, buildArchitecture, fillWeights, flipWeight } from "./architecture-models.ts";
import { checkTest } from "./check-test.ts";
import { inputData } from "./data.ts";
import { decodeTensor, type GoldenTensor, readGoldenCases } from "./golden.ts";
import { epsilon } from "./tolerance.ts";

/**
 * Outputs may be ten times as far from Keras as Keras is from itself in float64 (rounding grows with depth, differently
 * for every program), and a few roundings of 1, the largest output.
 */
const factor = 10;
const roundings = 4;

/** What a flipped weight must move. */
const visible = 0.1;

function architectureGolden(name: string): ArchitectureGolden {
  const golden = (readGoldenCases("architectures") as readonly ArchitectureGolden[]).find(
    ({ model }) => model === name,
  );
  if (golden !== undefined) return golden;
  throw new Error(`There is no golden of '${name}': run internal/keras-golden/generate.sh architectures`);
}

function withoutSymbols(shape: Shape): (number | null)[] {
  return shape.map((dim) => (typeof dim === "number" ? dim : null));
}

function callShapes({ graph }: AnyModel, name: string): (number | null)[][] {
  const ports = graph.inputs.filter((port) => port.name === name).map(({ value }) => value);
  const given = graph.nodes.filter(({ op }) => op.layer.name === name).flatMap(({ outputs }) => outputs);
  return [...ports, ...given].map((id) => withoutSymbols(graph.values[id]!.shape));
}

/** The largest difference between two lists of tensors of equal shapes. */
function distanceBetween(actual: readonly Tensor[], expected: readonly Tensor[]): number {
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  const distances = actual.flatMap((tensor, i) => {
    const numbers = expected[i]!.toNumbers();
    return tensor.toNumbers().map((value, k) => Math.abs(value - numbers[k]!));
  });
  expect(distances.every(Number.isFinite)).toBe(true);
  return Math.max(...distances);
}

async function predict(model: AnyModel, { model: name, inputs }: ArchitectureCase, backend: Backend) {
  await using trainer = new Trainer(model, backend);
  const outputs = await trainer.predict(
    inputs.map((spec, i) => inputData(name, i, spec)),
    { batchSize: 3 },
  );
  return [outputs].flat();
}

function expectNear(outputs: readonly Tensor[], golden: readonly GoldenTensor[], distance: number): void {
  expect(distanceBetween(outputs, golden.map(decodeTensor))).toBeLessThan(factor * distance + roundings * epsilon);
}

/** Names, shapes, weights and numbers of parameters of every architecture. */
export function describeStructures(): void {
  describe.each(architectures)("$model", ({ model: name, options }) => {
    const golden = architectureGolden(name);
    test("has as many parameters as Keras's at full size", () => {
      expect(buildArchitecture(name, {}).countParams()).toBe(golden.parameters);
    });
    test("has Keras's layers, in order, with their output shapes, and Keras's weights", () => {
      const model = buildArchitecture(name, options);
      const layers = model.layers.map((layer) => [layer.name, layer.definition.type, callShapes(model, layer.name)]);
      expect(layers).toEqual(golden.layers);
      expect(model.weights.map(({ path, shape }) => [path, shape])).toEqual(golden.weights);
      expect(model.countParams()).toBe(golden.smallParameters);
    });
  });
}

/** The outputs of architectures on a backend, before and after one weight is flipped. */
export function describeOutputs(backend: Backend, cases: readonly ArchitectureCase[]): void {
  for (const architecture of cases) {
    checkTest(`${architecture.model} gives Keras's outputs, and others when a weight is flipped`, async () => {
      const golden = architectureGolden(architecture.model);
      const model = buildArchitecture(architecture.model, architecture.options);
      fillWeights(model, golden);
      const outputs = await predict(model, architecture, backend);
      expectNear(outputs, golden.outputs, golden.distance);
      await flipWeight(model, architecture.flipped);
      const flipped = await predict(model, architecture, backend);
      expectNear(flipped, golden.flippedOutputs, golden.flippedDistance);
      expect(distanceBetween(flipped, outputs)).toBeGreaterThan(visible);
    });
  }
}
