import { existsSync, readFileSync } from "node:fs";

import { assertDType, sizeOf, type StaticShape, Tensor, viewOf } from "@lamella/ir";

/** A tensor as goldens hold it: little-endian bytes in base64. */
export interface GoldenTensor {
  readonly shape: StaticShape;
  readonly dtype: string;
  readonly data: string;
}

/** The new value of a weight, or its gradient. */
export interface GoldenValue {
  readonly path: string;
  readonly value: GoldenTensor;
}

export interface GoldenForward {
  readonly outputs: readonly GoldenTensor[];
  readonly updates: readonly GoldenValue[];
  readonly addedLosses?: readonly number[];
}

export interface GoldenGradients {
  readonly loss: number;
  readonly inputs: readonly (GoldenTensor | null)[];
  readonly weights: readonly GoldenValue[];
}

/** What Keras does with a case; see the README of keras-golden. */
export interface LayerGolden {
  readonly id: string;
  readonly weights: readonly {
    readonly path: string;
    readonly shape: StaticShape;
    readonly dtype: string;
    readonly trainable: boolean;
  }[];
  readonly outputShapes: readonly (readonly (number | null)[])[];
  readonly outputs: readonly GoldenTensor[];
  readonly updates?: readonly GoldenValue[];
  readonly secondOutputs?: readonly GoldenTensor[];
  readonly addedLosses?: readonly number[];
  /** Absent for random cases. */
  readonly training?: GoldenForward;
  readonly mask: GoldenTensor | null;
  readonly masks?: readonly (GoldenTensor | null)[];
  readonly gradients?: GoldenGradients;
  readonly trainingGradients?: GoldenGradients;
}

const files = new Map<string, unknown>();

function fileOf(name: string): URL {
  return new URL(`../goldens/${name}.json`, import.meta.url);
}

/** The content of `goldens/<name>.json`. */
export function readGolden(name: string): unknown {
  let known = files.get(name);
  if (known === undefined) {
    known = JSON.parse(readFileSync(fileOf(name), "utf8"));
    files.set(name, known);
  }
  return known;
}

/** The entries of a golden file that lists cases. */
export function readGoldenCases(name: string): readonly unknown[] {
  return (readGolden(name) as { readonly cases: readonly unknown[] }).cases;
}

const found = new Map<string, ReadonlyMap<string, LayerGolden>>();

/** The goldens of a file by their ids; none when there is no such file. */
function goldensIn(file: string): ReadonlyMap<string, LayerGolden> {
  const known = found.get(file);
  if (known !== undefined) return known;
  const goldens = existsSync(fileOf(file)) ? (readGoldenCases(file) as readonly LayerGolden[]) : [];
  const byId = new Map(goldens.map((golden) => [golden.id, golden]));
  found.set(file, byId);
  return byId;
}

function findGolden(id: string): LayerGolden | undefined {
  return goldensIn(id.split("/")[0]!).get(id);
}

export function hasGolden(id: string): boolean {
  return findGolden(id) !== undefined;
}

/** The golden of a layer case. @throws Error that says how to make it */
export function goldenOf(id: string): LayerGolden {
  const golden = findGolden(id);
  if (golden !== undefined) return golden;
  throw new Error(`There is no golden of '${id}': run internal/keras-golden/generate.sh ${id.split("/")[0]}`);
}

export function decodeTensor({ shape, dtype, data }: GoldenTensor): Tensor {
  const type = assertDType(dtype);
  const bytes = Uint8Array.from(Buffer.from(data, "base64"));
  return new Tensor(type, shape, viewOf(type, bytes.buffer, 0, sizeOf(shape)));
}
