import { sizeOf, type StaticShape } from "@lamella/ir";
import { stridesOf } from "@lamella/runtime";

import type { Handle } from "../device.ts";
import type { Machine } from "../machine.ts";
import { type Change, placed, summed, taken, takenAlong } from "./blocks.ts";
import { type Windows, withoutFirst, withUnitAxis } from "./geometry.ts";

/** A pooling over (batch, spatial..., channels), by kernels for two spatial axes. */
export interface Pooling {
  readonly machine: Machine;
  readonly input: StaticShape;
  readonly windows: Windows;
}

const outputShape = ({ input, windows }: Pooling): StaticShape => [input[0]!, ...windows.counts, input.at(-1)!];

const attributesOf = ({ kernel, strides }: Windows) => ({
  filterSize: kernel,
  strides,
  pad: "valid",
  dimRoundingMode: "floor",
});

/** The input with its padding, as large as the windows reach. */
function paddedInput({ input, windows }: Pooling): { readonly shape: StaticShape; readonly before: readonly number[] } {
  const { sizes, begin, end } = windows;
  return {
    shape: [input[0]!, ...sizes.map((size, i) => begin[i]! + size + end[i]!), input.at(-1)!],
    before: [0, ...begin, 0],
  };
}

const isPadded = ({ begin, end }: Windows) => [...begin, ...end].some((pad) => pad > 0);

/** How many elements every window holds, along one axis. */
function heldAlong({ sizes, kernel, strides, begin, counts }: Windows, axis: number): number[] {
  return Array.from({ length: counts[axis]! }, (_, window) => {
    const start = window * strides[axis]! - begin[axis]!;
    return Math.min(sizes[axis]!, start + kernel[axis]!) - Math.max(0, start);
  });
}

/** For (windows..., 1): the size of the window over how many elements it holds. */
function corrections({ machine, windows }: Pooling): () => Handle {
  let factors = [1];
  for (const axis of windows.sizes.keys()) {
    const own = heldAlong(windows, axis).map((held) => windows.kernel[axis]! / held);
    factors = factors.flatMap((factor) => own.map((other) => factor * other));
  }
  return () => machine.write(Float32Array.from(factors), [...windows.counts, 1], "float32");
}

/** Layers along the first of three spatial axes, and the pooling of each. */
function layered({ machine, input, windows }: Pooling, fill: number) {
  const [batch, size, ...rest] = input as [number, number, ...number[]];
  const [begin, end, count] = [windows.begin[0]!, windows.end[0]!, windows.counts[0]!];
  const padded = [batch, begin + size + end, ...rest];
  const before = padded.map((_, axis) => (axis === 1 ? begin : 0));
  const pad = placed(machine, input, { before, sizes: padded, fill });
  const shape = [batch * count, ...rest];
  const taps = Array.from({ length: windows.kernel[0]! }, (_, cell) => {
    const take = takenAlong(machine, padded, 1, { start: cell, size: count, step: windows.strides[0]! });
    return (x: Handle) => machine.reshape(take(x), shape);
  });
  const slices = [batch, count, ...rest];
  const places = taps.map((_, cell) =>
    placed(machine, slices, {
      before: slices.map((_size, axis) => (axis === 1 ? cell - begin : 0)),
      steps: slices.map((_size, axis) => (axis === 1 ? windows.strides[0]! : 1)),
      sizes: input,
    }),
  );
  return { pad, taps, places, slices, planar: { machine, input: shape, windows: withoutFirst(windows) } };
}

function widened({ machine, input, windows }: Pooling): Pooling {
  return { machine, input: [input[0]!, 1, ...input.slice(1)], windows: withUnitAxis(windows) };
}

export function maxPool(pooling: Pooling): (x: Handle) => Handle {
  const { machine, windows } = pooling;
  const result = outputShape(pooling);
  if (result.length === 3) {
    const wide = widened(pooling);
    const work = maxPool(wide);
    return (x) => machine.reshape(work(machine.reshape(x, wide.input)), result);
  }
  if (result.length > 4) {
    const { pad, taps, planar } = layered(pooling, -Infinity);
    const work = maxPool(planar);
    return (x) => {
      const padded = pad(x);
      const parts = taps.map((tap) => work(tap(padded)));
      return machine.reshape(
        parts.reduce((a, b) => machine.run("Maximum", { a, b })),
        result,
      );
    };
  }
  const { shape, before } = paddedInput(pooling);
  const pad = placed(machine, pooling.input, { before, sizes: shape, fill: -Infinity });
  return (x) => machine.run("MaxPool", { x: pad(x) }, attributesOf(windows));
}

