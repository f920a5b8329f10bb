import type { JsonObject, JsonValue } from "@lamella/ir";

import type { KerasObject } from "../contents.ts";
import { isList, isObject } from "../json.ts";
import { isKerasObject } from "./keras-object.ts";
import type { Notes } from "./notes.ts";

type Layer = KerasObject & JsonObject;

/** Layers that compute their activation last. */
const activatesLast = /^(?:Activation|Dense|EinsumDense|(?:Depthwise|Separable)?Conv[123]D(?:Transpose)?)$/;

/** How a layer is named within its model. */
function nameOf({ name, config }: Layer): string {
  const found = name ?? config["name"];
  return typeof found === "string" ? found : "";
}

/** The layer behind another one that does what its activation did. */
interface Split {
  readonly name: string;
  readonly activation: Layer;
}

function splitsOf(layers: readonly Layer[]): ReadonlyMap<string, Split> {
  const taken = new Set(layers.map(nameOf));
  const splits = new Map<string, Split>();
  for (const layer of layers) {
    const { activation } = layer.config;
    if (!isKerasObject(activation) || !activatesLast.test(layer.class_name)) continue;
    let name = `${nameOf(layer)}_activation`;
    while (taken.has(name)) name = `${name}_1`;
    taken.add(name);
    splits.set(nameOf(layer), { name, activation });
  }
  return splits;
}

/** References to what the layers give, with the layers behind them in their place. */
function renamed(value: JsonValue, splits: ReadonlyMap<string, Split>): JsonValue {
  if (isList(value)) {
    const [layer, node, output] = value;
    const split = typeof layer === "string" && typeof node === "number" ? splits.get(layer) : undefined;
    return split === undefined ? value.map((item) => renamed(item, splits)) : [split.name, node!, output ?? 0];
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item, splits)]));
}

/** The two layers that a layer with such an activation becomes; one call of the second for each of the first. */
function divided(layer: Layer, { name, activation }: Split): readonly Layer[] {
  const { inbound_nodes: nodes } = layer;
  const { activity_regularizer: regularizer = null } = layer.config;
  const linear = { ...layer, config: { ...layer.config, activation: "linear", activity_regularizer: null } };
  const behind = { ...activation, config: { ...activation.config, name, activity_regularizer: regularizer } };
  if (!isList(nodes)) return [linear, behind];
  const call = (node: number): JsonValue => ({
    args: [{ class_name: "__keras_tensor__", config: { keras_history: [nameOf(layer), node, 0] } }],
    kwargs: {},
  });
  return [linear, { ...behind, name, inbound_nodes: nodes.map((_, node) => call(node)) }];
}

/**
 * A model without activations that are layers with settings of their own, `Dense(4, activation=LeakyReLU(0.2))`: they become
 * layers behind those that have them.
 */
export function withActivationLayers(object: KerasObject, notes: Notes): KerasObject {
  const { layers: given, output_layers: outputs } = object.config;
  if (!Array.isArray(given) || !given.every(isKerasObject)) return object;
  const layers = given.map((layer) => withActivationLayers(layer, notes) as Layer);
  const splits = splitsOf(layers);
  for (const [layer, { name, activation }] of splits) {
    notes.convert(layer, `its activation, ${activation.class_name}, is a layer of its own behind it: '${name}'.`);
  }
  const divide = (layer: Layer): readonly Layer[] => {
    const { inbound_nodes: nodes } = layer;
    const current = isList(nodes) ? { ...layer, inbound_nodes: renamed(nodes, splits) } : layer;
    const split = splits.get(nameOf(layer));
    return split === undefined ? [current] : divided(current, split);
  };
  const config = { ...object.config, layers: layers.flatMap(divide) };
  if (outputs === undefined) return { ...object, config };
  return { ...object, config: { ...config, output_layers: renamed(outputs, splits) } };
}
