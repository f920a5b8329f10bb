import { type AnyLayer, type AnyModel, isLayer, LamellaError, type Tensor, type Variable } from "@lamella/ir";

import { lastName, ownersIn } from "../legacy/current-arrays.ts";
import { rescaleHardSigmoid } from "../legacy/hard-sigmoid-weights.ts";
import { hardSigmoidScale } from "../legacy/writer.ts";

type Named = readonly [name: string, variable: Variable];

const held = (layer: AnyLayer, field: string): AnyLayer | undefined => {
  const value = layer.config[field];
  return isLayer(value) ? value : undefined;
};

/** The weights of a layer under the names that tfjs-layers looks for. */
function namedIn(layer: AnyLayer, prefix: string): readonly Named[] {
  const inner = held(layer, "layer");
  const { forward, backward } = layer.parts;
  if (forward !== undefined && backward !== undefined && inner !== undefined) {
    return [
      ...namedIn(forward, `${prefix}/forward_${inner.name}`),
      ...namedIn(backward, `${prefix}/backward_${inner.name}`),
    ];
  }
  const cells = layer.config["cells"];
  if (Array.isArray(cells)) {
    return (cells as readonly AnyLayer[]).flatMap((cell, i) => namedIn(cell, `${prefix}/RNNCell_${i}`));
  }
  const within = inner ?? held(layer, "cell");
  if (within !== undefined) return namedIn(within, prefix);
  const isDepthwise = layer.type === "DepthwiseConv2D";
  return layer.weights.map((variable) => {
    const name = lastName(variable.name);
    return [`${prefix}/${isDepthwise && name === "kernel" ? "depthwise_kernel" : name}`, variable];
  });
}

/**
 * The weights of a model under the names of tfjs-layers, layer by layer.
 *
 * @throws LamellaError `unsupported` where two layers with weights have one name, as those of models within models may
 */
export function tfjsVariables(model: AnyModel): readonly Named[] {
  const found = new Map<string, Variable>();
  const visited = new Set<AnyLayer>();
  const visit = (layer: AnyLayer): void => {
    if (visited.has(layer)) return;
    visited.add(layer);
    if (layer.modelType !== undefined) return (layer as AnyModel).layers.forEach(visit);
    for (const [name, variable] of namedIn(layer, layer.name)) {
      if (found.has(name)) {
        throw new LamellaError("unsupported", {
          where: layer.name,
          problem:
            "Two layers with weights have this name, in different models, and TensorFlow.js finds weights by name alone.",
          hint: "Give one of them another name.",
        });
      }
      found.set(name, variable);
    }
  };
  visit(model);
  return [...found];
}

/** The values of the weights, divided where they go into a hard_sigmoid, which is steeper in TensorFlow.js. */
export async function tfjsWeights(model: AnyModel): Promise<readonly (readonly [name: string, value: Tensor])[]> {
  const owners = ownersIn(model);
  return Promise.all(
    tfjsVariables(model).map(async ([name, variable]) => {
      const value = await variable.read();
      const owner = owners.get(variable);
      const rescale = owner === undefined ? undefined : rescaleHardSigmoid(owner, 1 / hardSigmoidScale);
      return [name, rescale?.(variable, value) ?? value] as const;
    }),
  );
}
