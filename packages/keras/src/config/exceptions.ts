import type { JsonObject, JsonValue } from "@lamella/ir";

import { isKerasObject } from "./keras-object.ts";

/** What a layer's options need beyond other spellings. Everything else is read off its field declarations. */
interface Exception {
  /** Options that Keras has and lamella does not: what they may be without changing anything. */
  readonly neutral?: Readonly<Record<string, readonly JsonValue[] | "any">>;
  /** What Keras would not understand, rewritten. */
  readonly write?: (config: JsonObject) => JsonObject;
  /** What lamella would not understand, rewritten. */
  readonly read?: (config: JsonObject) => JsonObject;
}

/** A configuration without the numbers that Keras gives objects which stand in several places. */
function textOf(config: JsonObject): string {
  return JSON.stringify(config, (name, value: unknown) => (name === "shared_object_id" ? undefined : value));
}

/** The mirror image of a recurrent layer, which Keras always writes, is what lamella makes itself. */
function withoutMirror(config: JsonObject): JsonObject {
  const { layer, backward_layer: backward = null, ...rest } = config;
  if (!isKerasObject(layer) || !isKerasObject(backward)) return config;
  const direction = ({ name }: JsonObject, prefix: string) =>
    typeof name === "string" ? name.replace(prefix, "") : undefined;
  const { name: _, go_backwards: forwards, ...forward } = layer.config;
  const { name: __, go_backwards: backwards, ...mirrored } = backward.config;
  const isMirror =
    layer.class_name === backward.class_name &&
    forwards !== true &&
    backwards === true &&
    direction(layer.config, "forward_") === direction(backward.config, "backward_") &&
    textOf(forward) === textOf(mirrored);
  return isMirror ? { ...rest, layer } : config;
}

function withoutDType(config: JsonObject): JsonObject {
  const { dtype: _, ...rest } = config;
  return rest;
}

/** Bins are int64 in Keras, and the layer has the dtype of its output; lamella's has what it computes in. */
const bins = {
  read: (config: JsonObject) =>
    givesBins(config) && dtypeName(config["dtype"] ?? null) === "int64" ? withoutDType(config) : config,
  write: (config: JsonObject) =>
    givesBins(config) && /^float|^mixed/.test(dtypeName(config["dtype"] ?? null))
      ? { ...config, dtype: "int64" }
      : config,
};

const givesBins = ({ output_mode: mode = "int" }: JsonObject) => mode === "int";

function dtypeName(value: JsonValue): string {
  const name = isKerasObject(value) ? value.config["name"] : value;
  return typeof name === "string" ? name : "";
}

const lastChannels = { data_format: ["channels_last"] } as const;

const exceptions: Readonly<Record<string, Exception>> = {
  BatchNormalization: { neutral: { renorm_momentum: "any", renorm_clipping: [null, {}] } },
  Bidirectional: { read: withoutMirror },
  /** Keras up to 3.5 gives it the dtype of its output. */
  Discretization: { read: withoutDType },
  Hashing: bins,
  IntegerLookup: { neutral: { vocabulary_size: "any" } },
  RandomBrightness: { neutral: lastChannels },
  /** Keras up to 3.5 writes a range, which turning an image does not need. */
  RandomRotation: { neutral: { value_range: "any" } },
};

/** Fields that Keras takes and does not write. */
const unwritten: ReadonlySet<string> = new Set(["flashAttention", "implementation", "useCudnn"]);

/** Whether Keras leaves a field out where it has its default. */
export function isUnwritten(field: string): boolean {
  return unwritten.has(field);
}

/** Layers that do not take `trainable`: they have no weights. */
const untrainable: ReadonlySet<string> = new Set([
  "Discretization",
  "SpatialDropout1D",
  "SpatialDropout2D",
  "SpatialDropout3D",
]);

/** Whether Keras's layers of a type take `trainable`. */
export function takesTrainable(type: string): boolean {
  return !untrainable.has(type);
}

/** Options that any layer may have, and what they may be without changing anything. */
const neutralAnywhere: Readonly<Record<string, readonly JsonValue[] | "any">> = {
  name: "any",
  quantization_config: [null],
};

function isNeutral(allowed: readonly JsonValue[] | "any" | undefined, value: JsonValue): boolean {
  if (value === null || value === false) return true;
  if (allowed === undefined || allowed === "any") return allowed === "any";
  return allowed.some((one) => JSON.stringify(one) === JSON.stringify(value));
}

/** Whether an option that lamella does not have can be left out without changing anything. */
export function isNeutralOption(type: string, option: string, value: JsonValue): boolean {
  return isNeutral(exceptions[type]?.neutral?.[option] ?? neutralAnywhere[option], value);
}

/** Keras's options of a layer as its field declarations expect them, but for the spelling. */
export function beforeReading(type: string, config: JsonObject): JsonObject {
  return exceptions[type]?.read?.(config) ?? config;
}

/** The options of a layer as Keras expects them: it says which format is the default. */
export function beforeWriting(type: string, config: JsonObject): JsonObject {
  const own = exceptions[type]?.write?.(config) ?? config;
  return own["data_format"] === null ? { ...own, data_format: "channels_last" } : own;
}
