import type { DType } from "../../dtype.ts";
import { LamellaError } from "../../errors.ts";
import type { Field } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import { Cast, Equal, Mul, Range, ReduceMax, ReduceSum, Reshape } from "../../operators.ts";

/** How whole numbers are written: each as a vector, or those of a sample together. */
export const encodings = ["oneHot", "multiHot", "count"] as const;
export type Encoding = (typeof encodings)[number];

/** Whether the result is to be sparse: there are no sparse tensors here. */
export function sparse(): Field<boolean> {
  return {
    expects: "false",
    default: false,
    parse(input, where) {
      if (input === false) return false;
      const problem = "There are no sparse tensors.";
      throw new LamellaError("config", { where, problem, expected: "false", received: String(input) });
    },
    toJson: (value) => value,
  };
}

/** A vector of `depth` numbers for every category; categories outside 0 to depth - 1 leave no trace. */
function oneHot(indices: Tracer, depth: number, dtype: DType): Tracer {
  return Cast(Equal(Reshape(indices, [...indices.shape, 1]), Range(indices.builder, depth)), dtype);
}

/**
 * Categories (int32) as Keras encodes them: `oneHot` drops a last axis of size 1, the others join those along the second
 * axis. `weights` is what every category counts.
 */
export function encodeCategories(
  indices: Tracer,
  encoding: Encoding,
  depth: number,
  dtype: DType,
  weights?: Tracer,
): Tracer {
  if (encoding === "oneHot") {
    const isColumn = indices.rank > 1 && indices.shape.at(-1) === 1;
    return oneHot(isColumn ? Reshape(indices, indices.shape.slice(0, -1)) : indices, depth, dtype);
  }
  const single = indices.rank === 0 ? Reshape(indices, [1]) : indices;
  const vectors = oneHot(single, depth, dtype);
  const axes = [Math.min(1, single.rank - 1)];
  if (encoding === "multiHot") return ReduceMax(vectors, { axes });
  return ReduceSum(weights === undefined ? vectors : Mul(vectors, Reshape(weights, [...single.shape, 1])), { axes });
}
