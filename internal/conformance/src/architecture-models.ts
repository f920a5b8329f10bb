import * as zoo from "@lamella-examples/zoo";
import {
  type AnyModel,
  type JsonObject,
  type JsonValue,
  Model,
  randomKey,
  randomUniform,
  resetNames,
  sizeOf,
  type StaticShape,
  Tensor,
} from "@lamella/ir";

import type { ArchitectureCase } from "../cases/case.ts";
import { type GoldenTensor, readGoldenCases } from "./golden.ts";

/** What the weights of a layer are made of besides random numbers. */
interface Statistics {
  /** Of what a batch normalization gets. */
  readonly mean?: number;
  readonly variance?: number;
  /** Of the head: a factor of the kernel, and the bias. */
  readonly scale?: number;
  readonly bias?: readonly number[];
}

/** What Keras makes of an architecture; see `architectures.py`. */
export interface ArchitectureGolden {
  readonly model: string;
  /** Of the full size, and of that of the case. */
  readonly parameters: number;
  readonly smallParameters: number;
  /** Name, type, and the shape of every output of every call. */
  readonly layers: readonly (readonly [string, string, readonly (readonly (number | null)[])[]])[];
  /** Settings that outputs on given weights do not show, in Keras's spelling, and the places of the layers that have them. */
  readonly unseen: readonly (readonly [JsonObject, readonly number[]])[];
  readonly weights: readonly (readonly [string, StaticShape])[];
  readonly statistics: Readonly<Record<string, Statistics>>;
  readonly outputs: readonly GoldenTensor[];
  /** The largest difference to the outputs in float64. */
  readonly distance: number;
  readonly flippedOutputs: readonly GoldenTensor[];
  readonly flippedDistance: number;
  /** Of the first steps of training, in float32 and in float64. */
  readonly losses?: readonly number[];
  readonly losses64?: readonly number[];
}

/** @throws Error that says how to make it */
export function architectureGolden(name: string): ArchitectureGolden {
  const golden = (readGoldenCases("architectures") as readonly ArchitectureGolden[]).find(
    ({ model }) => model === name,
  );
  if (golden !== undefined) return golden;
  throw new Error(`There is no golden of '${name}': run internal/keras-golden/generate.sh architectures`);
}

/** Large weights repeat after so many numbers. A prime: no two rows of a kernel are equal. */
const period = 65537;

/** An architecture with Keras's automatic names. */
export function buildArchitecture(name: string, options: ArchitectureCase["options"]): AnyModel {
  resetNames();
  const make = (zoo as unknown as Readonly<Record<string, (options: object) => AnyModel>>)[name];
  if (make === undefined) throw new Error(`examples/zoo exports no '${name}'.`);
  return make(options);
}

/** How a weight follows from random numbers, in float64. */
function recipe(path: string, shape: StaticShape, { mean = 0, variance = 1, scale = 1, bias }: Statistics) {
  const leaf = path.slice(path.lastIndexOf("/") + 1);
  if (leaf === "gamma") return (value: number) => 1 + value / 4;
  if (leaf === "moving_mean") return () => mean;
  if (leaf.endsWith("variance")) return (value: number) => variance * (1 + value / 4);
  if (leaf === "bias" && bias !== undefined) return (_: number, index: number) => bias[index]!;
  if (leaf === "embeddings" || leaf === "beta" || shape.length < 2) return (value: number) => value / 4;
  const fanIn = sizeOf(leaf === "depthwise_kernel" ? shape.slice(0, 2) : shape.slice(0, -1));
  const limit = Math.sqrt(6 / fanIn);
  return (value: number) => value * limit * scale;
}

/** Gives a model the weights that its golden was made with. */
export function fillWeights(model: AnyModel, { model: name, statistics }: ArchitectureGolden): void {
  for (const variable of model.weights) {
    const { path, shape, size, dtype } = variable;
    if (dtype !== "float32") continue;
    const make = recipe(path, shape, statistics[path.slice(0, path.lastIndexOf("/"))] ?? {});
    const cycle = randomUniform(randomKey(name, "weight", path), Math.min(size, period)).map(make);
    const values = new Float32Array(size);
    for (let at = 0; at < size; at += period) values.set(cycle.subarray(0, size - at), at);
    variable.write(new Tensor("float32", shape, values));
  }
}

const isUnseen = /^(?:.*Initializer|initValues|.*dropout|momentum|noiseShape|rate)$/i;

/** A setting with names in camel case, and without what it leaves open. */
function plainSetting(setting: JsonValue): JsonValue {
  if (typeof setting === "string") return setting.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (typeof setting !== "object" || setting === null || Array.isArray(setting)) return setting;
  const given = Object.entries(setting).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name, plainSetting(value)]));
}

/** A layer's name with those of its settings that outputs on given weights do not show. */
export type UnseenSettings = readonly (readonly [string, Readonly<Record<string, JsonValue>>])[];

export function unseenSettings({ layers }: AnyModel): UnseenSettings {
  return layers.map((layer) => {
    const config = layer instanceof Model ? {} : layer.getConfig();
    const unseen = Object.entries(config).filter(([name]) => isUnseen.test(name));
    return [layer.name, Object.fromEntries(unseen.map(([name, value]) => [name, plainSetting(value)]))];
  });
}

export function goldenSettings({ layers, unseen }: ArchitectureGolden): UnseenSettings {
  return layers.map(([name], place) => {
    const [settings = {}] = unseen.find(([, places]) => places.includes(place)) ?? [];
    const renamed = Object.entries(settings).map(([key, value]) => [plainSetting(key), plainSetting(value)]);
    return [name, Object.fromEntries(renamed) as Record<string, JsonValue>];
  });
}

/** Turns a weight upside down: reverses its first axis. */
export async function flipWeight(model: AnyModel, path: string): Promise<void> {
  const variable = model.weights.find((weight) => weight.path === path)!;
  const { data } = (await variable.read()) as Tensor<"float32">;
  const row = variable.size / variable.shape[0]!;
  const values = new Float32Array(variable.size);
  for (let i = 0; i < variable.size; i += row) values.set(data.subarray(i, i + row), variable.size - row - i);
  variable.write(new Tensor("float32", variable.shape, values));
}
