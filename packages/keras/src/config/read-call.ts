import { type AnyLayer, SymbolicTensor } from "@lamella/ir";

import { attends, callParameters, inputParameters, isKnownArgument } from "./call-parameters.ts";
import type { Notes } from "./notes.ts";
import { ourSpelling } from "./spelling.ts";

/** A call as Keras writes it, with live tensors. */
export interface KerasCall {
  readonly positional: readonly unknown[];
  readonly named: Readonly<Record<string, unknown>>;
}

/** A call as lamella's layers take it. */
interface OurCall {
  readonly inputs: readonly SymbolicTensor[];
  readonly args: Readonly<Record<string, unknown>>;
}

/** The tensors in a nested structure, in Keras's order. */
export function tensorsIn(value: unknown): readonly SymbolicTensor[] {
  if (value instanceof SymbolicTensor) return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(tensorsIn);
}

/** An argument as lamella takes it: nested lists of tensors are flat. */
function argument(value: unknown): unknown {
  const isNested = Array.isArray(value) && value.some(Array.isArray) && tensorsIn(value).length > 0;
  return isNested ? tensorsIn(value) : value;
}

/** Random layers are in training mode unless they are told otherwise, and newer files say so; a model tells them its own. */
function isDefaultMode({ type }: AnyLayer, training: unknown): boolean {
  return type.startsWith("Random") && training === true;
}

/** What is input of a layer's call, and what is an argument. */
export function splitArguments(layer: AnyLayer, call: KerasCall, notes: Notes): OurCall {
  const parameters = callParameters(layer);
  const given = new Map<string, unknown>(call.positional.map((value, i) => [parameters[i] ?? `argument ${i}`, value]));
  for (const [name, value] of Object.entries(call.named)) given.set(name, value);
  const names = inputParameters(layer).filter((name) => given.has(name));
  const inputs = names.flatMap((name) => tensorsIn(given.get(name)));
  for (const name of names) given.delete(name);
  if (isDefaultMode(layer, given.get("training"))) given.delete("training");
  if (attends(layer) && inputs.length === 2 && inputs[0] === inputs[1]) inputs.length = 1;
  const args: Record<string, unknown> = {};
  if (layer.definition.inputs !== "several" && inputs.length > 1 && parameters.includes("initial_state")) {
    // Keras 2 lists the states behind the sequence.
    args["initialState"] = inputs.slice(1);
    inputs.length = 1;
  }
  for (const [name, value] of given) {
    if (value === null || value === undefined) continue;
    if (isKnownArgument(layer, name)) args[ourSpelling(name)] = argument(value);
    else if (value !== false) {
      notes.lose("unsupported", { where: layer.name, problem: `Argument '${name}' of its call is unknown.` });
    }
  }
  return { inputs, args };
}
