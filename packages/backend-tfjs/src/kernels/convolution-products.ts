import { sizeOf } from "@lamella/ir";

import { columnProduct, hasOwnProduct, rowProduct } from "../wasm/products.ts";
import { placed } from "./blocks.ts";
import type { Convolution, Join, Windows } from "./geometry.ts";

/** Whether what a row of the kernel sees are neighbouring elements. */
const isDense = ({ kernel, dilations }: Windows) => dilations[1] === 1 || kernel[1] === 1;

/** The input with its padding, and how far apart its windows and their cells are, in elements. */
function describe({ machine, input, windows }: Convolution) {
  const { sizes, strides, dilations, begin, end } = windows;
  const [height, width] = sizes.map((size, i) => begin[i]! + size + end[i]!) as [number, number];
  const [batch, , , channels] = input as [number, number, number, number];
  const row = width * channels;
  return {
    pad: placed(machine, input, { before: [0, ...begin, 0], sizes: [batch, height, width, channels] }),
    image: height * row,
    window: [strides[0]! * row, strides[1]! * channels],
    cell: [dilations[0]! * row, dilations[1]! * channels],
  } as const;
}

/** Whether functions of our own compute a convolution. */
export function convolvesByProducts({ machine, input, weight, windows }: Convolution): boolean {
  return isDense(windows) && hasOwnProduct(machine, input[0]! * sizeOf(windows.counts), weight[3]!);
}

/** (input, weight) to output: the windows are the rows of a product. */
export function convByProducts(convolution: Convolution): Join {
  const { machine, input, weight, windows } = convolution;
  const { kernel, counts } = windows;
  const { pad, image, window, cell } = describe(convolution);
  const rows = Int32Array.from({ length: input[0]! * sizeOf(counts) }, (_, i) => {
    const [x, line] = [i % counts[1]!, Math.floor(i / counts[1]!)];
    return Math.floor(line / counts[0]!) * image + (line % counts[0]!) * window[0] + x * window[1];
  });
  const join = rowProduct(
    machine,
    { rows, run: kernel[1]! * input[3]!, nextRun: cell[0], runs: kernel[0]!, columns: weight[3]! },
    [input[0]!, ...counts, weight[3]!],
  );
  return (x, w) => join(pad(x), w);
}

/** Whether functions of our own compute the weight's gradient. */
export function sumsWindowsByProducts({ machine, input, weight, windows }: Convolution): boolean {
  return hasOwnProduct(machine, input[0]! * sizeOf(windows.counts), weight[3]!);
}

/** (input, output gradient) to weight gradient: for every row of the kernel, what it sees times the gradient. */
export function weightGradByProducts(convolution: Convolution): Join {
  const { machine, input, weight, windows } = convolution;
  const { kernel, counts } = windows;
  const { pad, image, window, cell } = describe(convolution);
  const joined = isDense(windows) ? kernel[1]! : 1;
  const taps = Array.from({ length: sizeOf(kernel) / joined }, (_, i) => {
    const tap = i * joined;
    return Math.floor(tap / kernel[1]!) * cell[0] + (tap % kernel[1]!) * cell[1];
  });
  const join = columnProduct(
    machine,
    {
      taps,
      width: joined * input[3]!,
      step: window[1],
      nextRun: window[0],
      run: counts[1]!,
      runs: counts[0]!,
      outer: input[0]!,
      nextOuter: image,
      columns: weight[3]!,
    },
    weight,
  );
  return (x, dy) => join(pad(x), dy);
}
