import {
  byteSize,
  type DType,
  type JsonObject,
  type SavedLayer,
  type Shape,
  type StaticShape,
  type Tensor,
} from "@lamella/ir";

import { DType as Code } from "./gen/dtype.ts";
import { alignUp, formatError } from "./header.ts";

/** A tensor as the FlatBuffer has it: its offset counts from the start of the tensor data. */
export interface StoredTensor {
  readonly dtype: DType;
  readonly shape: StaticShape;
  readonly offset: number;
  readonly length: number;
}

/** A model of which the tensors may stand elsewhere. `SavedModel` is `ModelOf<Tensor>`. */
export interface ModelOf<T> {
  readonly layers: readonly SavedLayer[];
  readonly root: number;
  readonly weights: readonly { readonly layer: number; readonly name: string; readonly tensor: T }[];
  readonly training?: { readonly config: JsonObject; readonly state: ReadonlyMap<string, T> };
}

/** All tensors of a model, in the order of their bytes. */
export function tensorsOf<T>(model: ModelOf<T>): T[] {
  return [...model.weights.map((weight) => weight.tensor), ...(model.training?.state.values() ?? [])];
}

/** The same model with other tensors. */
export function mapTensors<T, U>(model: ModelOf<T>, change: (tensor: T) => U): ModelOf<U> {
  const weights = model.weights.map(({ layer, name, tensor }) => ({ layer, name, tensor: change(tensor) }));
  const { layers, root, training } = model;
  if (training === undefined) return { layers, root, weights };
  const state = new Map([...training.state].map(([name, tensor]) => [name, change(tensor)]));
  return { layers, root, weights, training: { config: training.config, state } };
}

/** Where each of the tensors goes when they are written one after the other, and how long that makes the tensor data. */
export function layOut(tensors: readonly { readonly dtype: DType; readonly size: number }[]): {
  readonly offsets: readonly number[];
  readonly length: number;
} {
  let length = 0;
  const offsets = tensors.map(({ dtype, size }) => {
    const offset = length;
    length = alignUp(offset + size * byteSize(dtype));
    return offset;
  });
  return { offsets, length };
}

/** The highest rank of a tensor. */
export const highestRank = 64;

export function checkRank(shape: Shape, where: string): void {
  if (shape.length <= highestRank) return;
  throw formatError(where, `A rank of ${shape.length} is too high.`, `at most ${highestRank}`);
}

/** Checks that the data of a tensor is what its dtype says. */
export function checkData({ dtype, data, shape }: Tensor, where: string): void {
  checkRank(shape, where);
  if (data.BYTES_PER_ELEMENT !== byteSize(dtype)) {
    throw formatError(where, `The data is not ${dtype}.`, undefined, data.constructor.name);
  }
  if (dtype === "bool" && (data as Uint8Array).some((element) => element > 1)) {
    throw formatError(where, "The data of a boolean tensor has bytes other than 0 and 1.");
  }
}

/** The schema's number for each dtype. */
export const dtypeCodes: { readonly [D in DType]: Code } = {
  float32: Code.Float32,
  float16: Code.Float16,
  float64: Code.Float64,
  int32: Code.Int32,
  int64: Code.Int64,
  uint32: Code.Uint32,
  uint8: Code.Uint8,
  bool: Code.Bool,
};
