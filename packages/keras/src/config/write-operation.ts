import { type AnyLayer, type JsonObject, type JsonValue, LamellaError } from "@lamella/ir";

import { isObject } from "../json.ts";
import { operationClass, type OperationForm, operationForms } from "./operation-forms.ts";
import { kerasSpelling } from "./spelling.ts";

const nameOf = ({ type }: AnyLayer) => type.slice("ops.".length);

function formOf(layer: AnyLayer): OperationForm {
  const form = operationForms[nameOf(layer)];
  if (form !== undefined) return form;
  throw new LamellaError("unsupported", {
    where: layer.name,
    problem: `Keras has no operation like ${layer.type}.`,
    hint: "Compute it with others.",
  });
}

/** An entry of an index: ranges and the ellipsis are objects. */
function writeEntry(entry: JsonValue): JsonValue {
  if (entry === "...") return { class_name: "__ellipsis__", config: {} };
  if (!isObject(entry)) return entry;
  const { start = null, stop = null, step = null } = entry;
  return { class_name: "__slice__", config: { start, stop, step } };
}

/** Options that take more than another name; those that calls take besides. */
const special: Readonly<Record<string, (config: JsonObject) => JsonObject>> = {
  countNonzero: ({ axis }) => ({ axis: axis! }),
  getItem: ({ key }) => ({ key: (key as readonly JsonValue[]).map(writeEntry) }),
  pad: ({ padWidth, value }) => ({
    pad_width: pairs(padWidth as readonly number[]),
    ...(value === 0 ? {} : { constant_values: value! }),
  }),
  split: ({ sections, equal, axis }) => ({
    indices_or_sections: equal === true ? (sections as readonly number[])[0]! : sections!,
    axis: axis!,
  }),
};

function pairs(flat: readonly number[]): JsonValue {
  return Array.from({ length: flat.length / 2 }, (_, i) => flat.slice(2 * i, 2 * i + 2));
}

/** Everything that the operation was told, by Keras's names. */
function optionsOf(layer: AnyLayer): JsonObject {
  const form = formOf(layer);
  const { dtype: _, ...config } = layer.getConfig();
  if ("numbers" in config) {
    const numbers = config["numbers"] as readonly (number | null)[];
    const names = form.operands ?? form.call!;
    return Object.fromEntries(names.map((name, i) => [name, numbers[i]!]));
  }
  const own = Object.entries(config).map(([field, value]) => [form.options?.[field] ?? kerasSpelling(field), value]);
  return { ...form.fixed, ...(special[nameOf(layer)]?.(config) ?? (Object.fromEntries(own) as JsonObject)) };
}

/** The object of an operation of `ops`. @throws LamellaError `unsupported` where Keras has no such operation */
export function writeOperation(layer: AnyLayer): JsonObject {
  const { module = "numpy", call = ["x"], operands = call } = formOf(layer);
  const options = optionsOf(layer);
  const tensor = operands.find((name) => !call.includes(name) && options[name] === null);
  if (tensor !== undefined) {
    throw new LamellaError("unsupported", {
      where: layer.name,
      problem: `Keras takes only a number for '${tensor}' of ${layer.type}.`,
      hint: "Compute it with others, such as ops.maximum and ops.minimum.",
    });
  }
  const own = Object.entries(options).filter(([name]) => !call.includes(name));
  const className = operationClass(nameOf(layer));
  return {
    module: `keras.src.ops.${module}`,
    class_name: className,
    config: { name: layer.name, ...Object.fromEntries(own) },
    registered_name: className,
  };
}

/** A call of an operation: tensors, and numbers in their places. */
export function writeOperationCall(layer: AnyLayer, tensors: readonly JsonObject[]): JsonObject {
  const { call = ["x"], list = false } = formOf(layer);
  if (list) return { args: [tensors], kwargs: {} };
  const options = optionsOf(layer);
  const rest = [...tensors];
  const args = call.flatMap((name): JsonValue[] => {
    const option = options[name];
    if (option !== undefined && option !== null) return [option];
    const tensor = rest.shift();
    return tensor === undefined ? [] : [tensor];
  });
  return { args: [...args, ...rest], kwargs: {} };
}
