import type { JsonObject, JsonValue } from "@lamella/ir";

import { isList, isObject } from "../json.ts";
import { isFunctional, isModel, oldClassName } from "./class-names.ts";

/**
 * Which call of a layer a node number of old means. Models that knew their inputs had a node of their own before they were
 * called, so that the first call of one within another model is number 1. TensorFlow.js writes the same calls from 0 on, and
 * models that got their shape late had no such node. What is referred to tells which it is; where it does not, the rule does.
 */
export class NodeNumbers {
  private readonly skipped = new Map<string, number>();

  constructor(layers: readonly JsonObject[], config: JsonObject, nameOf: (layer: JsonObject) => string) {
    const models = layers.filter((layer) => isModel(oldClassName(layer)));
    if (models.length === 0) return;
    const wanted = new Map(models.map((layer) => [nameOf(layer), new Set<number>()]));
    const collect = (value: JsonValue | undefined): void => {
      if (isObject(value)) return Object.values(value).forEach(collect);
      if (!isList(value)) return;
      const [layer, node] = value;
      if (typeof layer === "string" && typeof node === "number") wanted.get(layer)?.add(node);
      value.forEach(collect);
    };
    for (const { inbound_nodes: nodes } of layers) collect(nodes);
    collect(config["output_layers"]);
    for (const layer of models) {
      const { inbound_nodes: nodes, config: inner } = layer;
      const numbers = wanted.get(nameOf(layer))!;
      const calls = isList(nodes) ? nodes.length : 0;
      const rule = isFunctional(oldClassName(layer)) || startsWithShape(inner ?? null) ? 1 : 0;
      const skip = numbers.has(0) ? 0 : [...numbers].some((number) => number >= calls) ? 1 : rule;
      this.skipped.set(nameOf(layer), skip);
    }
  }

  callOf(layer: string, node: number): number {
    return node - (this.skipped.get(layer) ?? 0);
  }
}

function startsWithShape(config: JsonValue): boolean {
  const layers = isList(config) ? config : isObject(config) ? config["layers"] : undefined;
  const first = isList(layers) ? layers[0] : undefined;
  if (!isObject(first)) return false;
  return first["class_name"] === "InputLayer" || (isObject(first["config"]) && "batch_input_shape" in first["config"]);
}
