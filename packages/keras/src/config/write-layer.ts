import { type AnyLayer, type AnyModel, type Field, type JsonObject, type JsonValue } from "@lamella/ir";

import type { KerasObject } from "../contents.ts";
import { isObject } from "../json.ts";
import { classNameOf, isOwnLayer } from "./class-names.ts";
import { beforeWriting, isUnwritten, takesTrainable } from "./exceptions.ts";
import type { Notes } from "./notes.ts";
import { kerasSpelling } from "./spelling.ts";
import { writeShape } from "./write-input.ts";
import { writeModel } from "./write-model.ts";

/** The modules of what stands in options as `{ type, config }`. */
const dataModules = { initializer: "initializers", regularizer: "regularizers", constraint: "constraints" } as const;

/** What regularizers keep beside what Keras gives them. */
const surplus: Readonly<Record<string, string>> = { L1: "l2", L2: "l1" };

function writeData(value: JsonValue, module: string): JsonValue {
  if (!isObject(value) || typeof value["type"] !== "string") return value;
  const { type, config } = value;
  const own = Object.entries(isObject(config) ? config : {}).filter(([name]) => name !== surplus[type]);
  return {
    module: `keras.${module}`,
    class_name: type,
    config: Object.fromEntries(own.map(([name, item]) => [kerasSpelling(name), writeWord(item)])),
    registered_name: null,
  };
}

function writeWord(value: JsonValue): JsonValue {
  return typeof value === "string" ? kerasSpelling(value) : value;
}

/** Serializes layers as Keras 3 does. One that stands in several places is marked as shared. */
export class LayerWriter {
  readonly notes: Notes;
  private readonly written = new Map<AnyLayer, number>();
  private readonly shared: ReadonlySet<AnyLayer>;

  constructor(notes: Notes, shared: ReadonlySet<AnyLayer>) {
    this.notes = notes;
    this.shared = shared;
  }

  layer(layer: AnyLayer): KerasObject & JsonObject {
    const isModel = layer.modelType !== undefined;
    const config = isModel ? writeModel(this, layer as AnyModel) : this.config(layer);
    if (isOwnLayer(layer)) {
      const problem = `Keras needs a class that is registered as '${layer.type}' to load it.`;
      this.notes.convert(layer.name, problem);
    }
    const built = isModel ? undefined : buildConfig(layer);
    return {
      ...classNameOf(layer),
      config,
      ...(built === undefined ? {} : { build_config: built }),
      ...(this.shared.has(layer) ? { shared_object_id: this.numberOf(layer) } : {}),
    };
  }

  /** The options of every layer. */
  common({ type, name, trainable, dtypePolicy, activityRegularizer }: AnyLayer): JsonObject {
    const regularizer = activityRegularizer as unknown as JsonValue;
    return {
      name,
      ...(takesTrainable(type) ? { trainable } : {}),
      dtype: { module: "keras", class_name: "DTypePolicy", config: { name: dtypePolicy }, registered_name: null },
      ...(regularizer === null ? {} : { activity_regularizer: writeData(regularizer, "regularizers") }),
    };
  }

  private numberOf(layer: AnyLayer): number {
    const known = this.written.get(layer) ?? this.written.size + 1;
    this.written.set(layer, known);
    return known;
  }

  private config(layer: AnyLayer): JsonObject {
    const { definition, config, type, name: where } = layer;
    const own = Object.entries(definition.fields).flatMap(([field, declared]): [string, JsonValue][] => {
      const value = config[field];
      if (isUnwritten(field) && value === declared.default) return [];
      return [[kerasSpelling(field), this.value(field, declared, value, where)]];
    });
    return beforeWriting(type, { ...this.common(layer), ...Object.fromEntries(own) });
  }

  private value(field: string, declared: Field<unknown, unknown>, value: unknown, where: string): JsonValue {
    const json = declared.toJson(value, (layer) => this.layer(layer));
    const data = Object.entries(dataModules).find(([suffix]) => field.toLowerCase().endsWith(suffix));
    if (data !== undefined) return writeData(json, data[1]);
    if (typeof json !== "string") return json;
    const spelled = kerasSpelling(json);
    return spelled !== json && means(declared, spelled, value, where) ? spelled : json;
  }
}

/** Whether a field reads a spelling as a value: as it does words, and not text. */
function means(declared: Field<unknown, unknown>, spelled: string, value: unknown, where: string): boolean {
  return declared.parse(spelled, where) === value;
}

/** What Keras builds the weights of a layer with. */
function buildConfig(layer: AnyLayer): JsonObject | undefined {
  const [call] = layer.calls;
  if (call === undefined || call.positional !== 1 || layer.definition.inputs === "several") return undefined;
  return layer.weights.length === 0 ? undefined : { input_shape: writeShape(call.inputs[0]!.shape) };
}
