import { type ConvAttributes, LamellaError, type StaticShape } from "@lamella/ir";

import type { Handle } from "../device.ts";
import type { Machine } from "../machine.ts";
import { joinedAlong, placed, summed, takenAlong } from "./blocks.ts";
import { conv2d, convInputGrad2d, convWeightGrad2d } from "./convolution-2d.ts";
import {
  channelsLast,
  type GroupedConvolution,
  type Join,
  outputShape,
  weightChannelsLast,
  windowsOf,
  withoutFirst,
  withUnitAxis,
} from "./geometry.ts";
import type { KernelTable } from "./table.ts";

const unitInput = ([batch, ...rest]: StaticShape): StaticShape => [batch!, 1, ...rest];

/** What a cell of the kernel sees along the first spatial axis: (batch * windows, the other axes, channels). */
function layers({ machine, input, windows }: GroupedConvolution): {
  readonly shape: StaticShape;
  readonly pad: (x: Handle) => Handle;
  readonly taps: readonly ((x: Handle) => Handle)[];
} {
  const [batch, size] = [input[0]!, input[1]!];
  const rest = input.slice(2);
  const [begin, end, count] = [windows.begin[0]!, windows.end[0]!, windows.counts[0]!];
  const padded = [batch, begin + size + end, ...rest];
  const shape = [batch * count, ...rest];
  const taps = Array.from({ length: windows.kernel[0]! }, (_, cell) => {
    const start = cell * windows.dilations[0]!;
    const take = takenAlong(machine, padded, 1, { start, size: count, step: windows.strides[0]! });
    return (x: Handle) => machine.reshape(take(x), shape);
  });
  return {
    shape,
    pad: placed(machine, input, { before: padded.map((_, axis) => (axis === 1 ? begin : 0)), sizes: padded }),
    taps,
  };
}

/** The weights of the cells along the first axis. */
function weightCells({ machine, weight }: GroupedConvolution): readonly ((w: Handle) => Handle)[] {
  return Array.from({ length: weight[0]! }, (_, cell) => {
    const take = takenAlong(machine, weight, 0, { start: cell, size: 1 });
    return (w: Handle) => machine.reshape(take(w), weight.slice(1));
  });
}

function inner(convolution: GroupedConvolution, input: StaticShape): GroupedConvolution {
  const { machine, weight, windows, group } = convolution;
  return { machine, input, weight: weight.slice(1), windows: withoutFirst(windows), group };
}

function widened({ machine, input, weight, windows, group }: GroupedConvolution): GroupedConvolution {
  return { machine, input: unitInput(input), weight: [1, ...weight], windows: withUnitAxis(windows), group };
}

function conv(convolution: GroupedConvolution): Join {
  if (convolution.windows.sizes.length === 2) return conv2d(convolution);
  const { machine } = convolution;
  const result = outputShape(convolution);
  if (result.length === 3) {
    const wide = widened(convolution);
    const join = conv(wide);
    return (x, w) => machine.reshape(join(machine.reshape(x, wide.input), machine.reshape(w, wide.weight)), result);
  }
  const { shape, pad, taps } = layers(convolution);
  const cells = weightCells(convolution);
  const join = conv(inner(convolution, shape));
  return (x, w) => {
    const padded = pad(x);
    const parts = taps.map((tap, i) => join(tap(padded), cells[i]!(w)));
    return machine.reshape(summed(machine, parts), result);
  };
}

function convInputGrad(convolution: GroupedConvolution): Join {
  if (convolution.windows.sizes.length === 2) return convInputGrad2d(convolution);
  const { machine, input, windows } = convolution;
  const output = outputShape(convolution);
  if (output.length === 3) {
    const wide = widened(convolution);
    const join = convInputGrad(wide);
    return (dy, w) =>
      machine.reshape(join(machine.reshape(dy, unitInput(output)), machine.reshape(w, wide.weight)), input);
  }
  const { shape } = layers(convolution);
  const cells = weightCells(convolution);
  const join = convInputGrad(inner(convolution, shape));
  const slices = [input[0]!, windows.counts[0]!, ...input.slice(2)];
  const places = cells.map((_, cell) =>
    placed(machine, slices, {
      before: input.map((_size, axis) => (axis === 1 ? cell * windows.dilations[0]! - windows.begin[0]! : 0)),
      steps: input.map((_size, axis) => (axis === 1 ? windows.strides[0]! : 1)),
      sizes: input,
    }),
  );
  return (dy, w) => {
    const flat = machine.reshape(dy, [output[0]! * output[1]!, ...output.slice(2)]);
    const parts = cells.map((cell, i) => places[i]!(machine.reshape(join(flat, cell(w)), slices)));
    return summed(machine, parts);
  };
}

