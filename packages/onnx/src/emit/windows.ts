import {
  addDim,
  type ConvAttributes,
  type Dim,
  explicitPads,
  floorDivDim,
  mulDim,
  type Pads,
  type PoolAttributes,
  type Shape,
  spatialAxes,
  subDim,
  weightAxes,
} from "@lamella/ir";

import type { NodeEmitter } from "./graph.ts";
import type { Attributes, Wire } from "./model.ts";

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

/** How much SAME_UPPER pads an axis: what keeps ceil(size / stride) windows, in terms of sizes that are not known. */
function samePad(size: Dim, extent: number, stride: number): Dim {
  const before = floorDivDim(subDim(size, 1), stride);
  const last = subDim(size, mulDim(before, stride));
  if (extent >= stride) return subDim(extent, last);
  // Less than a stride is missing where the last window holds fewer than `extent` elements: max(0, extent - last).
  return Array.from({ length: extent - 1 }, (_, i) => i + 1).reduce<Dim>((sum, held) => {
    const isMore = subDim(floorDivDim(addDim(size, stride - 1 - held), stride), before);
    return addDim(sum, subDim(1, isMore));
  }, 0);
}

/** Begins, then ends. */
export function padsOfWindows(windows: Windows): Shape {
  const known = knownPads(windows);
  if (known !== undefined) return known;
  const { sizes, extents, strides } = windows;
  const totals = sizes.map((size, i) => samePad(size, extents[i]!, strides[i]!));
  const begins = totals.map((total) => floorDivDim(total, 2));
  return [...begins, ...totals.map((total, i) => subDim(total, begins[i]!))];
}

/** The ONNX attributes that place the windows of a pooling. */
function padAttributes(windows: Windows): { readonly pads: readonly number[] } | { readonly auto_pad: string } {
  const pads = knownPads(windows);
  return pads === undefined ? { auto_pad: "SAME_UPPER" } : { pads };
}

/** Spatial axes with `fill` around them. */
export function padded<A>(node: NodeEmitter<A>, x: Wire, pads: Shape, fill: Wire): Wire {
  if (pads.every((pad) => pad === 0)) return x;
  const count = pads.length / 2;
  return node.step("Pad", [x, node.model.shape([0, 0, ...pads.slice(0, count), 0, 0, ...pads.slice(count)]), fill]);
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
  return { kernel_shape: kernelShape, strides, ...padAttributes(poolWindows(input, node.attributes)) };
}

/** What a MaxPool and the MaxPoolGrad of the same windows have in common. */
export function poolKey(input: number, { kernelShape, strides, pads }: PoolAttributes): string {
  return JSON.stringify([input, kernelShape, strides, pads]);
}
