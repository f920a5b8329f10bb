import { model } from "@lamella/functional";
import {
  type AnyLayer,
  type AnyModel,
  catalogue,
  isFloating,
  layerFromConfig,
  type JsonObject,
  resetNames,
  resolveRegularizer,
  symbolicInput,
  type SymbolicTensor,
} from "@lamella/ir";

import type { CallSpec, LayerCase, LayerSpec } from "../cases/case.ts";
import { weightData } from "./data.ts";

function makeLayer({ type, config = {}, name }: LayerSpec): AnyLayer {
  const entry = catalogue.find(({ definition }) => definition.type === type);
  if (entry === undefined) throw new Error(`The catalogue has no layer '${type}'.`);
  const { trainable, activityRegularizer, ...fields } = config as JsonObject;
  return layerFromConfig(entry.definition, fields, {
    ...(name === undefined ? {} : { name }),
    ...(typeof trainable === "boolean" ? { trainable } : {}),
    activityRegularizer: resolveRegularizer(activityRegularizer ?? null),
  });
}

function inputsNamedIn({ mask, initialState = [] }: CallSpec): readonly number[] {
  return mask === undefined ? initialState : [mask, ...initialState];
}

function callArgs(args: CallSpec, inputs: readonly SymbolicTensor[]) {
  const { training, mask, initialState } = args;
  return {
    ...(training === undefined ? {} : { training }),
    ...(mask === undefined ? {} : { mask: inputs[mask]! }),
    ...(initialState === undefined ? {} : { initialState: initialState.map((index) => inputs[index]!) }),
  };
}

/** The model of a case, with Keras's automatic names, inputs `input_0`, ... and the case's weights. */
export function buildCase({ id, layers, inputs: specs }: LayerCase): AnyModel {
  resetNames();
  const inputs = specs.map(({ shape, dtype = "float32", symbolic }, i) =>
    symbolicInput({ batchShape: symbolic ?? [null, ...shape.slice(1)], dtype, name: `input_${i}` }),
  );
  const named = new Set(layers.flatMap(({ args = {} }) => inputsNamedIn(args)));
  let values: readonly SymbolicTensor[] = inputs.filter((_, i) => !named.has(i));
  for (const [i, layer] of layers.map(makeLayer).entries()) {
    const result = layer.call(values.length === 1 ? values[0]! : values, callArgs(layers[i]!.args ?? {}, inputs));
    values = Array.isArray(result) ? (result as SymbolicTensor[]) : [result as SymbolicTensor];
  }
  const built = model({ inputs, outputs: values, name: "case" });
  const weights = built.weights.filter(({ dtype }) => isFloating(dtype));
  for (const [i, variable] of weights.entries()) {
    variable.write(weightData(id, i, variable.name.split("/").at(-1)!, variable.shape));
  }
  return built;
}
