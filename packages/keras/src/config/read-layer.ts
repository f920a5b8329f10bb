import {
  type AnyLayer,
  type JsonObject,
  type JsonValue,
  LamellaError,
  type LayerDefinition,
  layerFromConfig,
  type LayerOptions,
  type Registry,
  resolveRegularizer,
} from "@lamella/ir";

import type { KerasObject } from "../contents.ts";
import { typeNames } from "./class-names.ts";
import { beforeReading, isNeutralOption } from "./exceptions.ts";
import { functionName, isKerasObject, plainNumbers } from "./keras-object.ts";
import type { Notes } from "./notes.ts";
import { readDType } from "./read-dtype.ts";
import { readModel } from "./read-model.ts";
import { ourSpelling, plainName } from "./spelling.ts";

/** Options of every layer, which are no fields. */
const common: ReadonlySet<string> = new Set(["name", "trainable", "dtype", "activity_regularizer"]);

/** Initializers, regularizers and constraints: data, and not layers. */
const isDataOption = (name: string) => /(initializer|regularizer|constraint)$/.test(name);

/** Options of initializers that say nothing when they are null. */
const isFanOption = (name: string) => name === "input_axes" || name === "output_axes";

/** Makes layers of Keras's serialized objects. One that is shared is made once. */
export class LayerReader {
  readonly notes: Notes;
  private readonly registry: Registry;
  private readonly shared = new Map<number, AnyLayer>();
  /** The fields of definitions by what all spellings of their names have in common. */
  private readonly names = new Map<LayerDefinition, ReadonlyMap<string, string>>();

  constructor(registry: Registry, notes: Notes) {
    this.registry = registry;
    this.notes = notes;
  }

  /** @throws LamellaError `unknown-layer`, `config`, `unsupported`, `format` */
  layer(object: KerasObject): AnyLayer {
    const id = (object as { readonly shared_object_id?: unknown }).shared_object_id;
    const known = typeof id === "number" ? this.shared.get(id) : undefined;
    if (known !== undefined) return known;
    const made = this.make(object);
    if (typeof id === "number") this.shared.set(id, made);
    return made;
  }

  /** How models of the type come to be, where it is a type of models: of a subclass, that of the graph it keeps. */
  modelType(object: KerasObject): Registry["models"][number] | undefined {
    const named = (name: string) => this.registry.models.find(({ type }) => type === name);
    return first(typeNames(object), named) ?? ("output_layers" in object.config ? named("Functional") : undefined);
  }

  definition(object: KerasObject): LayerDefinition | undefined {
    return first(typeNames(object), (name) => this.typed(name));
  }

  /** The definition of a type by its name here. */
  typed(type: string): LayerDefinition | undefined {
    return this.registry.layers.find(({ definition }) => definition.type === type)?.definition;
  }

  /** The options that are no fields. */
  options({ class_name: className, config: given }: KerasObject): LayerOptions {
    const config = beforeReading(className, given);
    const { name, trainable, dtype } = config;
    const where = typeof name === "string" ? name : className;
    const regularizer = config["activity_regularizer"] ?? null;
    return {
      ...(typeof name === "string" ? { name } : {}),
      ...(typeof trainable === "boolean" ? { trainable } : {}),
      dtype: readDType(dtype, where, this.notes),
      activityRegularizer: resolveRegularizer(this.data(regularizer), where),
    };
  }

  private make(object: KerasObject): AnyLayer {
    const model = this.modelType(object);
    if (model !== undefined) {
      if (!typeNames(object).includes(model.type)) this.loseClass(object);
      return readModel(this, object, model);
    }
    const definition = this.definition(object);
    const { class_name: type } = object;
    if (definition === undefined) {
      throw new LamellaError("unknown-layer", { problem: `There is no layer type '${type}'.` });
    }
    const options = this.options(object);
    return layerFromConfig(definition, this.fields(definition, object.config, options.name ?? type), options);
  }

  private loseClass(object: KerasObject): void {
    const { name } = object.config;
    this.notes.lose("unsupported", {
      where: typeof name === "string" ? name : object.class_name,
      problem: `The class '${typeNames(object)[0]!}' of the model is code; only the graph of layers is in the file.`,
      hint: "If the class computes nothing else, pass { strict: false }.",
    });
  }

  /** The configuration by our names of the fields. */
  private fields(definition: LayerDefinition, config: JsonObject, where: string): Readonly<Record<string, unknown>> {
    const known = this.fieldNames(definition);
    const own: [string, unknown][] = [];
    for (const [option, value] of Object.entries(beforeReading(definition.type, config))) {
      const field = known.get(plainName(option));
      if (field !== undefined) own.push([field, this.value(option, value, where)]);
      else if (!common.has(option) && !isNeutralOption(definition.type, option, value)) {
        this.notes.lose("unsupported", {
          where,
          problem: `Option '${option}' is unknown.`,
          expected: [...known.values()].join(", "),
          received: JSON.stringify(value),
        });
      }
    }
    return Object.fromEntries(own);
  }

  private fieldNames(definition: LayerDefinition): ReadonlyMap<string, string> {
    let known = this.names.get(definition);
    if (known === undefined) {
      known = new Map(Object.keys(definition.fields).map((name) => [plainName(name), name]));
      this.names.set(definition, known);
    }
    return known;
  }

  private value(option: string, value: JsonValue, where: string): unknown {
    if (isDataOption(option)) return this.data(value);
    if (Array.isArray(value)) return value.map((item: JsonValue) => this.value(option, item, where));
    const plain = plainNumbers(functionName(value));
    if (!isKerasObject(plain)) return plain;
    if (!option.endsWith("activation")) return this.layer(plain);
    throw new LamellaError("unsupported", {
      where,
      problem: "The activation within this layer is a layer with settings of its own.",
      expected: `the name of a function as its ${option}`,
      received: plain.class_name,
    });
  }

  /** An initializer and its like by our names. */
  private data(value: JsonValue): JsonValue {
    const plain = plainNumbers(functionName(value));
    if (!isKerasObject(plain)) return plain;
    const config = Object.entries(plain.config).filter(([name, item]) => item !== null || !isFanOption(name));
    return {
      type: plain.class_name,
      config: Object.fromEntries(config.map(([name, item]) => [ourSpelling(name), this.data(item)])),
    };
  }
}

function first<In, Out>(items: readonly In[], find: (item: In) => Out | undefined): Out | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
