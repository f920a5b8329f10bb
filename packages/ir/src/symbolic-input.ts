import { type Dim, normalizeDim } from "./dim.ts";
import { assertDType, type DType } from "./dtype.ts";
import { LamellaError } from "./errors.ts";
import type { ValueType } from "./graph.ts";
import type { LayerOptions } from "./layer.ts";
import { inputLayer } from "./layers/input-layer.ts";
import { SymbolicTensor } from "./symbolic.ts";

export interface InputOptions<Name extends string = string> {
  /** Sizes without the batch: null for unknown ones, a name such as 'time' for unknown ones that several inputs share. */
  readonly shape?: NonNullable<LayerOptions["inputShape"]>;
  /** Sizes with the batch first, instead of `shape`. */
  readonly batchShape?: NonNullable<LayerOptions["inputShape"]>;
  /** A fixed batch size, which stateful layers need. */
  readonly batchSize?: number;
  /** Default: `input_layer`, `input_layer_1`, ... */
  readonly name?: Name;
  /** Default float32. */
  readonly dtype?: DType;
}

/** Where data enters a model: a symbolic tensor without a layer before it. (Keras: Input.) */
export function symbolicInput<const Name extends string = string>(options: InputOptions<Name>): SymbolicTensor<Name> {
  const { shape, batchShape, batchSize, name, dtype } = options;
  const sizes = batchShape ?? (shape === undefined ? undefined : [batchSize ?? null, ...shape]);
  if (sizes === undefined) {
    throw new LamellaError("config", {
      where: name ?? "input",
      problem: "An input needs a shape.",
      hint: "For instance input({ shape: [784] }).",
    });
  }
  const type = assertDType(dtype ?? "float32", name);
  const layer = inputLayer(sizes, { dtype: type, ...(name === undefined ? {} : { name }) });
  const stem = layer.name.replaceAll(/\W/g, "_");
  const dims = sizes.map((dim, axis): Dim => {
    if (dim === null) return axis === 0 ? "batch" : `${stem}_dim${axis}`;
    const size = normalizeDim(dim);
    if (typeof size === "string" || size >= 1) return size;
    throw new LamellaError("config", {
      where: layer.name,
      problem: "A size must be at least 1.",
      received: JSON.stringify(sizes),
    });
  });
  const tensor = new SymbolicTensor(layer.name, { shape: dims, dtype: type });
  layer.record([], 0, {}, [tensor]);
  return tensor;
}

/** An input for tensors of the same type. */
export function inputLike({ shape, dtype }: ValueType, name?: string): SymbolicTensor {
  const batchShape = shape.map((dim) => (dim === "batch" ? null : dim));
  return symbolicInput({ batchShape, dtype, ...(name === undefined ? {} : { name }) });
}
