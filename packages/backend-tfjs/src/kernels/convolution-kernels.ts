import type { StaticShape } from "@lamella/ir";

import { placed, taken } from "./blocks.ts";
import type { Convolution, Join, Windows } from "./geometry.ts";

const extentsOf = ({ kernel, dilations }: Windows) => kernel.map((size, i) => (size - 1) * dilations[i]! + 1);

/** TensorFlow's name for the padding, as far as it has one. */
function namedPadding(windows: Windows): "valid" | "same" | undefined {
  const { sizes, strides, begin, end, counts } = windows;
  if ([...begin, ...end].every((pad) => pad === 0)) return "valid";
  const extents = extentsOf(windows);
  const isSame = sizes.every((size, i) => {
    const total = Math.max(0, (counts[i]! - 1) * strides[i]! + extents[i]! - size);
    const before = Math.floor(total / 2);
    return counts[i] === Math.ceil(size / strides[i]!) && begin[i] === before && end[i] === total - before;
  });
  return isSame ? "same" : undefined;
}

/** What the gradients' kernels take: they know padding by name only. Else they get an input that is padded already. */
function gradientOptions({ input, windows }: Convolution): {
  readonly padded: StaticShape;
  readonly begin: readonly number[];
  readonly attributes: Readonly<Record<string, unknown>>;
} {
  const { strides, dilations, begin, end } = windows;
  const pad = namedPadding(windows);
  const attributes = { strides, dilations, pad: pad ?? "valid", dataFormat: "NHWC", dimRoundingMode: "floor" };
  if (pad !== undefined) return { padded: input, begin: [0, 0], attributes };
  const [batch, height, width, channels] = input;
  const padded = [batch!, begin[0]! + height! + end[0]!, begin[1]! + width! + end[1]!, channels!];
  return { padded, begin, attributes };
}

/** (output gradient, weight) to input gradient, by the kernel for it. For one group without dilation. */
export function inputGradByKernel(convolution: Convolution): Join {
  const { machine, input } = convolution;
  const { padded, begin, attributes } = gradientOptions(convolution);
  const cut = taken(machine, padded, { starts: [0, ...begin, 0], steps: [1, 1, 1, 1], sizes: input });
  const options = { ...attributes, inputShape: [...padded] };
  return (dy, filter) => cut(machine.run("Conv2DBackpropInput", { dy, filter }, options));
}

/** (input, output gradient) to weight gradient, by the kernel for it. For one group without dilation. */
export function weightGradByKernel(convolution: Convolution): Join {
  const { machine, input, weight } = convolution;
  const { padded, begin, attributes } = gradientOptions(convolution);
  const pad = placed(machine, input, { before: [0, ...begin, 0], sizes: padded });
  const options = { ...attributes, filterShape: [...weight] };
  return (x, dy) => machine.run("Conv2DBackpropFilter", { x: pad(x), dy }, options);
}

/**
 * A convolution whose groups have one input channel each, where the kernel takes neither dilations nor strides that
 * differ: the weight is spread, and of all windows some are taken.
 */
export function plainDepthwise({ machine, input, weight, windows }: Convolution, pad: unknown): Join {
  const { kernel, strides, sizes, dilations, begin, end, counts } = windows;
  const extents = extentsOf(windows);
  const groups = input[3]!;
  const shape = [...kernel, groups, weight[3]! / groups];
  const spread = placed(machine, shape, {
    before: [0, 0, 0, 0],
    steps: [...dilations, 1, 1],
    sizes: [...extents, ...shape.slice(2)],
  });
  const isEven = strides[0] === strides[1];
  const all = isEven ? counts : sizes.map((size, i) => begin[i]! + size + end[i]! - extents[i]! + 1);
  const some = taken(machine, [input[0]!, ...all, weight[3]!], {
    starts: [0, 0, 0, 0],
    steps: isEven ? [1, 1, 1, 1] : [1, ...strides, 1],
    sizes: [input[0]!, ...counts, weight[3]!],
  });
  const options = {
    strides: isEven ? strides : [1, 1],
    dilations: [1, 1],
    pad,
    dataFormat: "NHWC",
    dimRoundingMode: "floor",
  };
  return (x, w) => {
    const filter = spread(machine.reshape(w, shape));
    return some(machine.run("DepthwiseConv2dNative", { x, filter }, options));
  };
}
