import type { Backend } from "@lamella/runtime";
import { resolveOptimizer, Trainer } from "@lamella/train";
import { describe, expect } from "vitest";

import type { TrajectoryCase } from "../cases/case.ts";
import { trajectories } from "../cases/index.ts";
import { checkTest } from "./check-test.ts";
import { readGoldenCases } from "./golden.ts";
import { epsilon } from "./tolerance.ts";
import { trajectoryBatch, trajectoryModel } from "./trajectory-models.ts";

interface FinalWeight {
  readonly path: string;
  readonly shape: readonly number[];
  readonly sum: number;
  readonly sumAbs: number;
  /** The first four numbers. */
  readonly first: readonly number[];
}

interface TrajectoryGolden {
  readonly id: string;
  readonly losses: readonly number[];
  readonly losses64: readonly number[];
  /** The largest difference between the two. */
  readonly distance: number;
  readonly accuracy: readonly number[];
  readonly finalWeights: readonly FinalWeight[];
  readonly finalWeights64: readonly FinalWeight[];
}

/**
 * Float32 rounding grows along a trajectory, differently for every program. Keras in float64 shows by how much: a
 * trajectory may be ten times as far from Keras as Keras is from that, and a few roundings of the number itself.
 */
const factor = 10;
const roundings = 8;

function expectNear(what: string, actual: number, expected: number, distance: number, size = Math.abs(expected)): void {
  const allowed = factor * distance + roundings * epsilon * size;
  if (Math.abs(actual - expected) <= allowed) return;
  throw new Error(`${what}: ${actual}, expected ${expected} within ${allowed.toPrecision(3)}`);
}

interface Trained {
  readonly losses: readonly number[];
  readonly accuracy: readonly number[];
  readonly weights: readonly FinalWeight[];
}

async function train(trajectory: TrajectoryCase, backend: Backend): Promise<Trained> {
  const model = trajectoryModel(trajectory);
  await using trainer = new Trainer(model, backend);
  trainer.compile({
    optimizer: resolveOptimizer(trajectory.optimizer),
    loss: trajectory.loss,
    metrics: ["accuracy"],
  });
  const losses: number[] = [];
  const accuracy: number[] = [];
  for (let step = 0; step < trajectory.steps; step++) {
    const { x, y } = trajectoryBatch(trajectory, step);
    const { history } = await trainer.fit(x, y, { batchSize: trajectory.batchSize, shuffle: false, verbose: 0 });
    losses.push(history["loss"]![0]!);
    accuracy.push(history["accuracy"]![0]!);
  }
  const weights = await Promise.all(
    model.weights.map(async (variable): Promise<FinalWeight> => {
      const values = (await variable.read()).toNumbers();
      const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);
      const { path, shape } = variable;
      return { path, shape, sum: sum(values), sumAbs: sum(values.map(Math.abs)), first: values.slice(0, 4) };
    }),
  );
  return { losses, accuracy, weights };
}

function expectWeight(actual: FinalWeight, golden: FinalWeight, exact: FinalWeight): void {
  const { path, sumAbs } = golden;
  const count = golden.shape.reduce((size, dim) => size * dim, 1);
  const off = (a: number, b: number) => Math.abs(a - b);
  expectNear(`sum of ${path}`, actual.sum, golden.sum, off(golden.sum, exact.sum), sumAbs);
  expectNear(`sum of |${path}|`, actual.sumAbs, sumAbs, off(sumAbs, exact.sumAbs));
  const distance = Math.max(...golden.first.map((value, i) => off(value, exact.first[i]!)));
  for (const [i, value] of actual.first.entries()) {
    expectNear(`${path}[${i}]`, value, golden.first[i]!, distance, sumAbs / count);
  }
}

/** Every trajectory on a backend: the product's own training step against Keras's losses and final weights. */
export function describeTrajectories(backend: Backend): void {
  const goldens = readGoldenCases("trajectories") as readonly TrajectoryGolden[];
  for (const trajectory of trajectories) {
    describe(`trajectory ${trajectory.id}`, () => {
      const golden = goldens.find(({ id }) => id === trajectory.id)!;
      let trained: Promise<Trained> | undefined;
      const result = () => (trained ??= train(trajectory, backend));
      checkTest("losses", async () => {
        const { losses, accuracy } = await result();
        expect(losses).toHaveLength(golden.losses.length);
        for (const [step, loss] of losses.entries()) {
          expectNear(`loss of step ${step}`, loss, golden.losses[step]!, golden.distance);
          expectNear(`accuracy of step ${step}`, accuracy[step]!, golden.accuracy[step]!, 0);
        }
      });
      checkTest("final weights", async () => {
        const { weights } = await result();
        expect(weights.map(({ path }) => path)).toEqual(golden.finalWeights.map(({ path }) => path));
        for (const [i, weight] of weights.entries()) {
          expectWeight(weight, golden.finalWeights[i]!, golden.finalWeights64[i]!);
        }
      });
    });
  }
}
