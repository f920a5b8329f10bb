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

function findGolden(id: string): LayerGolden | undefined {
  const file = id.split("/")[0]!;
  if (!existsSync(fileOf(file))) return undefined;
  return (readGoldenCases(file) as readonly LayerGolden[]).find((golden) => golden.id === id);
}

export function hasGolden(id: string): boolean {
  return findGolden(id) !== undefined;
}

/** The golden of a layer case. @throws Error that says how to make it */
export function goldenOf(id: string): LayerGolden {
  const found = findGolden(id);
  if (found !== undefined) return found;
  throw new Error(`There is no golden of '${id}': run internal/keras-golden/generate.sh ${id.split("/")[0]}`);
}

export function decodeTensor({ shape, dtype, data }: GoldenTensor): Tensor {
  const type = assertDType(dtype);
  const bytes = Uint8Array.from(Buffer.from(data, "base64"));
  return new Tensor(type, shape, viewOf(type, bytes.buffer, 0, sizeOf(shape)));
}
