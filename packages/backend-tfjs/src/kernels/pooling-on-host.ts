import { sizeOf, type StaticShape } from "@lamella/ir";
import { stridesOf } from "@lamella/runtime";

import type { Handle, HostArray } from "../device.ts";
import type { Machine } from "../machine.ts";
import type { Windows } from "./geometry.ts";

/** Which positions every window holds, padding left out: window i has those from firsts[i] to firsts[i + 1]. */
interface Positions {
  readonly firsts: Int32Array;
  readonly positions: Int32Array;
}

function positionsOf({ sizes, kernel, strides, dilations, begin, counts }: Windows): Positions {
  const places = stridesOf(counts);
  const taps = stridesOf(kernel);
  const weights = stridesOf(sizes);
  const [windowCount, tapCount] = [sizeOf(counts), sizeOf(kernel)];
  const firsts = new Int32Array(windowCount + 1);
  const found: number[] = [];
  for (let place = 0; place < windowCount; place++) {
    for (let tap = 0; tap < tapCount; tap++) {
      let position = 0;
      let isInside = true;
      for (const [axis, size] of sizes.entries()) {
        const window = Math.floor(place / places[axis]!) % counts[axis]!;
        const cell = Math.floor(tap / taps[axis]!) % kernel[axis]!;
        const at = window * strides[axis]! + cell * dilations[axis]! - begin[axis]!;
        isInside &&= at >= 0 && at < size;
        position += at * weights[axis]!;
      }
      if (isInside) found.push(position);
    }
    firsts[place + 1] = found.length;
  }
  return { firsts, positions: Int32Array.from(found) };
}

/** Visits every window of every image: where its output starts, and which of the positions it holds. */
type Visit = (output: number, image: number, first: number, end: number) => void;

function eachWindow(batch: number, size: number, channels: number, { firsts }: Positions, visit: Visit): void {
  const windows = firsts.length - 1;
  for (let image = 0; image < batch; image++) {
    for (let place = 0; place < windows; place++) {
      visit((image * windows + place) * channels, image * size * channels, firsts[place]!, firsts[place + 1]!);
    }
  }
}

/** A pooling over (batch, spatial..., channels), in JavaScript. */
export interface HostPooling {
  readonly machine: Machine;
  readonly input: StaticShape;
  readonly windows: Windows;
}

function prepare({ input, windows }: HostPooling): {
  readonly held: Positions;
  readonly channels: number;
  readonly each: (visit: Visit) => void;
} {
  const held = positionsOf(windows);
  const channels = input.at(-1)!;
  return { held, channels, each: (visit) => eachWindow(input[0]!, sizeOf(windows.sizes), channels, held, visit) };
}

function result({ machine }: HostPooling, shape: StaticShape, like: Handle): { handle: Handle; data: HostArray } {
  const handle = machine.allocate(shape, like.dtype);
  return { handle, data: machine.memory!.view(handle) };
}

const outputShape = ({ input, windows }: HostPooling): StaticShape => [input[0]!, ...windows.counts, input.at(-1)!];

export function hostMaxPool(pooling: HostPooling): (x: Handle) => Handle {
  const { held, channels, each } = prepare(pooling);
  return (x) => {
    const { handle, data } = result(pooling, outputShape(pooling), x);
    const values = pooling.machine.memory!.view(x);
    data.fill(x.dtype === "float32" ? -Infinity : -(2 ** 31));
    each((output, image, first, end) => {
      for (let i = first; i < end; i++) {
        const from = image + held.positions[i]! * channels;
        for (let c = 0; c < channels; c++) data[output + c] = Math.max(data[output + c]!, values[from + c]!);
      }
    });
    return handle;
  };
}

/** (input, output gradient) to input gradient: to the first maximum of every window; windows add up. */
export function hostMaxPoolGrad(pooling: HostPooling): (x: Handle, dy: Handle) => Handle {
  const { held, channels, each } = prepare(pooling);
  if (pooling.machine.code !== undefined && channels % 4 === 0) return vectorMaxPoolGrad(pooling);
  const best = new Int32Array(channels);
  return (x, dy) => {
    const { handle, data } = result(pooling, pooling.input, dy);
    const { memory } = pooling.machine;
    const [values, gradient] = [memory!.view(x), memory!.view(dy)];
    data.fill(0);
    each((output, image, first, end) => {
      if (first === end) return;
      const start = image + held.positions[first]! * channels;
      for (let c = 0; c < channels; c++) best[c] = start + c;
      for (let i = first + 1; i < end; i++) {
        const from = image + held.positions[i]! * channels;
        for (let c = 0; c < channels; c++) {
          const value = values[from + c]!;
          const most = values[best[c]!]!;
          // Not <=: NaN takes the place of a number.
          if (!(value <= most) && !Number.isNaN(most)) best[c] = from + c;
        }
      }
      for (let c = 0; c < channels; c++) data[best[c]!] = data[best[c]!]! + gradient[output + c]!;
    });
    return handle;
  };
}

/** The same by a function of our own, for four channels at a time. */
function vectorMaxPoolGrad(pooling: HostPooling): (x: Handle, dy: Handle) => Handle {
  const { machine, input } = pooling;
  const { held, channels, each } = prepare(pooling);
  const { address, functions } = machine.code!;
  const offsets = held.positions.map((position) => position * channels * 4);
  return (x, dy) => {
    const handle = machine.filled(input, "float32", 0);
    const list = address(machine.write(offsets, [offsets.length], "int32"));
    const [values, gradient, out] = [address(x), address(dy), address(handle)];
    each((output, image, first, end) => {
      if (first === end) return;
      const from = gradient + output * 4;
      const [start, stop] = [list + first * 4, list + end * 4];
      functions.maximum(start, stop, values + image * 4, from, from + channels * 4, out + image * 4);
    });
    return handle;
  };
}

export function hostAveragePool(pooling: HostPooling): (x: Handle) => Handle {
  const { held, channels, each } = prepare(pooling);
  const sums = new Float64Array(channels);
  return (x) => {
    const { handle, data } = result(pooling, outputShape(pooling), x);
    const values = pooling.machine.memory!.view(x);
    each((output, image, first, end) => {
      sums.fill(0);
      for (let i = first; i < end; i++) {
        const from = image + held.positions[i]! * channels;
        for (let c = 0; c < channels; c++) sums[c] = sums[c]! + values[from + c]!;
      }
      for (let c = 0; c < channels; c++) data[output + c] = sums[c]! / (end - first);
    });
    return handle;
  };
}

export function hostAveragePoolGrad(pooling: HostPooling): (dy: Handle) => Handle {
  const { held, channels, each } = prepare(pooling);
  return (dy) => {
    const { handle, data } = result(pooling, pooling.input, dy);
    const gradient = pooling.machine.memory!.view(dy);
    data.fill(0);
    each((output, image, first, end) => {
      for (let i = first; i < end; i++) {
        const to = image + held.positions[i]! * channels;
        for (let c = 0; c < channels; c++) data[to + c] = data[to + c]! + gradient[output + c]! / (end - first);
      }
    });
    return handle;
  };
}
