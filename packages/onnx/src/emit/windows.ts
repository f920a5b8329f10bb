import {
  type ConvAttributes,
  type Dim,
  explicitPads,
  type Pads,
  type PoolAttributes,
  type Shape,
  spatialAxes,
  weightAxes,
} from "@lamella/ir";

import type { NodeEmitter } from "./graph.ts";
import type { Attributes } from "./model.ts";

/** What decides where the windows of a convolution or pooling lie. */
export interface Windows {
  /** Spatial sizes of the input. */
  readonly sizes: readonly Dim[];
  /** Sizes of the window with its dilation. */
  readonly extents: readonly number[];
  readonly strides: readonly number[];
  readonly pads: Pads;
}

/** Begins, then ends, as numbers; undefined where they depend on a size that is not a number. */
export function knownPads({ sizes, extents, strides, pads }: Windows): readonly number[] | undefined {
  // With stride 1, SAME_UPPER pads by the window alone, whatever the size.
  const numbers = sizes.map((size, i) => (typeof size === "number" ? size : strides[i] === 1 ? extents[i]! : NaN));
  if (pads !== "SAME_UPPER") return pads;
  if (numbers.some(Number.isNaN)) return undefined;
  const { begin, end } = explicitPads(pads, numbers, extents, strides);
  return [...begin, ...end];
}

/** The ONNX attributes that place the windows of a forward operator. */
export function padAttributes<A>(
  node: NodeEmitter<A>,
  windows: Windows,
  dilated: boolean,
): { readonly pads: readonly number[] } | { readonly auto_pad: string } {
  const pads = knownPads(windows);
  if (pads !== undefined) return { pads };
  if (!dilated) return { auto_pad: "SAME_UPPER" };
  throw node.unsupported(
    "Padding 'same' with stride and dilation depends on a size that is not known.",
    "Give the input's spatial sizes as numbers, or pad explicitly.",
  );
}

/** The pads as numbers for an operator that cannot do without. */
export function requiredPads<A>(node: NodeEmitter<A>, windows: Windows): readonly number[] {
  const pads = knownPads(windows);
  if (pads !== undefined) return pads;
  throw node.unsupported(
    "The gradient of padding 'same' with a stride depends on a size that is not known.",
    "Give the input's spatial sizes as numbers.",
  );
}

/** Spatial sizes of a tensor whose channels are first. */
export function spatialSizes(shape: Shape): readonly Dim[] {
  return spatialAxes(shape.length, "channelsFirst").map((axis) => shape[axis]!);
}

/** The windows of a convolution whose channels are first. */
export function convWindows(
  input: Shape,
  weight: Shape,
  attributes: ConvAttributes,
): Windows & { kernel: readonly number[] } {
  const kernel = weightAxes(weight.length, "channelsFirst").spatial.map((axis) => Number(weight[axis]));
  const extents = kernel.map((size, i) => (size - 1) * attributes.dilations[i]! + 1);
  return { sizes: spatialSizes(input), extents, strides: attributes.strides, pads: attributes.pads, kernel };
}

/** The windows of a pooling whose channels are first. */
export function poolWindows(input: Shape, { kernelShape, strides, pads }: PoolAttributes): Windows {
  return { sizes: spatialSizes(input), extents: kernelShape, strides, pads };
}

export function poolAttributes<A extends PoolAttributes>(node: NodeEmitter<A>, input: Shape): Attributes {
  const { kernelShape, strides } = node.attributes;
  const pads = padAttributes(node, poolWindows(input, node.attributes), false);
  return { kernel_shape: kernelShape, strides, ...pads };
}

/** What a MaxPool and the MaxPoolGrad of the same windows have in common. */
export function poolKey(input: number, { kernelShape, strides, pads }: PoolAttributes): string {
  return JSON.stringify([input, kernelShape, strides, pads]);
}
