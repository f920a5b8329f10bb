import { type JsonObject, type JsonValue, LamellaError } from "@lamella/ir";

import { isList, isObject, listAt, objectAt, textAt } from "../json.ts";
import { currentLayerName, isFunctional, oldClassName } from "./class-names.ts";
import { isOldHardSigmoid, scaledSteps } from "./hard-sigmoid.ts";
import { kerasTensor, mapReferences, type OldCall, readOldCalls, type TensorReference } from "./inbound-nodes.ts";
import { NodeNumbers } from "./node-numbers.ts";
import { operationLayers } from "./operation-layers.ts";
import type { Scope } from "./scope.ts";
import { isTensorFlowCall, translateCall } from "./tf-operations.ts";
import type { Step } from "./tf-rules.ts";

/** The configuration of a Functional model, with calls of layers as Keras 3 writes them. */
export function rewriteFunctional(scope: Scope, config: JsonObject): JsonObject {
  const name = currentLayerName(typeof config["name"] === "string" ? config["name"] : "functional");
  const layers = listAt(config["layers"], name).map((layer) => objectAt(layer, name));
  const { trainable } = config;
  const graph = isCurrent(layers) ? currentGraph(scope, config, layers, name) : oldGraph(scope, config, layers, name);
  return { name, ...(typeof trainable === "boolean" ? { trainable } : {}), ...graph };
}

/** Whether calls are written as Keras 3 does, which its legacy h5 files do too. */
function isCurrent(layers: readonly JsonObject[]): boolean {
  return layers.some(
    ({ inbound_nodes: nodes }) => isList(nodes) && nodes.some((node) => isObject(node) && "args" in node),
  );
}

function nameOf(layer: JsonObject, where: string): string {
  const { name, config } = layer;
  return textAt(name ?? (isObject(config) ? config["name"] : undefined), where);
}

function currentGraph(scope: Scope, config: JsonObject, layers: readonly JsonObject[], where: string): JsonObject {
  const ends = (value: JsonValue | undefined) => mapReferences(value ?? null, (reference) => [...reference], where);
  return {
    layers: layers.map((layer) => ({
      ...(scope.layer(layer) as unknown as JsonObject),
      name: nameOf(layer, where),
      inbound_nodes: layer["inbound_nodes"] ?? [],
    })),
    input_layers: ends(config["input_layers"]),
    output_layers: ends(config["output_layers"]),
  };
}

function oldGraph(scope: Scope, config: JsonObject, layers: readonly JsonObject[], where: string): JsonObject {
  const names = new Set(layers.map((layer) => nameOf(layer, where)));
  const numbers = new NodeNumbers(layers, config, (layer) => nameOf(layer, where));
  /** What a call gives stands under its own name where one layer of old has become several. */
  const splitCalls = new Set<string>();
  const locate = (reference: TensorReference, by: string): TensorReference => {
    const [layer, node, output] = reference;
    if (!names.has(layer)) {
      throw new LamellaError("format", {
        where: by,
        problem: `The layer is called on '${layer}', which the model does not have.`,
      });
    }
    const call = numbers.callOf(layer, node);
    const current = currentLayerName(layer);
    return splitCalls.has(layer) ? [callName(current, call), 0, output] : [current, call, output];
  };
  for (const layer of layers) {
    if (isTensorFlowCall(oldClassName(layer)) || isThreshold(layer)) splitCalls.add(nameOf(layer, where));
  }
  const rewritten = layers.flatMap((layer): JsonObject[] => {
    const name = nameOf(layer, where);
    const nodes = listAt(layer["inbound_nodes"] ?? [], name);
    const calls = readOldCalls(
      nodes,
      (reference, by) => kerasTensor(locate(reference, by)),
      (known) => names.has(known),
      name,
    );
    if (splitCalls.has(name))
      return calls.flatMap((call, i) => operations(scope, layer, call, callName(currentLayerName(name), i)));
    return layerWithCalls(scope, layer, currentLayerName(name), calls, names);
  });
  const kinds = new Map(layers.map((layer) => [currentLayerName(nameOf(layer, where)), oldClassName(layer)]));
  const end = (reference: TensorReference): JsonValue => {
    const [layer, call, output] = locate(reference, where);
    return [layer, isFunctional(kinds.get(layer) ?? "") ? call + 1 : call, output];
  };
  return {
    layers: rewritten,
    input_layers: mapReferences(config["input_layers"] ?? null, end, where),
    output_layers: mapReferences(config["output_layers"] ?? null, end, where),
  };
}

/** The name of one of the operations that the calls of a layer become. */
function callName(layer: string, call: number): string {
  return call === 0 ? layer : `${layer}_call_${call}`;
}

/** Keras 3 has no ThresholdedReLU, but the operation. */
function isThreshold(layer: JsonObject): boolean {
  return layer["class_name"] === "ThresholdedReLU";
}

function operations(scope: Scope, layer: JsonObject, call: OldCall, name: string): JsonObject[] {
  const config = objectAt(layer["config"], name);
  let found: Step | undefined;
  if (isThreshold(layer)) {
    const settings = { threshold: config["theta"] ?? 1, default_value: 0 };
    found = { module: "keras.src.ops.nn", className: "Threshold", config: settings, args: [call.first] };
  } else {
    const symbol = typeof config["function"] === "string" ? config["function"] : "__operators__.getitem";
    found = translateCall(symbol, call);
    if (found === undefined) scope.refusals.addFunction(symbol, name);
  }
  return found === undefined ? [] : operationLayers(found, name);
}

function layerWithCalls(
  scope: Scope,
  layer: JsonObject,
  name: string,
  calls: readonly OldCall[],
  taken: ReadonlySet<string>,
): JsonObject[] {
  const made = scope.layer(layer) as unknown as JsonObject;
  const inbound = calls.map((call) => currentCall(oldClassName(made), call));
  const withNodes = (object: JsonObject, as: string, nodes: readonly JsonValue[]): JsonObject => ({
    ...object,
    name: as,
    inbound_nodes: nodes,
  });
  if (!isOldHardSigmoid(made, scope.writer)) return [withNodes(made, name, inbound)];
  const [scale, activation] = scaledSteps(scope, made, taken);
  const scaleName = textAt((scale["config"] as JsonObject)["name"], name);
  return [
    withNodes(scale, scaleName, inbound),
    withNodes(
      activation,
      name,
      calls.map((_, i) => ({ args: [kerasTensor([scaleName, i, 0])], kwargs: {} })),
    ),
  ];
}

const recurrent = /^(?:RNN|LSTM|GRU|SimpleRNN|ConvLSTM[123]D|Bidirectional)$/;

/** A call as Keras 3 writes it. Recurrent layers of old took what they start from behind their input, in one list. */
function currentCall(className: string, { first, kwargs }: OldCall): JsonObject {
  if (!recurrent.test(className) || !isList(first)) return { args: [first], kwargs };
  const [sequence = null, ...states] = first;
  return { args: [sequence], kwargs: { ...kwargs, initial_state: states } };
}
