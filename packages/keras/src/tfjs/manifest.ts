import { type DType, type JsonObject, type JsonValue, LamellaError, sizeOf } from "@lamella/ir";

import { isObject, listAt, objectAt, textAt } from "../json.ts";

/** How the numbers of a weight are stored: as they are, or as small integers or halves. */
type Quantization =
  | { readonly dtype: "uint8" | "uint16"; readonly scale: number; readonly min: number }
  | { readonly dtype: "float16" };

/** A weight of a manifest, and where its bytes are among those of its group. */
export interface ManifestWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly quantization?: Quantization;
  /** Index of the group of files. */
  readonly group: number;
  readonly offset: number;
  readonly byteLength: number;
  /** Whether it is a part of the state of the optimizer. */
  readonly isOptimizers: boolean;
}

/** A manifest: groups of files, the bytes of which follow each other, and the weights in them. */
export interface Manifest {
  readonly groups: readonly (readonly string[])[];
  readonly weights: readonly ManifestWeight[];
}

const sizes = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const;
const dtypes: Readonly<Record<string, DType>> = { float32: "float32", int32: "int32", bool: "bool" };

function refuse(where: string, problem: string, expected: string, received: JsonValue | undefined): never {
  throw new LamellaError("format", { where, problem, expected, received: JSON.stringify(received) ?? "nothing" });
}

/** At most as many elements as a buffer can hold. */
const mostElements = 2 ** 32;

function shapeAt(value: JsonValue | undefined, where: string): readonly number[] {
  const shape = listAt(value, where).map(Number);
  const fits = shape.every((size) => Number.isSafeInteger(size) && size >= 0) && sizeOf(shape) <= mostElements;
  return fits ? shape : refuse(where, "The shape cannot be.", "sizes of 0 and more", value);
}

function quantizationAt(value: JsonValue | undefined, dtype: DType, where: string): Quantization | undefined {
  if (value === undefined || value === null) return undefined;
  const { dtype: stored, scale, min } = objectAt(value, where);
  if (stored === "float16" && dtype === "float32") return { dtype: stored };
  const isLinear = (stored === "uint8" || stored === "uint16") && dtype !== "bool";
  if (isLinear && Number.isFinite(scale) && Number.isFinite(min)) {
    return { dtype: stored, scale: Number(scale), min: Number(min) };
  }
  return refuse(where, "The quantization is unknown.", "uint8 or uint16 with scale and min, or float16", value);
}

/**
 * Reads the `weightsManifest` of a model of TensorFlow.js.
 *
 * @throws LamellaError `format`; `unsupported` for weights that are no numbers
 */
export function readManifest(json: JsonValue): Manifest {
  const groups: (readonly string[])[] = [];
  const weights: ManifestWeight[] = [];
  const names = new Set<string>();
  for (const [group, entry] of listAt(json, "weightsManifest").entries()) {
    const { paths, weights: listed } = objectAt(entry, "weightsManifest");
    groups.push(listAt(paths, "weightsManifest.paths").map((path) => textAt(path, "weightsManifest.paths")));
    let offset = 0;
    for (const spec of listAt(listed, "weightsManifest.weights")) {
      const weight = readSpec(objectAt(spec, "weightsManifest.weights"), group, offset);
      if (names.has(weight.name)) refuse(weight.name, "Two weights have one name.", "a name each", weight.name);
      names.add(weight.name);
      weights.push(weight);
      offset += weight.byteLength;
    }
  }
  return { groups, weights };
}

function readSpec(spec: JsonObject, group: number, offset: number): ManifestWeight {
  const name = textAt(spec["name"], "weightsManifest.weights");
  const stored = textAt(spec["dtype"], name);
  const dtype = Object.hasOwn(dtypes, stored) ? dtypes[stored] : undefined;
  if (dtype === undefined) {
    throw new LamellaError("unsupported", {
      where: name,
      problem: `Weights of dtype ${stored} have no place in a model.`,
      expected: Object.keys(dtypes).join(", "),
    });
  }
  const shape = shapeAt(spec["shape"], name);
  const quantization = quantizationAt(spec["quantization"], dtype, name);
  const width = sizes[quantization?.dtype ?? (stored as "float32" | "int32" | "bool")];
  return {
    name,
    shape,
    dtype,
    ...(quantization === undefined ? {} : { quantization }),
    group,
    offset,
    byteLength: sizeOf(shape) * width,
    isOptimizers: spec["group"] === "optimizer",
  };
}

/** Whether JSON is a model of TensorFlow.js: it has a manifest, or a topology, or says so. */
export function isTfjsJson(json: JsonValue): json is JsonObject {
  return isObject(json) && ("modelTopology" in json || "weightsManifest" in json || json["format"] === "layers-model");
}
