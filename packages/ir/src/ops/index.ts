import type { LayerType } from "../define-layer.ts";
import { elementwiseOperations, elementwiseOps } from "./elementwise.ts";
import { getItemOperations, getItemOps } from "./get-item.ts";
import { linearOperations, linearOps } from "./linear.ts";
import { nnOperations, nnOps } from "./nn.ts";
import { reductionOperations, reductionOps } from "./reductions.ts";
import { shapeOperations, shapeOps } from "./shapes.ts";
import { sortingOperations, sortingOps } from "./sorting.ts";

export type { ItemKey, ItemRange } from "./get-item.ts";
export type { Operand } from "./operation.ts";
export type { ReduceOptions } from "./reductions.ts";

/** Keras's operations on symbolic tensors (keras.ops). They become part of the model and are saved as data. */
export const ops = {
  ...elementwiseOps,
  ...reductionOps,
  ...shapeOps,
  ...getItemOps,
  ...linearOps,
  ...sortingOps,
  ...nnOps,
};

/** The types behind the operations, as a registry for loading holds them. */
export const operations: readonly LayerType[] = [
  ...elementwiseOperations,
  ...reductionOperations,
  ...shapeOperations,
  ...getItemOperations,
  ...linearOperations,
  ...sortingOperations,
  ...nnOperations,
];
