import {
  type AnyLayer,
  type JsonObject,
  type JsonValue,
  LamellaError,
  layerFromConfig,
  type LayerDefinition,
  type SymbolicTensor,
} from "@lamella/ir";

import type { KerasObject } from "../contents.ts";
import { functionName, isKerasObject, plainNumbers } from "./keras-object.ts";
import { operationClass, type OperationForm, operationForms, ourOperations } from "./operation-forms.ts";
import { type KerasCall, tensorsIn } from "./read-call.ts";
import type { LayerReader } from "./read-layer.ts";
import { kerasSpelling } from "./spelling.ts";

/** Whether an object is an operation of `keras.ops`, and no layer. */
export function isOperationObject({ module }: KerasObject): boolean {
  return typeof module === "string" && /^keras(\.src)?\.ops(\.|$)/.test(module);
}

/** The type that an operation of Keras has here, if there is one. */
export function operationType({ class_name: name }: KerasObject): string | undefined {
  const own = ourOperations.get(name);
  return own === undefined ? undefined : `ops.${own}`;
}

/** Everything an operation was given, by Keras's names: its options, and what its call takes. */
type Given = ReadonlyMap<string, unknown>;

function givenTo(form: OperationForm, config: JsonObject, { positional, named }: KerasCall): Given {
  const names = form.call ?? ["x"];
  return new Map<string, unknown>([
    ...Object.entries(config).map(([name, value]) => [name, plainNumbers(functionName(value))] as const),
    ...positional.map((value, i) => [names[i] ?? `argument ${i}`, value] as const),
    ...Object.entries(named),
  ]);
}

type Options = Record<string, unknown>;

/** Pairs of numbers as one list. */
const flat = (value: unknown) => (Array.isArray(value) ? value.flat() : value);

/** An index of Python: one entry or a list of them; ranges and the ellipsis are objects. */
function readKey(key: unknown): unknown {
  if (Array.isArray(key)) return key.map((entry: JsonValue) => readEntry(entry));
  return [readEntry(key as JsonValue)];
}

function readEntry(entry: JsonValue): JsonValue {
  if (!isKerasObject(entry)) return entry;
  if (entry.class_name === "__ellipsis__") return "...";
  return Object.fromEntries(Object.entries(entry.config).filter(([, bound]) => bound !== null));
}

/** Options that take more than another name. */
const special: Readonly<Record<string, (given: Given, inputs: readonly SymbolicTensor[]) => Options>> = {
  fullLike: (given) => ({ fillValue: given.get("fill_value") }),
  pad: (given) => ({ padWidth: flat(given.get("pad_width")), value: given.get("constant_values") ?? 0 }),
  getItem: (given) => ({ key: readKey(given.get("key")) }),
  slice: (given) => ({ startIndices: given.get("start_indices"), shape: given.get("shape") }),
  split: (given) => {
    const cuts = given.get("indices_or_sections");
    return { sections: cuts, equal: typeof cuts === "number", axis: given.get("axis") ?? 0 };
  },
  unstack: (given, [x]) => {
    const axis = Number(given.get("axis") ?? 0);
    return { axis, num: given.get("num") ?? x!.shape.at(axis) };
  },
};

/** Classes that are a case of another operation. */
const constant: Readonly<Record<string, JsonObject>> = {
  OnesLike: { fillValue: 1 },
  Ravel: { newshape: [-1] },
  ZerosLike: { fillValue: 0 },
};

function optionsOf(
  definition: LayerDefinition,
  className: string,
  form: OperationForm,
  given: Given,
  inputs: readonly SymbolicTensor[],
): Options {
  if (constant[className] !== undefined) return constant[className];
  if ("numbers" in definition.fields) {
    const operands = (form.operands ?? form.call ?? ["x"]).map((name) => given.get(name));
    return { numbers: operands.map((value) => (typeof value === "number" ? value : null)) };
  }
  const own = special[definition.type.slice("ops.".length)]?.(given, inputs);
  if (own !== undefined) return own;
  return Object.fromEntries(
    Object.keys(definition.fields).flatMap((field): [string, unknown][] => {
      const value = given.get(form.options?.[field] ?? kerasSpelling(field));
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

/** How many tensors an operation takes at least: what its call takes, without numbers and options. */
function tensorsOf({ fields }: LayerDefinition, form: OperationForm, given: Given): number {
  if ("numbers" in fields) {
    const operands = form.operands ?? form.call ?? ["x"];
    return operands.filter((name) => typeof given.get(name) !== "number").length;
  }
  const options = new Set([...Object.keys(fields).map(kerasSpelling), ...Object.values(form.options ?? {})]);
  return Math.max(1, (form.call ?? ["x"]).filter((name) => !options.has(name)).length);
}

/** Calls an operation of `keras.ops` as lamella has it. @throws LamellaError `unsupported`, `config`, `shape` */
export function readOperation(
  reader: LayerReader,
  object: KerasObject,
  name: string,
  call: KerasCall,
): readonly SymbolicTensor[] {
  const type = operationType(object);
  const definition = type === undefined ? undefined : reader.typed(type);
  if (type === undefined || definition === undefined) {
    throw new LamellaError("unknown-layer", { where: name, problem: `There is no operation '${object.class_name}'.` });
  }
  const own = type.slice("ops.".length);
  const form = operationForms[own]!;
  const given = givenTo(form, object.config, call);
  for (const [option, value] of Object.entries(form.fixed ?? {})) {
    const received = (given.get(option) ?? null) as JsonValue;
    if (received === null || received === value) continue;
    reader.notes.lose("unsupported", {
      where: name,
      problem: `Option '${option}' of ${operationClass(own)} can only be ${JSON.stringify(value)}.`,
      received: JSON.stringify(received),
    });
  }
  const inputs = [...call.positional, ...Object.values(call.named)].flatMap(tensorsIn);
  const fewest = tensorsOf(definition, form, given);
  if (inputs.length < fewest) {
    throw new LamellaError("format", {
      where: name,
      problem: `A call of ${operationClass(own)} lacks what it computes with.`,
      expected: `${fewest} tensors at least`,
      received: String(inputs.length),
    });
  }
  const options = optionsOf(definition, object.class_name, form, given, inputs);
  const layer: AnyLayer = layerFromConfig(definition, options, { name });
  const result: unknown = layer.call(inputs);
  return (Array.isArray(result) ? result : [result]) as readonly SymbolicTensor[];
}
