import { sizeOf, type StaticShape } from "@lamella/ir";

import type { Handle } from "../device.ts";
import { type Change, joinedAlong, placed, summed, taken, takenAlong, takenInRow } from "./blocks.ts";
import { inputGradByKernel, plainDepthwise, weightGradByKernel } from "./convolution-kernels.ts";
import {
  convByProducts,
  convolvesByProducts,
  sumsWindowsByProducts,
  weightGradByProducts,
} from "./convolution-products.ts";
import { convByTiles, convolvesByTiles, weightGradByTiles } from "./convolution-tiles.ts";
import { type GroupedConvolution, type Join, outputShape, type Windows } from "./geometry.ts";
import { transposed } from "./transpose.ts";

function padding({ begin, end }: Windows): unknown {
  if ([...begin, ...end].every((pad) => pad === 0)) return "valid";
  return [
    [0, 0],
    [begin[0], end[0]],
    [begin[1], end[1]],
    [0, 0],
  ];
}

function kernelAttributes({ strides, dilations }: Windows, pad: unknown): Readonly<Record<string, unknown>> {
  return { strides, dilations, pad, dataFormat: "NHWC", dimRoundingMode: "floor" };
}

/** Whether every group has one input channel. */
const isDepthwise = ({ weight, group }: GroupedConvolution) => weight[2] === 1 && group > 1;

/** The convolution of one group, and what takes its part of a tensor whose channels are last. */
function grouped({ machine, input, weight, windows, group }: GroupedConvolution): {
  readonly one: GroupedConvolution;
  readonly part: (shape: StaticShape, index: number) => Change;
} {
  const [inputs, outputs] = [weight[2]!, weight[3]! / group];
  return {
    one: {
      machine,
      input: [...input.slice(0, 3), inputs],
      weight: [...weight.slice(0, 3), outputs],
      windows,
      group: 1,
    },
    part: (shape, index) => {
      const size = shape.at(-1)! / group;
      return takenAlong(machine, shape, shape.length - 1, { start: index * size, size });
    },
  };
}

const indices = (count: number) => Array.from({ length: count }, (_, i) => i);

export function conv2d(convolution: GroupedConvolution): Join {
  const { machine, input, weight, windows, group } = convolution;
  const attributes = kernelAttributes(windows, padding(windows));
  if (group === 1 && convolvesByProducts(convolution)) {
    const direct = convByProducts(convolution);
    return convolvesByTiles(convolution) ? convByTiles(convolution, direct) : direct;
  }
  if (group === 1) return (x, filter) => machine.run("Conv2D", { x, filter }, attributes);
  if (isDepthwise(convolution) && machine.plainDepthwise) return plainDepthwise(convolution, attributes["pad"]);
  if (isDepthwise(convolution)) {
    if (Math.max(...windows.strides) > 1 && Math.max(...windows.dilations) > 1) return everyWindow(convolution);
    const shape = [weight[0]!, weight[1]!, group, weight[3]! / group];
    return (x, w) => machine.run("DepthwiseConv2dNative", { x, filter: machine.reshape(w, shape) }, attributes);
  }
  const { one, part } = grouped(convolution);
  const join = conv2d(one);
  const parts = indices(group).map((i) => [part(input, i), part(weight, i)] as const);
  return (x, w) =>
    joinedAlong(
      machine,
      parts.map(([ofInput, ofWeight]) => join(ofInput(x), ofWeight(w))),
      3,
    );
}

/** Windows at every place, of which every stride-th is taken: kernels refuse strides together with dilations. */
function everyWindow(convolution: GroupedConvolution): Join {
  const { machine, windows } = convolution;
  const { sizes, kernel, strides, dilations, begin, end } = windows;
  const counts = sizes.map((size, i) => begin[i]! + size + end[i]! - (kernel[i]! - 1) * dilations[i]!);
  const dense = { ...convolution, windows: { ...windows, strides: [1, 1], counts } };
  const take = taken(machine, outputShape(dense), {
    starts: [0, 0, 0, 0],
    steps: [1, ...strides, 1],
    sizes: outputShape(convolution),
  });
  const join = conv2d(dense);
  return (x, w) => take(join(x, w));
}

/** (output gradient, weight) to input gradient: a convolution of the spread gradient with the turned weight. */
export function convInputGrad2d(convolution: GroupedConvolution): Join {
  const { machine, weight, windows, group } = convolution;
  const output = outputShape(convolution);
  if (group > 1 && !(isDepthwise(convolution) && weight[3] === group)) {
    if (isDepthwise(convolution)) return depthwiseInputGrad(convolution);
    const { one, part } = grouped(convolution);
    const join = convInputGrad2d(one);
    const parts = indices(group).map((i) => [part(output, i), part(weight, i)] as const);
    return (dy, w) =>
      joinedAlong(
        machine,
        parts.map(([ofGradient, ofWeight]) => join(ofGradient(dy), ofWeight(w))),
        3,
      );
  }
  const { sizes, kernel, strides, dilations, begin } = windows;
  const isPlain = dilations.every((dilation) => dilation === 1) && group === 1;
  if (machine.memory === undefined && isPlain && machine.has("Conv2DBackpropInput")) {
    return inputGradByKernel(convolution);
  }
  const extents = kernel.map((size, i) => (size - 1) * dilations[i]! + 1);
  const before = extents.map((extent, i) => extent - 1 - begin[i]!);
  const padded = sizes.map((size, i) => size + extents[i]! - 1);
  const spread = placed(machine, output, {
    before: [0, ...before, 0],
    steps: [1, ...strides, 1],
    sizes: [output[0]!, ...padded, output[3]!],
  });
  const turned = taken(machine, weight, {
    starts: [kernel[0]! - 1, kernel[1]! - 1, 0, 0],
    steps: [-1, -1, 1, 1],
    sizes: weight,
  });
  const swapped = group === 1 ? transposed(machine, weight, [0, 1, 3, 2]) : (x: Handle) => x;
  const back = conv2d({
    machine,
    input: [output[0]!, ...padded, output[3]!],
    weight: group === 1 ? [...kernel, weight[3]!, weight[2]!] : weight,
    windows: { ...windows, sizes: padded, strides: [1, 1], begin: [0, 0], end: [0, 0], counts: sizes },
    group,
  });
  return (dy, w) => back(spread(dy), swapped(turned(w)));
}

