import { type JsonObject, type JsonValue, LamellaError } from "@lamella/ir";

import type { KerasContents, KerasObject } from "../contents.ts";
import { memberNames } from "../weights/member-names.ts";
import { isKerasObject } from "./keras-object.ts";

/** What Keras names an array of weights of tokens, beside the layer's variables. */
const weightsName = "vars/idf_weights";

function tokensOf(bytes: Uint8Array, where: string): readonly number[] {
  const lines = new TextDecoder().decode(bytes).trimEnd().split("\n");
  const tokens = lines.map((line) => (/^\s*-?\d+\s*$/.test(line) ? Number(line) : Number.NaN));
  if (tokens.every(Number.isSafeInteger)) return tokens;
  throw new LamellaError("format", {
    where,
    problem: "The vocabulary cannot be read.",
    expected: "a whole number in each line",
    received: JSON.stringify(lines[tokens.findIndex((token) => !Number.isSafeInteger(token))]!.slice(0, 40)),
  });
}

/** The configuration of a lookup with the vocabulary that it learned. */
function learned(object: KerasObject, place: string, contents: KerasContents): JsonObject {
  const { config } = object;
  const path = `assets/${place}vocabulary.txt`;
  const bytes = (config["vocabulary"] ?? null) === null ? contents.asset?.(path) : undefined;
  if (bytes === undefined) return config;
  const vocabulary = tokensOf(bytes, path);
  const { weights } = contents;
  const hasWeights = weights?.arrays.paths.includes(`${place}${weightsName}`) === true;
  if (!hasWeights || config["output_mode"] !== "tf_idf") return { ...config, vocabulary };
  return { ...config, vocabulary, idf_weights: weights.arrays.read(`${place}${weightsName}`).toNumbers() };
}

function visit(object: KerasObject & JsonObject, place: string, contents: KerasContents): KerasObject & JsonObject {
  if (object.class_name === "IntegerLookup") return { ...object, config: learned(object, place, contents) };
  const { layers } = object.config;
  if (!Array.isArray(layers) || !layers.every(isKerasObject)) return object;
  const names = memberNames(layers.map(({ class_name: name }) => name));
  const filled = layers.map((layer, i): JsonValue => visit(layer, `${place}layers/${names[i]!}/`, contents));
  return { ...object, config: { ...object.config, layers: filled } };
}

/** The model with the vocabularies that lookups have learned, which Keras keeps in files beside the configuration. */
export function withVocabularies(contents: KerasContents): KerasObject {
  return visit(contents.model as KerasObject & JsonObject, "", contents);
}
