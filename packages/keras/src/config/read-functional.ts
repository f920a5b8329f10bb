import {
  type AnyLayer,
  type CallArgs,
  inputLayer,
  type JsonObject,
  type JsonValue,
  LamellaError,
  type ModelType,
  type SymbolicTensor,
} from "@lamella/ir";

import type { KerasObject } from "../contents.ts";
import { isObject } from "../json.ts";
import { isKerasObject } from "./keras-object.ts";
import { type KerasCall, splitArguments } from "./read-call.ts";
import { readInput } from "./read-input.ts";
import type { LayerReader } from "./read-layer.ts";
import { isOperationObject, readOperation } from "./read-operation.ts";

/** A tensor of a model: which output of which call of which layer. */
type History = readonly [layer: string, call: number, output: number];

/** Layers and calls of one model, while it is put together. */
interface Entry {
  readonly name: string;
  readonly object: KerasObject;
  readonly layer: AnyLayer | undefined;
  /** What the calls so far gave. */
  readonly results: (readonly SymbolicTensor[])[];
  /** The calls to come. */
  readonly open: JsonObject[];
}

function historyOf(value: JsonValue): History | undefined {
  if (!isKerasObject(value) || value.class_name !== "__keras_tensor__") return undefined;
  const { keras_history: history } = value.config;
  return isHistory(history) ? history : undefined;
}

function isHistory(value: unknown): value is History {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    typeof value[0] === "string" &&
    typeof value[1] === "number" &&
    typeof value[2] === "number"
  );
}

/** All tensors in a nested structure. Records go by their keys in order, as Keras flattens them. */
function histories(value: JsonValue | undefined): readonly History[] {
  if (isHistory(value)) return [value];
  if (Array.isArray(value)) return value.flatMap((item: JsonValue) => histories(item));
  if (!isObject(value)) return [];
  const own = historyOf(value);
  if (own !== undefined) return [own];
  return Object.keys(value)
    .toSorted()
    .flatMap((key) => histories(value[key]));
}

/** Puts a functional model together again: its layers, then their calls as soon as what they take is there. */
export class FunctionalReader {
  private readonly reader: LayerReader;
  private readonly object: KerasObject;
  private readonly type: ModelType;
  private readonly where: string;
  private readonly entries = new Map<string, Entry>();

  constructor(reader: LayerReader, object: KerasObject, type: ModelType) {
    this.reader = reader;
    this.object = object;
    this.type = type;
    const { name } = object.config;
    this.where = typeof name === "string" ? name : object.class_name;
  }

  /** @throws LamellaError `format`, `graph`, and what its layers throw */
  model(): AnyLayer {
    const { config } = this.object;
    const { layers } = config;
    if (!Array.isArray(layers) || !layers.every(isKerasObject)) throw this.malformed("a list of layers");
    for (const layer of layers) this.enter(layer);
    this.makeCalls();
    this.noteNames("inputs", config["input_layers"]);
    this.noteNames("outputs", config["output_layers"]);
    return this.type.restore({
      inputs: this.ends(config["input_layers"]),
      outputs: this.ends(config["output_layers"]),
      layers: [...this.entries.values()].flatMap(({ layer }) => (layer === undefined ? [] : [layer])),
      options: this.reader.options(this.object),
    });
  }

  private enter(object: KerasObject & JsonObject): void {
    const name = typeof object["name"] === "string" ? object["name"] : object.config["name"];
    if (typeof name !== "string") throw this.malformed("a name for every layer");
    if (this.entries.has(name)) {
      throw new LamellaError("name", { where: this.where, problem: `Two layers are named '${name}'.` });
    }
    const isInput = object.class_name === inputLayer.definition.type;
    const layer = isInput || isOperationObject(object) ? undefined : this.reader.layer(object);
    const { inbound_nodes: nodes = [] } = object;
    if (!Array.isArray(nodes) || !nodes.every(isObject)) throw this.malformed(`calls of layer '${name}'`);
    const results = isInput ? [[readInput(object.config, name, this.reader.notes)]] : [];
    this.entries.set(name, { name, object, layer, results, open: isInput ? [] : [...nodes] });
  }

