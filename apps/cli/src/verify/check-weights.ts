import { type AnyLayer, type AnyModel, isFloating, type SavedModel, type Tensor } from "@lamella/ir";

import { numbersOf } from "../numbers-of.ts";
import type { Finding } from "./finding.ts";

const check = "weights";

/** Whether the file has all weights of its model, and what their values are. */
export function checkWeights(model: AnyModel, { layers, weights }: SavedModel): Finding[] {
  const findings: Finding[] = [];
  // Layers of one name may stand in several nested models.
  const stored = new Map<string, number>();
  for (const { layer, name } of weights) {
    const key = `${layers[layer]!.name}/${name}`;
    stored.set(key, (stored.get(key) ?? 0) + 1);
  }
  for (const layer of leavesOf(model)) {
    for (const variable of layer.ownWeights) {
      const key = `${layer.name}/${variable.nameIn(layer)}`;
      const left = stored.get(key) ?? 0;
      stored.set(key, left - 1);
      if (left > 0) continue;
      const problem = "The weight is not in the file: it would get a fresh value.";
      findings.push({ level: "error", check, where: variable.path, problem });
    }
  }
  for (const { layer, name, tensor } of weights) {
    const found = valueFinding(`${layers[layer]!.name}/${name}`, tensor);
    if (found !== undefined) findings.push(found);
  }
  return findings;
}

/** A warning for numbers that no computation comes back from. */
export function valueFinding(where: string, tensor: Tensor): Finding | undefined {
  if (!isFloating(tensor.dtype)) return undefined;
  const numbers = numbersOf(tensor);
  let bad = 0;
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) bad += 1;
  if (bad === 0) return undefined;
  const problem = `${bad} of ${tensor.size} numbers are NaN or infinite.`;
  return { level: "warning", check, where, problem };
}

/** The layers that are no models, at any depth, each once. */
function leavesOf(model: AnyModel): Set<AnyLayer> {
  const leaves = new Set<AnyLayer>();
  const visit = (layer: AnyLayer) => {
    if (layer.innerGraph === undefined) leaves.add(layer);
    else for (const inner of layer.sublayers) visit(inner);
  };
  visit(model);
  return leaves;
}
