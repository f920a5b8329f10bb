import type { LayerFactory } from "../../define-layer.ts";
import type { Fields } from "../../fields.ts";

/** The same factory, whose layers give a list when a call has `returnAttentionScores: true`. */
export function withScores<F extends Fields, Positional extends readonly (keyof F)[]>(
  factory: LayerFactory<F, Positional>,
): LayerFactory<F, Positional, "scores"> {
  return factory as unknown as LayerFactory<F, Positional, "scores">;
}
