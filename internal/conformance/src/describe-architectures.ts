import type { AnyModel, Shape, Tensor } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";
import { sgd, Trainer } from "@lamella/train";
import { describe, expect, test } from "vitest";

import { architectures } from "../cases/architectures.ts";
import type { ArchitectureCase } from "../cases/case.ts";
import {
  architectureGolden,
  type ArchitectureGolden,
  buildArchitecture,
  fillWeights,
  flipWeight,
  goldenSettings,
  unseenSettings,
} from "./architecture-models.ts";
import { checkTest } from "./check-test.ts";
import { inputData } from "./data.ts";
import { readVariables, withGraph } from "./evaluate.ts";
import { decodeTensor, type GoldenTensor } from "./golden.ts";
import { throughFormat } from "./routes.ts";
import { epsilon } from "./tolerance.ts";
import { traceAll } from "./trace-case.ts";

/**
 * Outputs may be five times as far from Keras as Keras is from itself in float64 (rounding grows with depth, differently
 * for every program), and a few roundings of 1, the largest output. How far that is, few numbers show by chance: the larger
 * of what the outputs and the flipped ones show counts for both. Measured: at most 1.9 times (ResNet50 on ONNX Runtime).
 */
const factor = 5;
const roundings = 4;

/** For losses as for those of trajectories: see `describe-trajectories.ts`. */
const lossFactor = 10;

/** What a flipped weight must move. */
const visible = 0.1;

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

function feedsOf({ model, inputs }: ArchitectureCase, { inputNames }: AnyModel): Record<string, Tensor> {
  return Object.fromEntries(inputs.map((spec, i) => [inputNames[i]!, inputData(model, i, spec)]));
}

function expectNear(outputs: readonly Tensor[], expected: readonly GoldenTensor[], golden: ArchitectureGolden): void {
  const allowed = factor * Math.max(golden.distance, golden.flippedDistance) + roundings * epsilon;
  expect(distanceBetween(outputs, expected.map(decodeTensor))).toBeLessThan(allowed);
}

/** Names, shapes, weights and numbers of parameters of every architecture. */
export function describeStructures(): void {
  describe.each(architectures)("$model", ({ model: name, options }) => {
    test("has as many parameters as Keras's at full size", () => {
      expect(buildArchitecture(name, {}).countParams()).toBe(architectureGolden(name).parameters);
    });
    test("has Keras's layers, in order, with their output shapes, and Keras's weights", () => {
      const golden = architectureGolden(name);
      const model = buildArchitecture(name, options);
      const layers = model.layers.map((layer) => [layer.name, layer.definition.type, callShapes(model, layer.name)]);
      expect(layers).toEqual(golden.layers);
      expect(model.weights.map(({ path, shape }) => [path, shape])).toEqual(golden.weights);
      expect(model.countParams()).toBe(golden.smallParameters);
    });
    test("starts its weights as Keras does, and has its rates and momentums", () => {
      const settings = unseenSettings(buildArchitecture(name, options));
      expect(settings).toEqual(goldenSettings(architectureGolden(name)));
    });
  });
}

function filled({ model: name, options }: ArchitectureCase, golden: ArchitectureGolden): AnyModel {
  const model = buildArchitecture(name, options);
  fillWeights(model, golden);
  return model;
}

/** The outputs of architectures on a backend, before and after one weight is flipped. One session serves both. */
export function describeOutputs(backend: Backend, cases: readonly ArchitectureCase[]): void {
  for (const architecture of cases) {
    checkTest(`${architecture.model} gives Keras's outputs, and others when a weight is flipped`, async () => {
      const golden = architectureGolden(architecture.model);
      const model = filled(architecture, golden);
      const { graph, variables } = traceAll(model, false);
      await withGraph(backend, graph, async (run) => {
        const outputs = async () => {
          const results = await run({ ...feedsOf(architecture, model), ...(await readVariables(variables)) });
          return golden.outputs.map((_, i) => results[`output ${i}`]!);
        };
        const before = await outputs();
        expectNear(before, golden.outputs, golden);
        await flipWeight(model, architecture.flipped);
        const after = await outputs();
        expectNear(after, golden.flippedOutputs, golden);
        expect(distanceBetween(after, before)).toBeGreaterThan(visible);
      });
    });
  }
}

/** What `predict` gives, with weights as constants, of a model from a model file. */
export function describeSaved(backend: Backend, cases: readonly ArchitectureCase[]): void {
  for (const architecture of cases) {
    checkTest(`${architecture.model} predicts Keras's outputs after a way through a model file`, async () => {
      const golden = architectureGolden(architecture.model);
      const model = await throughFormat(filled(architecture, golden));
      await using trainer = new Trainer(model, backend);
      const outputs = await trainer.predict(feedsOf(architecture, model), { batchSize: 2 });
      expectNear([outputs].flat(), golden.outputs, golden);
    });
  }
}

/** Steps of training: losses of the first ones against Keras's, and one step more, whose loss must be finite. */
export function describeTraining(backend: Backend, cases: readonly ArchitectureCase[]): void {
  for (const architecture of cases) {
    const { model: name, training, inputs } = architecture;
    if (training === undefined) continue;
    checkTest(`${name} trains${training.steps > 0 ? " as in Keras" : ""}`, async () => {
      const golden = architectureGolden(name);
      const [losses, losses64] = [golden.losses ?? [], golden.losses64 ?? []];
      expect(losses).toHaveLength(training.steps);
      const model = filled(architecture, golden);
      await using trainer = new Trainer(model, backend);
      trainer.compile({ optimizer: sgd({ learningRate: 0.01 }), loss: training.loss });
      const targets = inputData(name, inputs.length, training.targets);
      const options = { epochs: training.steps + 1, batchSize: 3, shuffle: false, verbose: 0 } as const;
      const { history } = await trainer.fit(feedsOf(architecture, model), targets, options);
      const distance = Math.max(...losses.map((loss, i) => Math.abs(loss - losses64[i]!)));
      for (const [i, loss] of losses.entries()) {
        const allowed = lossFactor * distance + roundings * epsilon * loss;
        expect(Math.abs(history["loss"]![i]! - loss), `loss of step ${i}`).toBeLessThan(allowed);
      }
      expect(history["loss"]!.at(-1)).toSatisfy(Number.isFinite);
    });
  }
}
