import { fields } from "../fields.ts";
import { TopK } from "../operators.ts";
import { normalizeAxis } from "../primitives/shape-rules.ts";
import type { SymbolicTensor } from "../symbolic.ts";
import { takeAlong } from "../take-along.ts";
import { OperationGroup } from "./operation.ts";

const group = new OperationGroup();
export const sortingOperations = group.types;

const axisField = { axis: fields.integer({ default: -1 }) };

const sort = group.operation("sort", axisField, ([x], { axis }) => {
  const at = normalizeAxis(axis, x!.rank);
  return takeAlong(x!, TopK(x!, at, x!.shape[at]!, false), at);
});

const argsort = group.operation("argsort", axisField, ([x], { axis }) => {
  const at = normalizeAxis(axis, x!.rank);
  return TopK(x!, at, x!.shape[at]!, false);
});

const topK = group.operation("topK", { k: fields.integer({ min: 1 }) }, ([x], { k }) => {
  const indices = TopK(x!, -1, k);
  return [takeAlong(x!, indices, x!.rank - 1), indices];
});

/** Order along an axis, the last by default. (keras.ops.numpy, keras.ops.math) */
export const sortingOps = {
  sort: (x: SymbolicTensor, { axis = -1 }: { readonly axis?: number } = {}) => sort([x], { axis }),
  argsort: (x: SymbolicTensor, { axis = -1 }: { readonly axis?: number } = {}) => argsort([x], { axis }),
  /** The k largest along the last axis, in descending order, and their indices. */
  topK: (x: SymbolicTensor, k: number): SymbolicTensor[] => topK([x], { k }),
};
