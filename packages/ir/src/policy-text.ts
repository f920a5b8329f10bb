import type { DTypePolicy } from "./dtype-policy.ts";
import type { AnyModel } from "./model.ts";

/** The dtype policies of a model's layers, the most frequent first, others with names; undefined where all are float32. */
export function policyText(model: AnyModel): string | undefined {
  const layersOf = new Map<DTypePolicy, string[]>();
  const visit = ({ graph }: AnyModel): void => {
    for (const layer of new Set(graph.nodes.map(({ op }) => op.layer))) {
      if (layer.innerGraph !== undefined) visit(layer as AnyModel);
      else if (layer.definition.isOperation !== true) {
        layersOf.set(layer.dtypePolicy, [...(layersOf.get(layer.dtypePolicy) ?? []), layer.name]);
      }
    }
  };
  visit(model);
  const [first, ...others] = [...layersOf].toSorted(([, a], [, b]) => b.length - a.length);
  if (first === undefined || (first[0] === "float32" && others.length === 0)) return undefined;
  return [first[0], ...others.map(([policy, names]) => `${policy} (${names.join(", ")})`)].join("; ");
}
