import {
  channelAxis,
  explicitPads,
  type Layout,
  LamellaError,
  type Pads,
  spatialAxes,
  type StaticShape,
  windowedDim,
} from "@lamella/ir";

import type { Handle } from "../device.ts";
import type { Machine } from "../machine.ts";
import type { Change } from "./blocks.ts";
import { transposed } from "./transpose.ts";

/** A convolution of (batch, spatial..., in) with (spatial..., in / group, out). */
export interface Convolution {
  readonly machine: Machine;
  readonly input: StaticShape;
  readonly weight: StaticShape;
  readonly windows: Windows;
}

export interface GroupedConvolution extends Convolution {
  readonly group: number;
}

/** What makes a value of two. */
export type Join = (a: Handle, b: Handle) => Handle;

/** Where windows lie, along every spatial axis. */
export interface Windows {
  /** Spatial sizes of the input. */
  readonly sizes: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before and after. */
  readonly begin: readonly number[];
  readonly end: readonly number[];
  /** How many windows there are. */
  readonly counts: readonly number[];
}

/** What a convolution gives: (batch, windows..., out). */
export function outputShape({ input, weight, windows }: Convolution): StaticShape {
  return [input[0]!, ...windows.counts, weight.at(-1)!];
}

interface WindowOptions {
  readonly layout: Layout;
  readonly strides: readonly number[];
  readonly dilations?: readonly number[];
  readonly pads: Pads;
}

/** The windows over an input of a shape. @throws LamellaError `shape` when `output` is not what they give. */
export function windowsOf(
  input: StaticShape,
  kernel: readonly number[],
  output: StaticShape,
  attributes: WindowOptions,
): Windows {
  const { strides, pads, layout } = attributes;
  const dilations = attributes.dilations ?? kernel.map(() => 1);
  const spatial = (shape: StaticShape) => spatialAxes(shape.length, layout).map((axis) => shape[axis]!);
  const sizes = spatial(input);
  const extents = kernel.map((size, i) => (size - 1) * dilations[i]! + 1);
  const { begin, end } = explicitPads(pads, sizes, extents, strides);
  const counts = sizes.map((size, i) => Number(windowedDim(size, i, extents[i]!, { layout, strides, pads })));
  if (String(counts) !== String(spatial(output))) {
    throw new LamellaError("shape", {
      problem: "The output does not fit the windows.",
      expected: `spatial sizes (${counts.join(", ")})`,
      received: `(${spatial(output).join(", ")})`,
    });
  }
  return { sizes, kernel, strides, dilations, begin, end, counts };
}

/** The same windows along one axis more at the front, where they do nothing. */
export function withUnitAxis({ sizes, kernel, strides, dilations, begin, end, counts }: Windows): Windows {
  return {
    sizes: [1, ...sizes],
    kernel: [1, ...kernel],
    strides: [1, ...strides],
    dilations: [1, ...dilations],
    begin: [0, ...begin],
    end: [0, ...end],
    counts: [1, ...counts],
  };
}

/** The windows along all axes but the first. */
export function withoutFirst({ sizes, kernel, strides, dilations, begin, end, counts }: Windows): Windows {
  return {
    sizes: sizes.slice(1),
    kernel: kernel.slice(1),
    strides: strides.slice(1),
    dilations: dilations.slice(1),
    begin: begin.slice(1),
    end: end.slice(1),
    counts: counts.slice(1),
  };
}

/** A way to channels-last values of (batch, spatial..., channels), and the way back. */
export interface Layouted {
  readonly shape: StaticShape;
  readonly to: Change;
  readonly back: Change;
}

export function channelsLast(machine: Machine, shape: StaticShape, layout: Layout): Layouted {
  if (layout === "channelsLast") return { shape, to: (x) => x, back: (x) => x };
  const rank = shape.length;
  const perm = [0, ...spatialAxes(rank, layout), channelAxis(rank, layout)];
  const last = perm.map((axis) => shape[axis]!);
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  return { shape: last, to: transposed(machine, shape, perm), back: transposed(machine, last, inverse) };
}

/** The same for the weight of a convolution: (spatial..., in / group, out). */
export function weightChannelsLast(machine: Machine, shape: StaticShape, layout: Layout): Layouted {
  if (layout === "channelsLast") return { shape, to: (x) => x, back: (x) => x };
  const perm = [...shape.map((_, axis) => axis).slice(2), 1, 0];
  const last = perm.map((axis) => shape[axis]!);
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  return { shape: last, to: transposed(machine, shape, perm), back: transposed(machine, last, inverse) };
}
