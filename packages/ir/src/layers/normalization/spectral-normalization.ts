import { defineLayer } from "../../define-layer.ts";
import { sizeDim } from "../../dim.ts";
import { fields } from "../../fields.ts";
import { GraphBuilder, type Tracer } from "../../graph-builder.ts";
import type { AnyLayer } from "../../layer.ts";
import { type LowerContext, Lowering, type Value } from "../../lowering.ts";
import { Abs, Cast, Div, Equal, MatMul, ReduceMax, Reshape, Transpose, Where } from "../../operators.ts";
import { unitLength } from "./unit-length.ts";

/** Lets the layer make its weights, which the call needs before it is made. */
function build(context: LowerContext<unknown>, layer: AnyLayer, { tensor, mask }: Value): void {
  if (layer.weights.length > 0) return;
  const builder = new GraphBuilder("build");
  const value: Value = {
    tensor: builder.input("input", tensor.shape, tensor.dtype),
    mask: mask && builder.input("mask", mask.shape, mask.dtype),
  };
  const lowering = new Lowering(builder, { training: false });
  context.within(layer, () => lowering.apply(layer, [value], {}, context.sources));
}

function kernelName(context: LowerContext<unknown>, layer: AnyLayer): string {
  const names = new Set(layer.weights.map((variable) => variable.nameIn(layer)));
  const found = ["kernel", "embeddings"].find((name) => names.has(name));
  if (found !== undefined) return found;
  throw context.error("config", {
    problem: "The layer has no weight that could be normalized.",
    expected: "a layer with a kernel or embeddings, such as dense, conv2d or embedding",
    received: layer.label,
  });
}

/** The kernel over its largest singular value as power iterations find it, from where the last call left them. */
function normalize(kernel: Tracer, start: Tracer, iterations: number): { readonly kernel: Tracer; readonly u: Tracer } {
  const columns = kernel.shape.at(-1)!;
  const matrix = Reshape(kernel, [sizeDim(kernel.shape.slice(0, -1)), columns]);
  const transposed = Transpose(matrix, [1, 0]);
  let u = start;
  let v = start;
  for (let i = 0; i < iterations; i++) {
    v = unitLength(MatMul(u, transposed), [0, 1]);
    u = unitLength(MatMul(v, matrix), [0, 1]);
  }
  const norm = MatMul(MatMul(v, matrix), Transpose(u, [1, 0]));
  const zero = Equal(ReduceMax(Abs(kernel)), 0);
  return {
    kernel: Where(zero, kernel, Div(kernel, Reshape(norm, []))),
    u: Where(zero, start, u),
  };
}

/** Calls a layer whose kernel it divides by its largest singular value at every training step. (Keras: SpectralNormalization.) */
export const spectralNormalization = defineLayer({
  type: "SpectralNormalization",
  fields: { layer: fields.layer(), powerIterations: fields.integer({ default: 1, min: 1 }) },
  positional: ["layer"],
  lower(context, [x]) {
    const { layer, powerIterations } = context.config;
    build(context, layer, x!);
    const name = kernelName(context, layer);
    const kernel = context.hold(layer, name);
    const vector = context.weight("vector_u", [1, kernel.shape.at(-1)!], {
      initializer: { type: "TruncatedNormal", config: { stddev: 0.02 } },
      trainable: false,
    });
    if (context.training) {
      const normalized = normalize(kernel, vector, powerIterations);
      context.assign("vector_u", normalized.u);
      context.assign(name, normalized.kernel);
    }
    const [output] = context.call(layer, [x!]);
    return Cast(output!.tensor, x!.tensor.dtype);
  },
});
