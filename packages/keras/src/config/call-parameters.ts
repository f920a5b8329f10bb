import type { AnyLayer } from "@lamella/ir";

import { plainName } from "./spelling.ts";

const heads = [
  "query",
  "value",
  "key",
  "query_mask",
  "value_mask",
  "key_mask",
  "attention_mask",
  "return_attention_scores",
  "training",
  "use_causal_mask",
] as const;

/** What calls of a layer take in order, where it is more than inputs, the mode and a mask. */
const signatures: Readonly<Record<string, readonly string[]>> = {
  AdditiveAttention: ["inputs", "mask", "training", "return_attention_scores", "use_causal_mask"],
  Attention: ["inputs", "mask", "training", "return_attention_scores", "use_causal_mask"],
  CategoryEncoding: ["inputs", "count_weights"],
  GroupedQueryAttention: heads,
  MultiHeadAttention: heads,
  Softmax: ["inputs", "mask"],
};

const recurrent = ["sequences", "initial_state", "mask", "training"];
const cell = ["inputs", "states", "training"];
const plain = ["inputs", "training", "mask"];

/** Whether a layer loops over time: alone, or in both directions. */
function isRecurrent({ definition }: AnyLayer): boolean {
  return "goBackwards" in definition.fields || "backwardLayer" in definition.fields;
}

/** The parameters of a layer's call in Keras, in order. */
export function callParameters(layer: AnyLayer): readonly string[] {
  const { type, definition } = layer;
  if (signatures[type] !== undefined) return signatures[type];
  if (isRecurrent(layer)) return recurrent;
  return definition.cell !== undefined || definition.cells !== undefined ? cell : plain;
}

/** Whether calls take query, value and key one by one. */
export function attends(layer: AnyLayer): boolean {
  return callParameters(layer) === heads;
}

/** Those of them that are inputs. */
export function inputParameters(layer: AnyLayer): readonly string[] {
  return attends(layer) ? heads.slice(0, 3) : ["inputs", "sequences"];
}

/** Whether an argument of a call means something to a layer. */
export function isKnownArgument({ definition }: AnyLayer, name: string): boolean {
  return ["training", "mask", ...(definition.callArgs ?? [])].some((known) => plainName(known) === plainName(name));
}
