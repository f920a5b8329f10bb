import type { JsonObject, JsonValue } from "@lamella/ir";

import { kerasTensor } from "./inbound-nodes.ts";
import type { Operand, Step } from "./tf-rules.ts";

function isStep(operand: Operand): operand is Step {
  return typeof operand === "object" && operand !== null && "className" in operand;
}

/** An operation, and those that it is called on, as layers of a Functional model. The last one has the name. */
export function operationLayers(step: Step, name: string): JsonObject[] {
  const layers: JsonObject[] = [];
  const operand = (value: Operand): JsonValue => {
    if (Array.isArray(value)) return (value as readonly Operand[]).map(operand);
    if (!isStep(value)) return value as JsonValue;
    const inner = `${name}_step_${layers.length}`;
    layers.push(...operationLayers(value, inner));
    return kerasTensor([inner, 0, 0]);
  };
  const args = step.args.map(operand);
  const isLayer = step.module === "keras.layers";
  layers.push({
    module: step.module,
    class_name: step.className,
    config: { name, ...step.config },
    registered_name: isLayer ? null : step.className,
    name,
    inbound_nodes: [{ args, kwargs: {} }],
  });
  return layers;
}