/** Several output channels for each input channel: the sum over these. */
function depthwiseInputGrad(convolution: GroupedConvolution): Join {
  const { machine, weight, group } = convolution;
  const output = outputShape(convolution);
  const multiplier = weight[3]! / group;
  const join = convInputGrad2d({ ...convolution, weight: [...weight.slice(0, 3), group] });
  const channels = indices(multiplier).map((start) => {
    const every = { start, size: group, step: multiplier };
    return [takenAlong(machine, output, 3, every), takenAlong(machine, weight, 3, every)] as const;
  });
  return (dy, w) =>
    summed(
      machine,
      channels.map(([ofGradient, ofWeight]) => join(ofGradient(dy), ofWeight(w))),
    );
}

/** (input, output gradient) to weight gradient. */
export function convWeightGrad2d(convolution: GroupedConvolution): Join {
  const { machine, input, weight, windows, group } = convolution;
  const { sizes, kernel, strides, dilations, begin, end, counts } = windows;
  const output = outputShape(convolution);
  if (group > 1 && !isDepthwise(convolution)) {
    const { one, part } = grouped(convolution);
    const join = convWeightGrad2d(one);
    const parts = indices(group).map((i) => [part(input, i), part(output, i)] as const);
    return (x, dy) =>
      joinedAlong(
        machine,
        parts.map(([ofInput, ofGradient]) => join(ofInput(x), ofGradient(dy))),
        3,
      );
  }
  const isPlain = dilations.every((dilation) => dilation === 1) && group === 1;
  if (machine.memory === undefined && isPlain && machine.has("Conv2DBackpropFilter")) {
    return weightGradByKernel(convolution);
  }
  if (group === 1 && sumsWindowsByProducts(convolution)) {
    const direct = weightGradByProducts(convolution);
    return convolvesByTiles(convolution) ? weightGradByTiles(convolution, direct) : direct;
  }
  const padded = [input[0]!, ...sizes.map((size, i) => begin[i]! + size + end[i]!), input[3]!];
  const pad = placed(machine, input, { before: [0, ...begin, 0], sizes: padded });
  if (group > 1) return depthwiseWeightGrad(convolution, padded, pad);
  const [channels, places] = [input[3]!, sizeOf(counts) * input[0]!];
  const turn = transposed(machine, padded, [3, 0, 1, 2]);
  const turnedShape = [channels, padded[0]!, padded[1]!, padded[2]!];
  const rows = indices(kernel[0]!).map((row) =>
    takenInRow(
      machine,
      turnedShape,
      indices(kernel[1]!).map((column) => ({
        starts: [0, 0, row * dilations[0]!, column * dilations[1]!],
        steps: [1, 1, ...strides],
        sizes: [channels, input[0]!, ...counts],
      })),
    ),
  );
  return (x, dy) => {
    const turned = turn(pad(x));
    const gradient = machine.reshape(dy, [1, places, weight[3]!]);
    const products = rows.map((seen) => {
      const matrix = machine.reshape(seen(turned), [1, kernel[1]! * channels, places]);
      return machine.matMul(matrix, gradient);
    });
    return machine.reshape(joinedAlong(machine, products, 1), weight);
  };
}

/** For every cell of the kernel, the sum of what it saw times the gradient. */
function depthwiseWeightGrad(
  { machine, weight, windows, group, input }: GroupedConvolution,
  padded: StaticShape,
  pad: Change,
): Join {
  const { kernel, strides, dilations, counts } = windows;
  const places = sizeOf(counts) * input[0]!;
  const multiplier = weight[3]! / group;
  const taps = indices(kernel[0]!).flatMap((row) =>
    indices(kernel[1]!).map((column) =>
      taken(machine, padded, {
        starts: [0, row * dilations[0]!, column * dilations[1]!, 0],
        steps: [1, ...strides, 1],
        sizes: [input[0]!, ...counts, group],
      }),
    ),
  );
  return (x, dy) => {
    const wide = pad(x);
    const gradient = machine.reshape(dy, [places, group, multiplier]);
    const sums = taps.map((tap) => {
      const seen = machine.reshape(tap(wide), [places, group, 1]);
      const product = machine.run("Multiply", { a: seen, b: gradient });
      return machine.reshape(machine.run("Sum", { x: product }, { axis: [0], keepDims: false }), [
        1,
        group * multiplier,
      ]);
    });
    return machine.reshape(joinedAlong(machine, sums, 0), weight);
  };
}