/** For every cell of the window, in row-major order: what it sees, and where that goes in the padded input. */
function cellsOf(pooling: Pooling, padded: StaticShape): readonly { readonly take: Change; readonly place: Change }[] {
  const { machine, windows } = pooling;
  const { kernel, strides } = windows;
  const sizes = outputShape(pooling);
  const steps = [1, ...strides, 1];
  return Array.from({ length: sizeOf(kernel) }, (_, cell) => {
    const starts = [0, ...stridesOf(kernel).map((stride, axis) => Math.floor(cell / stride) % kernel[axis]!), 0];
    return {
      take: taken(machine, padded, { starts, steps, sizes }),
      place: placed(machine, sizes, { before: starts, steps, sizes: padded }),
    };
  });
}

/**
 * (input, output, output gradient) to input gradient. TensorFlow has a kernel that goes to the first maximum; those of
 * TensorFlow.js go to the last: there, cell by cell, each gets the gradients of windows that no earlier cell has got.
 */
export function maxPoolGrad(pooling: Pooling): (x: Handle, y: Handle, dy: Handle) => Handle {
  const { machine, input, windows } = pooling;
  const { shape, before } = paddedInput(pooling);
  const pad = placed(machine, input, { before, sizes: shape, fill: -Infinity });
  const crop = placed(machine, shape, { before: before.map((size) => -size), sizes: input });
  if (machine.usesEngine && input.length === 4) {
    return (x, output, dy) => crop(machine.run("MaxPoolGrad", { dy, input: pad(x), output }, attributesOf(windows)));
  }
  const cells = cellsOf(pooling, shape);
  return (x, y, dy) => {
    const wide = pad(x);
    let left = dy;
    const parts = cells.map(({ take, place }) => {
      const isMaximum = machine.cast(machine.run("Equal", { a: take(wide), b: y }), "float32");
      const share = machine.run("Multiply", { a: left, b: isMaximum });
      left = machine.run("Sub", { a: left, b: share });
      return place(share);
    });
    return crop(summed(machine, parts));
  };
}

export function averagePool(pooling: Pooling): (x: Handle) => Handle {
  const { machine, windows } = pooling;
  const result = outputShape(pooling);
  if (result.length === 3) {
    const wide = widened(pooling);
    const work = averagePool(wide);
    return (x) => machine.reshape(work(machine.reshape(x, wide.input)), result);
  }
  if (result.length > 4) {
    const { pad, taps, planar, slices } = layered(pooling, 0);
    const work = averagePool(planar);
    const held = heldAlong(windows, 0).map((count) => 1 / count);
    return (x) => {
      const padded = pad(x);
      const sum = summed(
        machine,
        taps.map((tap) => work(tap(padded))),
      );
      const factor = machine.write(Float32Array.from(held), [1, held.length, 1], "float32");
      const layers = machine.reshape(sum, [slices[0]!, slices[1]!, sizeOf(result.slice(2))]);
      return machine.reshape(machine.run("Multiply", { a: layers, b: factor }), result);
    };
  }
  const { shape, before } = paddedInput(pooling);
  const pad = placed(machine, pooling.input, { before, sizes: shape });
  const correction = corrections(pooling);
  return (x) => {
    const average = machine.run("AvgPool", { x: pad(x) }, attributesOf(windows));
    return isPadded(windows) ? machine.run("Multiply", { a: average, b: correction() }) : average;
  };
}

export function averagePoolGrad(pooling: Pooling): (dy: Handle) => Handle {
  const { machine, input, windows } = pooling;
  const result = outputShape(pooling);
  if (result.length === 3) {
    const wide = widened(pooling);
    const work = averagePoolGrad(wide);
    return (dy) => machine.reshape(work(machine.reshape(dy, outputShape(wide))), input);
  }
  if (result.length > 4) {
    const { planar, places, slices } = layered(pooling, 0);
    const work = averagePoolGrad(planar);
    const held = heldAlong(windows, 0).map((count) => 1 / count);
    return (dy) => {
      const layers = machine.reshape(dy, [slices[0]!, slices[1]!, sizeOf(result.slice(2))]);
      const factor = machine.write(Float32Array.from(held), [1, held.length, 1], "float32");
      const shares = machine.reshape(machine.run("Multiply", { a: layers, b: factor }), outputShape(planar));
      const spread = machine.reshape(work(shares), slices);
      return summed(
        machine,
        places.map((place) => place(spread)),
      );
    };
  }
  const { shape, before } = paddedInput(pooling);
  const crop = placed(machine, shape, { before: before.map((size) => -size), sizes: input });
  const correction = corrections(pooling);
  return (dy) => {
    const shares = isPadded(windows) ? machine.run("Multiply", { a: dy, b: correction() }) : dy;
    // Only the shape of `input` counts.
    return crop(machine.run("AvgPoolGrad", { dy: shares, input: { ...shares, shape } }, attributesOf(windows)));
  };
}