  /** Calls of a layer stay in their order; a layer waits while its next call takes what is not there yet. */
  private makeCalls(): void {
    let waiting = [...this.entries.values()].filter(({ open }) => open.length > 0);
    while (waiting.length > 0) {
      const before = waiting.reduce((count, { open }) => count + open.length, 0);
      for (const entry of waiting) {
        while (entry.open.length > 0 && this.isReady(entry.open[0]!)) {
          entry.results.push(this.makeCall(entry, entry.open.shift()!));
        }
      }
      waiting = waiting.filter(({ open }) => open.length > 0);
      if (waiting.reduce((count, { open }) => count + open.length, 0) === before) throw this.stuck(waiting);
    }
  }

  private isReady({ args = [], kwargs = {} }: JsonObject): boolean {
    return [...histories(args), ...histories(kwargs)].every(
      ([name, call]) => this.entry(name).results[call] !== undefined,
    );
  }

  private makeCall(entry: Entry, { args = [], kwargs = {} }: JsonObject): readonly SymbolicTensor[] {
    const { name, object, layer } = entry;
    if (!Array.isArray(args) || !isObject(kwargs)) throw this.malformed(`args and kwargs for layer '${name}'`);
    const call: KerasCall = {
      positional: args.map((value: JsonValue) => this.live(value)),
      named: Object.fromEntries(Object.entries(kwargs).map(([key, value]) => [key, this.live(value)])),
    };
    if (layer === undefined) return readOperation(this.reader, object, name, call);
    const { inputs, args: callArgs } = splitArguments(layer, call, this.reader.notes);
    const result: unknown = layer.call(inputs.length === 1 ? inputs[0]! : inputs, callArgs as CallArgs);
    return (Array.isArray(result) ? result : [result]) as readonly SymbolicTensor[];
  }

  /** Data with tensors in the place of what refers to them. */
  private live(value: JsonValue): unknown {
    const history = historyOf(value);
    if (history !== undefined) return this.tensor(history);
    if (Array.isArray(value)) return value.map((item: JsonValue) => this.live(item));
    if (!isObject(value) || isKerasObject(value)) return value;
    const keys = Object.keys(value).toSorted();
    return Object.fromEntries(keys.map((key) => [key, this.live(value[key]!)]));
  }

  private entry(name: string): Entry {
    const found = this.entries.get(name);
    if (found !== undefined) return found;
    throw new LamellaError("graph", { where: this.where, problem: `There is no layer '${name}'.` });
  }

  private tensor([name, call, output]: History): SymbolicTensor {
    const found = this.entry(name).results[call]?.[output];
    if (found !== undefined) return found;
    throw new LamellaError("graph", {
      where: this.where,
      problem: `Layer '${name}' has no output ${output} of a call ${call}.`,
    });
  }

  /** The tensors that the model begins or ends with. There Keras counts the calls of a functional model from 1. */
  private ends(value: JsonValue | undefined): readonly SymbolicTensor[] {
    const found = histories(value);
    if (found.length === 0) throw this.malformed("input_layers and output_layers");
    return found.map(([name, call, output]) => {
      const { layer } = this.entry(name);
      const offset = layer?.modelType === this.type ? 1 : 0;
      return this.tensor([name, call - offset, output]);
    });
  }

  /** Keras may name inputs and outputs in records; here they have the names of their layers. */
  private noteNames(what: string, value: JsonValue | undefined): void {
    if (!isObject(value)) return;
    const names = Object.keys(value).toSorted();
    const renamed = names.filter((key) => histories(value[key])[0]?.[0] !== key);
    if (renamed.length === 0) return;
    const list = names.map((key) => `'${key}' is '${String(histories(value[key])[0]?.[0])}'`).join(", ");
    this.reader.notes.convert(this.where, `its ${what} have the names of their layers: ${list}.`);
  }

  private malformed(expected: string): LamellaError {
    return new LamellaError("format", { where: this.where, problem: "This is not a functional model.", expected });
  }

  private stuck(waiting: readonly Entry[]): LamellaError {
    return new LamellaError("graph", {
      where: this.where,
      problem: "The graph has a cycle, or takes what nothing gives.",
      received: `calls of ${waiting.map(({ name }) => `'${name}'`).join(", ")}`,
    });
  }
}
