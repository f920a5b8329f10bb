import type { Dim, PoolAttributes, Tensor, Tracer } from "@lamella/ir";

/** What is known of a name in a model. */
export type Known =
  | { readonly kind: "value"; readonly tracer: Tracer }
  | { readonly kind: "constant"; readonly tensor: Tensor }
  /** Whole numbers that follow from the sizes of the inputs: a list, or a scalar. */
  | {
      readonly kind: "dims";
      readonly dims: readonly Dim[];
      readonly scalar: boolean;
      readonly dtype: "int32" | "int64";
    }
  /** Where a MaxPool found its maxima: an output that no primitive has. */
  | { readonly kind: "indices"; readonly x: Tracer; readonly y: Tracer; readonly attributes: PoolAttributes };

export function value(tracer: Tracer): Known {
  return { kind: "value", tracer };
}

/** The numbers of a known list of sizes; undefined where it is something else. */
export function dimsOf(known: Known): readonly Dim[] | undefined {
  if (known.kind === "dims") return known.dims;
  if (known.kind !== "constant" || known.tensor.shape.length > 1) return undefined;
  const { dtype } = known.tensor;
  return dtype === "int64" || dtype === "int32" ? known.tensor.toNumbers() : undefined;
}
