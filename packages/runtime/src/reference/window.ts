import {
  channelAxis,
  explicitPads,
  type Layout,
  sizeOf,
  spatialAxes,
  type StaticShape,
  type WindowAttributes,
  windowedDim,
} from "@lamella/ir";

import { pick } from "./strides.ts";

/** How a tensor with batch, channels and any number of spatial axes lies in memory. Spatial axes count as one. */
export interface Grid {
  readonly batch: number;
  readonly channels: number;
  readonly sizes: readonly number[];
  readonly positions: number;
  readonly batchStride: number;
  readonly channelStride: number;
  readonly positionStride: number;
}

export function gridOf(shape: StaticShape, layout: Layout): Grid {
  const batch = shape[0]!;
  const channels = shape[channelAxis(shape.length, layout)]!;
  const sizes = pick(shape, spatialAxes(shape.length, layout));
  const positions = sizeOf(sizes);
  const last = layout === "channelsLast";
  return {
    batch,
    channels,
    sizes,
    positions,
    batchStride: channels * positions,
    channelStride: last ? 1 : positions,
    positionStride: last ? channels : 1,
  };
}

/** Where a sliding window looks. */
export interface Windows {
  /** The number of places the window stands at. */
  readonly count: number;
  /** The number of cells of the window. */
  readonly taps: number;
  /** For place `p` and cell `k`, at `p * taps + k`: the position in the input, or -1 in the padding. */
  readonly positions: Int32Array;
}

export function windowsOf(
  sizes: readonly number[],
  kernel: readonly number[],
  dilations: readonly number[],
  attributes: WindowAttributes,
): Windows {
  const { strides } = attributes;
  const extents = kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1);
  const { begin } = explicitPads(attributes.pads, sizes, extents, strides);
  let count = 1;
  let taps = 1;
  let positions = Int32Array.of(0);
  for (const [axis, size] of sizes.entries()) {
    const places = Number(windowedDim(size, axis, extents[axis]!, attributes));
    const cells = kernel[axis]!;
    const next = new Int32Array(positions.length * places * cells);
    let at = 0;
    for (let p = 0; p < count; p++) {
      for (let place = 0; place < places; place++) {
        for (let k = 0; k < taps; k++) {
          const outer = positions[p * taps + k]!;
          for (let cell = 0; cell < cells; cell++) {
            const inner = place * strides[axis]! + cell * dilations[axis]! - begin[axis]!;
            next[at++] = outer < 0 || inner < 0 || inner >= size ? -1 : outer * size + inner;
          }
        }
      }
    }
    count *= places;
    taps *= cells;
    positions = next;
  }
  return { count, taps, positions };
}
