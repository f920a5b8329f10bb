import { inferOutputs, type PoolAttributes, type PrimitiveAttributes, sizeOf, type StaticShape } from "@lamella/ir";

import type { StaticAttributes } from "../specialize.ts";
import { expectShape, type Kernel, type Numbers, numbersOf, store } from "./kernel.ts";
import { beats } from "./scalar.ts";
import { gridOf, windowsOf } from "./window.ts";

/** Visits every window: where its output is, and where its inputs are (at `base + offset`), padding left out. */
function eachWindow(
  x: StaticShape,
  y: StaticShape,
  attributes: PoolAttributes,
  visit: (output: number, base: number, offsets: Int32Array) => void,
): void {
  const { layout, kernelShape } = attributes;
  const [expected] = inferOutputs("MaxPool", [{ shape: x, dtype: "float32" }], attributes);
  expectShape("The output of the pooling", y, expected!.shape);
  const input = gridOf(x, layout);
  const output = gridOf(y, layout);
  const dilations = kernelShape.map(() => 1);
  const { count, taps, positions } = windowsOf(input.sizes, kernelShape, dilations, attributes);
  for (let place = 0; place < count; place++) {
    const inside = positions.subarray(place * taps, (place + 1) * taps).filter((position) => position >= 0);
    const offsets = inside.map((position) => position * input.positionStride);
    for (let n = 0; n < input.batch; n++) {
      for (let channel = 0; channel < input.channels; channel++) {
        visit(
          n * output.batchStride + channel * output.channelStride + place * output.positionStride,
          n * input.batchStride + channel * input.channelStride,
          offsets,
        );
      }
    }
  }
}

/** Which element of a window is the first maximum, in row-major order; undefined when the window is all padding. */
function firstMaximum(values: Numbers, base: number, offsets: Int32Array): number | undefined {
  if (offsets.length === 0) return undefined;
  let best = base + offsets[0]!;
  for (const offset of offsets) {
    if (beats(values[base + offset]!, values[best]!)) best = base + offset;
  }
  return best;
}

export const maxPool: Kernel<PoolAttributes> = ([x], attributes, [type]) => {
  const values = numbersOf(x!);
  const out = new Float64Array(sizeOf(type!.shape));
  eachWindow(x!.shape, type!.shape, attributes, (output, base, offsets) => {
    const best = firstMaximum(values, base, offsets);
    out[output] = best === undefined ? -Infinity : values[best]!;
  });
  return store(type!, out);
};

export const maxPoolGrad: Kernel<PoolAttributes> = ([x, , dy], attributes, [type]) => {
  const values = numbersOf(x!);
  const gradient = numbersOf(dy!);
  const out = new Float64Array(values.length);
  eachWindow(x!.shape, dy!.shape, attributes, (output, base, offsets) => {
    const best = firstMaximum(values, base, offsets);
    if (best !== undefined) out[best] = out[best]! + gradient[output]!;
  });
  return store(type!, out);
};

export const averagePool: Kernel<PoolAttributes> = ([x], attributes, [type]) => {
  const values = numbersOf(x!);
  const out = new Float64Array(sizeOf(type!.shape));
  eachWindow(x!.shape, type!.shape, attributes, (output, base, offsets) => {
    let sum = 0;
    for (const offset of offsets) sum += values[base + offset]!;
    out[output] = sum / offsets.length;
  });
  return store(type!, out);
};

export const averagePoolGrad: Kernel<StaticAttributes<PrimitiveAttributes["AveragePoolGrad"]>> = (
  [dy],
  attributes,
  [type],
) => {
  const gradient = numbersOf(dy!);
  const out = new Float64Array(sizeOf(type!.shape));
  eachWindow(type!.shape, dy!.shape, attributes, (output, base, offsets) => {
    const share = gradient[output]! / offsets.length;
    for (const offset of offsets) out[base + offset] = out[base + offset]! + share;
  });
  return store(type!, out);
};
