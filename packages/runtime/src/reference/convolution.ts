import {
  type ConvAttributes,
  inferOutputs,
  LamellaError,
  type PrimitiveAttributes,
  sizeOf,
  type StaticShape,
  weightAxes,
} from "@lamella/ir";

import type { StaticAttributes } from "../specialize.ts";
import { expectShape, type Kernel, numbersOf, store } from "./kernel.ts";
import { pick, stridesOf } from "./strides.ts";
import { gridOf, windowsOf } from "./window.ts";

/** Which elements meet in a convolution: output += input * weight. */
interface Meetings {
  /**
   * Visits every input element under every cell of the kernel, with the output and weight elements of the first output
   * channel of its group. The group's other output channels follow at the strides.
   */
  readonly each: (visit: (input: number, weight: number, output: number) => void) => void;
  readonly outputsPerGroup: number;
  readonly weightStride: number;
  readonly outputStride: number;
}

function meetings(x: StaticShape, weight: StaticShape, y: StaticShape, attributes: ConvAttributes): Meetings {
  const { layout, group, dilations } = attributes;
  const [expected] = inferOutputs(
    "Conv",
    [
      { shape: x, dtype: "float32" },
      { shape: weight, dtype: "float32" },
    ],
    attributes,
  );
  expectShape("The output of the convolution", y, expected!.shape);
  const input = gridOf(x, layout);
  const output = gridOf(y, layout);
  const axes = weightAxes(x.length, layout);
  const windows = windowsOf(input.sizes, pick(weight, axes.spatial), dilations, attributes);
  const strides = stridesOf(weight);
  const tapStride = strides[axes.spatial.at(-1)!]!;
  const inputsPerGroup = weight[axes.input]!;
  const outputsPerGroup = output.channels / group;
  if (!Number.isInteger(outputsPerGroup)) {
    throw new LamellaError("shape", {
      problem: "The output channels cannot be divided into the groups.",
      expected: `a multiple of ${group}`,
      received: String(output.channels),
    });
  }
  return {
    outputsPerGroup,
    weightStride: strides[axes.output]!,
    outputStride: output.channelStride,
    each: (visit) => {
      for (let n = 0; n < input.batch; n++) {
        for (let place = 0; place < windows.count; place++) {
          const outputBase = n * output.batchStride + place * output.positionStride;
          for (let tap = 0; tap < windows.taps; tap++) {
            const position = windows.positions[place * windows.taps + tap]!;
            if (position < 0) continue;
            const inputBase = n * input.batchStride + position * input.positionStride;
            for (let channel = 0; channel < input.channels; channel++) {
              const inGroup = channel % inputsPerGroup;
              const first = ((channel - inGroup) / inputsPerGroup) * outputsPerGroup;
              visit(
                inputBase + channel * input.channelStride,
                tap * tapStride + inGroup * strides[axes.input]! + first * strides[axes.output]!,
                outputBase + first * output.channelStride,
              );
            }
          }
        }
      }
    },
  };
}

export const conv: Kernel<ConvAttributes> = ([x, w], attributes, [type]) => {
  const { each, outputsPerGroup, weightStride, outputStride } = meetings(x!.shape, w!.shape, type!.shape, attributes);
  const input = numbersOf(x!);
  const weight = numbersOf(w!);
  const out = new Float64Array(sizeOf(type!.shape));
  each((inputAt, weightAt, outputAt) => {
    const value = input[inputAt]!;
    for (let i = 0; i < outputsPerGroup; i++) {
      const at = outputAt + i * outputStride;
      out[at] = out[at]! + value * weight[weightAt + i * weightStride]!;
    }
  });
  return store(type!, out);
};

export const convInputGrad: Kernel<StaticAttributes<PrimitiveAttributes["ConvInputGrad"]>> = (
  [dy, w],
  attributes,
  [type],
) => {
  const { each, outputsPerGroup, weightStride, outputStride } = meetings(type!.shape, w!.shape, dy!.shape, attributes);
  const gradient = numbersOf(dy!);
  const weight = numbersOf(w!);
  const out = new Float64Array(sizeOf(type!.shape));
  each((inputAt, weightAt, outputAt) => {
    let sum = 0;
    for (let i = 0; i < outputsPerGroup; i++) {
      sum += gradient[outputAt + i * outputStride]! * weight[weightAt + i * weightStride]!;
    }
    out[inputAt] = out[inputAt]! + sum;
  });
  return store(type!, out);
};

export const convWeightGrad: Kernel<PrimitiveAttributes["ConvWeightGrad"]> = ([x, dy], attributes, [type]) => {
  const { each, outputsPerGroup, weightStride, outputStride } = meetings(x!.shape, type!.shape, dy!.shape, attributes);
  const input = numbersOf(x!);
  const gradient = numbersOf(dy!);
  const out = new Float64Array(sizeOf(type!.shape));
  each((inputAt, weightAt, outputAt) => {
    const value = input[inputAt]!;
    for (let i = 0; i < outputsPerGroup; i++) {
      const at = weightAt + i * weightStride;
      out[at] = out[at]! + value * gradient[outputAt + i * outputStride]!;
    }
  });
  return store(type!, out);
};
