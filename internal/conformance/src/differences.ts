import { randomKey, randomUniform, Tensor } from "@lamella/ir";
import { reference } from "@lamella/runtime";

import type { LayerCase } from "../cases/case.ts";
import { CaseRun } from "./case-run.ts";
import { readVariables, type Tensors, withGraph } from "./evaluate.ts";
import { goldenOf } from "./golden.ts";
import { traceGradients } from "./trace-case.ts";

/** How far a difference goes, as a share of the numbers that it moves, or of 1 where they are larger. */
const share = 1e-5;
/** Truncation of a central difference is about share^2, rounding about 1e-16 / share. Measured: see below. */
const relative = 1e-6;
const absolute = 1e-9;

function shifted(tensor: Tensor, direction: readonly number[], by: number): Tensor {
  const values = tensor.toNumbers().map((value, i) => value + by * direction[i]!);
  return new Tensor("float64", tensor.shape, Float64Array.from(values));
}

function scaleOf(tensor: Tensor): number {
  const largest = Math.max(...tensor.toNumbers().map(Math.abs));
  return largest === 0 ? 1 : Math.min(1, largest);
}

/** Without ties: finite differences are meaningless where functions have corners. */
function withoutTies(layerCase: LayerCase): LayerCase {
  const inputs = layerCase.inputs.map((spec) => (spec.levels === undefined ? spec : { ...spec, levels: 2 ** 21 }));
  return { ...layerCase, inputs };
}

/** Whether a case has gradients to compare in that mode. */
export function hasDifferences({ id, random, gradients: own }: LayerCase, training: boolean): boolean {
  if (own !== undefined) return true;
  const { gradients, trainingGradients } = goldenOf(id);
  return training ? trainingGradients !== undefined || random !== undefined : gradients !== undefined;
}

/**
 * Gradients against central differences, both in float64: for every input and weight, along two random directions.
 *
 * @throws Error that names what has the wrong gradient
 */
export async function expectDifferences(layerCase: LayerCase, training: boolean): Promise<void> {
  const backend = reference({ precision: "float64" });
  const run = new CaseRun(withoutTies(layerCase), { backend });
  const model = await run.model();
  const traced = traceGradients(model, training);
  const feeds: Tensors = { ...run.feeds(traced), ...(await readVariables(traced.variables)), ...run.cotangents(model) };
  const ports = [...traced.variables];
  const targets = [
    ...traced.inputs.map((name, i) => ({ name, gradient: `input gradient ${i}` })),
    ...traced.weights.flatMap((variable, i) => {
      if (traced.set.includes(variable)) return [];
      return [{ name: ports.find(([, other]) => other === variable)![0], gradient: `weight gradient ${i}` }];
    }),
  ];
  await withGraph(backend, traced.graph, async (execute) => {
    const results = await execute(feeds);
    for (const { name, gradient } of targets) {
      const value = feeds[name]!;
      const slopes = results[gradient]!.toNumbers();
      const step = share * scaleOf(value);
      for (const round of [0, 1]) {
        const direction = [...randomUniform(randomKey(layerCase.id, "direction", name, round), value.size)];
        const loss = async (by: number) =>
          (await execute({ ...feeds, [name]: shifted(value, direction, by) }))["loss"]!.toNumbers()[0]!;
        const measured = ((await loss(step)) - (await loss(-step))) / (2 * step);
        const terms = slopes.map((slope, i) => slope * direction[i]!);
        const expected = terms.reduce((sum, term) => sum + term, 0);
        const allowed = relative * terms.reduce((sum, term) => sum + Math.abs(term), 0) + absolute;
        if (Math.abs(measured - expected) <= allowed) continue;
        throw new Error(`the slope along ${name} is ${measured}, but the gradient says ${expected}`);
      }
    }
  });
}
