import { model } from "@lamella/functional";
import {
  type AnyLayer,
  type AnyModel,
  type CallArgs,
  catalogue,
  isFloating,
  layerFromConfig,
  ops,
  type JsonObject,
  resetNames,
  resolveRegularizer,
  symbolicInput,
  type SymbolicTensor,
} from "@lamella/ir";

import type { CallSpec, LayerCase, LayerSpec, OperationSpec } from "../cases/case.ts";
import { weightData } from "./data.ts";

function isSpec(field: string, value: unknown): value is LayerSpec {
  const isLayerField = !/(initializer|regularizer|constraint)$/i.test(field);
  return isLayerField && typeof value === "object" && value !== null && "type" in value;
}

/** Layers in the place of their descriptions. */
function withLayers([field, value]: [string, unknown]): [string, unknown] {
  if (Array.isArray(value))
    return [field, value.map((item) => (isSpec(field, item) ? makeLayer(item) : (item as unknown)))];
  return [field, isSpec(field, value) ? makeLayer(value) : value];
}

function makeLayer({ type, config = {}, name }: LayerSpec): AnyLayer {
  const entry = catalogue.find(({ definition }) => definition.type === type);
  if (entry === undefined) throw new Error(`The catalogue has no layer '${type}'.`);
  const { trainable, activityRegularizer, ...fields } = config as JsonObject;
  return layerFromConfig(entry.definition, Object.fromEntries(Object.entries(fields).map(withLayers)), {
    ...(name === undefined ? {} : { name }),
    ...(typeof trainable === "boolean" ? { trainable } : {}),
    activityRegularizer: resolveRegularizer(activityRegularizer ?? null),
  });
}

function inputsNamedIn(args: CallSpec): readonly number[] {
  return Object.values(args)
    .flat(2)
    .filter((value) => typeof value === "number");
}

/** Inputs in the place of their positions. */
function callArgs(args: CallSpec, inputs: readonly SymbolicTensor[]): CallArgs {
  const input = (index: number | null) => (index === null ? null : inputs[index]!);
  const resolved = Object.entries(args).map(([name, value]: [string, CallSpec[keyof CallSpec]]) => {
    if (typeof value === "number") return [name, input(value)];
    return [name, typeof value === "object" ? value.flat().map(input) : value];
  });
  return Object.fromEntries(resolved) as CallArgs;
}

function callOperation(
  { op, before = [], arguments: rest = [], list }: OperationSpec,
  values: readonly SymbolicTensor[],
): unknown {
  const call = ops[op] as (...given: readonly unknown[]) => unknown;
  return call(...before, ...(list === true ? [values] : values), ...rest);
}

/** The model of a case, with Keras's automatic names, inputs `input_0`, ... and the case's weights. */
export function buildCase({ id, layers, inputs: specs }: LayerCase): AnyModel {
  resetNames();
  const inputs = specs.map(({ shape, dtype = "float32", symbolic }, i) =>
    symbolicInput({ batchShape: symbolic ?? [null, ...shape.slice(1)], dtype, name: `input_${i}` }),
  );
  const named = new Set(layers.flatMap((spec) => ("op" in spec ? [] : inputsNamedIn(spec.args ?? {}))));
  let values: readonly SymbolicTensor[] = inputs.filter((_, i) => !named.has(i));
  for (const spec of layers) {
    const result =
      "op" in spec
        ? callOperation(spec, values)
        : makeLayer(spec).call(values.length === 1 ? values[0]! : values, callArgs(spec.args ?? {}, inputs));
    values = Array.isArray(result) ? (result as SymbolicTensor[]) : [result as SymbolicTensor];
  }
  const built = model({ inputs, outputs: values, name: "case" });
  const weights = built.weights.filter(({ dtype }) => isFloating(dtype));
  for (const [i, variable] of weights.entries()) {
    variable.write(weightData(id, i, variable.name.split("/").at(-1)!, variable.shape));
  }
  return built;
}
