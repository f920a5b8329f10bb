import { type AnyModel, type Tensor, tensor } from "@lamella/ir";

import { arraysOf } from "../arrays.ts";
import type { Weights } from "../contents.ts";
import { structureOf, visitLayers } from "./structure.ts";

/** Arrays that Keras wants in the file and lamella has in configurations: how tokens weigh, unknown ones first. */
function configured(model: AnyModel): readonly (readonly [path: string, value: Tensor])[] {
  const found: (readonly [string, Tensor])[] = [];
  visitLayers(model, ({ config }, prefix) => {
    const { idfWeights } = config;
    if (!Array.isArray(idfWeights)) return;
    const weights = idfWeights as readonly number[];
    const count = Number(config["numOovIndices"]);
    const leading = (config["vocabulary"] as readonly number[]).slice(0, count);
    const unknown = leading.every((token) => token === config["oovToken"]) ? 0 : count;
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
    const size = config["padToMaxTokens"] === true ? Number(config["maxTokens"]) : unknown + weights.length;
    const padding = Array<number>(size - unknown - weights.length).fill(0);
    found.push([`${prefix}vars/idf_weights`, tensor([...Array<number>(unknown).fill(mean), ...weights, ...padding])]);
  });
  return found;
}

/** The newest values of a model's variables under their paths in Keras's structure, and what else stands beside them. */
export async function writeWeights(model: AnyModel, others: ReadonlyMap<string, Tensor> = new Map()): Promise<Weights> {
  const own = structureOf(model).map(async ({ path, variable }) => [path, await variable.read()] as const);
  return {
    layout: "structure",
    arrays: arraysOf(new Map([...(await Promise.all(own)), ...configured(model), ...others])),
  };
}
