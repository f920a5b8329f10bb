import { sizeOf } from "@lamella/ir";

import type { Handle } from "../device.ts";
import type { Machine } from "../machine.ts";
import { word } from "../wasm/assembler.ts";
import { multiplyColumns, multiplyRows, panelsOf } from "../wasm/products.ts";
import { placed, taken } from "./blocks.ts";
import type { Convolution, Join } from "./geometry.ts";

/** Factors of a tile: four by four. */
const factors = 16;

/** Channels, and tiles, from which on the saved products are more than the changes of tiles. */
const fewestChannels = 16;
const fewestTiles = 64;

/** Whether a convolution takes fewer products by Winograd's tiles: three by three taps, side by side. */
export function convolvesByTiles({ machine, input, weight, windows }: Convolution): boolean {
  const { kernel, strides, dilations, counts } = windows;
  const [channels, columns] = [weight[2]!, weight[3]!];
  return (
    machine.code !== undefined &&
    kernel.every((size) => size === 3) &&
    [...strides, ...dilations].every((step) => step === 1) &&
    [channels, columns].every((size) => size % 4 === 0 && size >= fewestChannels) &&
    (input[0]! * sizeOf(counts)) / 4 >= fewestTiles
  );
}

/**
 * How many tiles are worked on at once: as many as stay in the second cache with what is made of them, and enough that
 * reading the taps for each time does not count.
 */
const tilesAtOnce = (numbers: number) => Math.max(72, 6 * Math.floor(8192 / numbers / 6));

/** Tiles of four by four elements of the input, two apart, and of two by two of the output. */
function tilesOf({ machine, input, weight, windows }: Convolution) {
  const { begin, counts } = windows;
  const [batch, , , channels] = input as [number, number, number, number];
  const columns = weight[3]!;
  const [tall, wide] = counts.map((count) => Math.ceil(count / 2)) as [number, number];
  const seen = [batch, 2 * tall + 2, 2 * wide + 2, channels];
  const made = [batch, 2 * tall, 2 * wide, columns];
  const starts = ([, height, width, depth]: readonly number[]) =>
    Int32Array.from({ length: batch * tall * wide }, (_, i) => {
      const [x, line] = [i % wide, Math.floor(i / wide)];
      const row = Math.floor(line / tall) * height! + (line % tall) * 2;
      return (row * width! + x * 2) * depth! * word;
    });
  return {
    pad: placed(machine, input, { before: [0, ...begin, 0], sizes: seen }),
    widen: placed(machine, [batch, ...counts, columns], { before: [0, 0, 0, 0], sizes: made }),
    cut: taken(machine, made, { starts: [0, 0, 0, 0], steps: [1, 1, 1, 1], sizes: [batch, ...counts, columns] }),
    made,
    count: batch * tall * wide,
    inputs: { starts: starts(seen), row: seen[2]! * channels * word, step: channels * word },
    outputs: { starts: starts(made), row: made[2]! * columns * word, step: columns * word },
  };
}

/** Whether all numbers that were watched are finite. */
function isFinite({ memory }: Machine, watched: Handle): boolean {
  return memory!.view(watched).every((value) => value === 0);
}