function convWeightGrad(convolution: GroupedConvolution): Join {
  if (convolution.windows.sizes.length === 2) return convWeightGrad2d(convolution);
  const { machine, weight } = convolution;
  const output = outputShape(convolution);
  if (output.length === 3) {
    const wide = widened(convolution);
    const join = convWeightGrad(wide);
    return (x, dy) =>
      machine.reshape(join(machine.reshape(x, wide.input), machine.reshape(dy, unitInput(output))), weight);
  }
  const { shape, pad, taps } = layers(convolution);
  const join = convWeightGrad(inner(convolution, shape));
  return (x, dy) => {
    const padded = pad(x);
    const flat = machine.reshape(dy, [output[0]! * output[1]!, ...output.slice(2)]);
    const parts = taps.map((tap) => machine.reshape(join(tap(padded), flat), [1, ...weight.slice(1)]));
    return machine.reshape(joinedAlong(machine, parts, 0), weight);
  };
}

function checkGroups(outputs: number, group: number): void {
  if (Number.isInteger(outputs / group)) return;
  throw new LamellaError("shape", {
    problem: "The output channels cannot be divided into the groups.",
    expected: `a multiple of ${group}`,
    received: String(outputs),
  });
}

/** What a convolution is made of, with its channels last, from the shapes of its input, weight and output. */
function describe(
  machine: Machine,
  [x, w, y]: readonly [StaticShape, StaticShape, StaticShape],
  attributes: ConvAttributes,
): {
  readonly convolution: GroupedConvolution;
  readonly input: ReturnType<typeof channelsLast>;
  readonly weight: ReturnType<typeof channelsLast>;
  readonly output: ReturnType<typeof channelsLast>;
} {
  const { layout, group } = attributes;
  const input = channelsLast(machine, x, layout);
  const weight = weightChannelsLast(machine, w, layout);
  const output = channelsLast(machine, y, layout);
  checkGroups(weight.shape.at(-1)!, group);
  const windows = windowsOf(x, weight.shape.slice(0, -2), y, attributes);
  return { convolution: { machine, input: input.shape, weight: weight.shape, windows, group }, input, weight, output };
}

/** Convolutions and their gradients. Several spatial axes are a sum over the cells of the first. */
export const convolutions: Pick<KernelTable, "Conv" | "ConvInputGrad" | "ConvWeightGrad"> = {
  Conv: ({ machine, inputs, outputs, attributes }) => {
    const [x, w] = inputs.map(({ shape }) => shape);
    const { convolution, input, weight, output } = describe(machine, [x!, w!, outputs[0]!.shape], attributes);
    const join = conv(convolution);
    return ([a, b]) => output.back(join(input.to(a!), weight.to(b!)));
  },
  ConvInputGrad: ({ machine, inputs, outputs, attributes }) => {
    const [dy, w] = inputs.map(({ shape }) => shape);
    const { convolution, input, weight, output } = describe(machine, [outputs[0]!.shape, w!, dy!], attributes);
    const join = convInputGrad(convolution);
    return ([a, b]) => input.back(join(output.to(a!), weight.to(b!)));
  },
  ConvWeightGrad: ({ machine, inputs, outputs, attributes }) => {
    const [x, dy] = inputs.map(({ shape }) => shape);
    const { convolution, input, weight, output } = describe(machine, [x!, outputs[0]!.shape, dy!], attributes);
    const join = convWeightGrad(convolution);
    return ([a, b]) => weight.back(join(input.to(a!), output.to(b!)));
  },
};
