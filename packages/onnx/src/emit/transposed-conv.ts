import { addDim, type Dim, type DType, isStatic, type Shape } from "@lamella/ir";

import type { NodeEmitter } from "./graph.ts";
import type { Wire } from "./model.ts";
import type { Windows } from "./windows.ts";

interface Transposed extends Omit<Windows, "pads"> {
  /** Spatial sizes of what the forward operator gave. */
  readonly outputs: readonly Dim[];
  /** Begins, then ends. */
  readonly pads: Shape;
  readonly dilations: readonly number[];
  readonly group: number;
}

/** How many elements of the padded input lie beyond the last window; undefined where that depends on an unknown size. */
function leftOver(
  { sizes, outputs, extents, strides }: Transposed,
  pads: readonly number[],
): readonly number[] | undefined {
  const rest = strides.map((stride, i) => {
    const [size, count] = [sizes[i]!, outputs[i]!];
    if (stride === 1) return 0;
    if (typeof size !== "number" || typeof count !== "number") return NaN;
    return size + pads[i]! + pads[i + strides.length]! - (count - 1) * stride - extents[i]!;
  });
  return rest.some(Number.isNaN) ? undefined : rest;
}

/**
 * Adds up, for every element of a gradient, the weight at its window: a ConvTranspose that gives the sizes of the forward
 * operator's input. Where these are not known it is cut out of an output padded by as much as a stride can leave over.
 */
export function transposedConv<A>(
  node: NodeEmitter<A>,
  gradient: Wire,
  weight: Wire,
  dtype: DType,
  windows: Transposed,
): Wire {
  const { sizes, strides, pads, dilations, group } = windows;
  const { model } = node;
  const [begins, ends] = [pads.slice(0, strides.length), pads.slice(strides.length)];
  const zeros = strides.map(() => 0);
  const rest = isStatic(pads) ? leftOver(windows, pads) : undefined;
  if (rest !== undefined) {
    const cut = ends.map((end, i) => Math.max(0, Number(end) - rest[i]!));
    const output_padding = ends.map((end, i) => Math.max(0, rest[i]! - Number(end)));
    const attributes = { strides, dilations, group, pads: [...begins.map(Number), ...cut], output_padding };
    return node.step("ConvTranspose", [gradient, weight], attributes);
  }
  const [cut, starts] = isStatic(begins) ? [begins, zeros] : [zeros, begins];
  const whole = { strides, dilations, group, pads: [...cut, ...zeros] };
  const full = node.step("ConvTranspose", [gradient, weight], whole);
  const room = model.ints([0, 0, ...zeros, 0, 0, ...strides.map((stride) => stride - 1)]);
  const padded = node.step("Pad", [full, room, node.scalar(dtype, 0)]);
  const last = sizes.map((size, i) => addDim(starts[i]!, size));
  const axes = model.ints(sizes.map((_, i) => i + 2));
  return node.step("Slice", [padded, model.shape(starts), model.shape(last), axes]);
}