/** (input, weight) to output. `direct` says it where numbers are not finite: only some windows of a tile see them. */
export function convByTiles(convolution: Convolution, direct: Join): Join {
  const { machine, weight } = convolution;
  const { address, functions } = machine.code!;
  const [channels, columns] = [weight[2]!, weight[3]!];
  const { pad, cut, made, count, inputs, outputs } = tilesOf(convolution);
  const panels = panelsOf(columns);
  const together = tilesAtOnce(channels + columns);
  const [run, step] = [channels * word, columns * word];
  const offsets = Int32Array.from({ length: together }, (_, i) => i * run);
  return (x, w) => {
    const padded = pad(x);
    const result = machine.allocate(made, "float32");
    const watched = machine.filled([4], "float32", 0);
    const list = address(machine.write(offsets, [together], "int32"));
    const packed = address(machine.allocate([factors, channels, columns], "float32"));
    const seen = address(machine.allocate([factors, together, channels], "float32"));
    const products = address(machine.allocate([factors, together, columns], "float32"));
    const watch = address(watched);
    const matrix = channels * step;
    const taps = address(w);
    for (const { first, vectors } of panels) {
      const size = vectors * 16;
      for (let channel = 0; channel < channels; channel++) {
        const from = taps + channel * step + first * word;
        const to = packed + first * run + channel * size;
        functions.tile.taps(from, 3 * matrix, matrix, to, 4 * matrix, matrix, from + size, watch);
      }
    }
    const [source, target] = [address(padded), address(result)];
    const [nextSeen, nextProduct] = [together * run, together * step];
    for (let first = 0; first < count; first += together) {
      const held = Math.min(together, count - first);
      for (let i = 0; i < held; i++) {
        const from = source + inputs.starts[first + i]!;
        functions.tile.input(from, inputs.row, run, seen + i * run, 4 * nextSeen, nextSeen, from + run, watch);
      }
      for (let factor = 0; factor < factors; factor++) {
        multiplyRows(functions, panels, {
          list,
          count: held,
          left: seen + factor * nextSeen,
          run,
          nextRun: 0,
          runs: 1,
          packed: packed + factor * matrix,
          columns,
          target: products + factor * nextProduct,
          isAdded: false,
        });
      }
      for (let i = 0; i < held; i++) {
        const from = products + i * step;
        const to = target + outputs.starts[first + i]!;
        functions.tile.output(from, 4 * nextProduct, nextProduct, to, outputs.row, step, from + step, watch);
      }
    }
    return isFinite(machine, watched) ? cut(result) : direct(x, w);
  };
}

/** (input, output gradient) to weight gradient; `direct` as above. */
export function weightGradByTiles(convolution: Convolution, direct: Join): Join {
  const { machine, weight } = convolution;
  const { address, functions } = machine.code!;
  const [channels, columns] = [weight[2]!, weight[3]!];
  const { pad, widen, count, inputs, outputs } = tilesOf(convolution);
  const panels = panelsOf(columns);
  const together = tilesAtOnce(channels + columns);
  const [run, step] = [channels * word, columns * word];
  return (x, dy) => {
    const [padded, wide] = [pad(x), widen(dy)];
    const result = machine.allocate(weight, "float32");
    const watched = machine.filled([4], "float32", 0);
    const sums = address(machine.allocate([factors, channels, columns], "float32"));
    const seen = address(machine.allocate([factors, together, channels], "float32"));
    const gradients = address(machine.allocate([factors, together, columns], "float32"));
    const watch = address(watched);
    const [source, gradient, target] = [address(padded), address(wide), address(result)];
    const [nextSeen, nextGradient] = [together * run, together * step];
    const matrix = channels * step;
    for (let first = 0; first < count; first += together) {
      const held = Math.min(together, count - first);
      for (let i = 0; i < held; i++) {
        const from = source + inputs.starts[first + i]!;
        functions.tile.input(from, inputs.row, run, seen + i * run, 4 * nextSeen, nextSeen, from + run, watch);
        const out = gradient + outputs.starts[first + i]!;
        const to = gradients + i * step;
        functions.tile.outputGradient(out, outputs.row, step, to, 4 * nextGradient, nextGradient, out + step, watch);
      }
      for (let factor = 0; factor < factors; factor++) {
        multiplyColumns(functions, panels, {
          left: seen + factor * nextSeen,
          width: channels,
          step: run,
          run: held,
          nextRun: 0,
          runs: 1,
          right: gradients + factor * nextGradient,
          columns,
          target: sums + factor * matrix,
          isAdded: first > 0,
        });
      }
    }
    functions.tile.tapsGradient(sums, 4 * matrix, matrix, target, 3 * matrix, matrix, sums + matrix, watch);
    return isFinite(machine, watched) ? result : direct(x, dy);
  };
}
