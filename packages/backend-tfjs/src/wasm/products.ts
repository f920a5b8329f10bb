import type { StaticShape } from "@lamella/ir";

import type { Handle } from "../device.ts";
import type { Machine } from "../machine.ts";
import { word } from "./assembler.ts";
import type { Functions } from "./functions.ts";
import { panelColumns, tileRows } from "./product-code.ts";

/** Products go in parts of as many steps, so that panels stay in the nearest cache. */
const longestPart = 512;

/** Rows that go through all panels before the next do. */
const rowBlock = 8 * tileRows;

/** Elements of panels that are packed at once, so that they stay in the second cache. */
const mostPacked = 2 ** 16;

interface Panel {
  readonly first: number;
  readonly vectors: number;
}

/** Columns of panels: four or eight each. */
export function panelsOf(columns: number): readonly Panel[] {
  const count = Math.ceil(columns / panelColumns);
  return Array.from({ length: count }, (_, i) => {
    const first = i * panelColumns;
    return { first, vectors: Math.min(columns - first, panelColumns) / 4 };
  });
}

/** Whether a product has the right width, and rows enough that packing pays. */
export function hasOwnProduct({ code }: Machine, rows: number, columns: number): boolean {
  return code !== undefined && columns % 4 === 0 && rows >= tileRows;
}

/** A right side of a product, and where its panels go. Addresses, and bytes from row to row. */
interface Packing {
  readonly from: number;
  readonly step: number;
  readonly steps: number;
  readonly to: number;
}

/** Copies columns of a matrix, one row after another in memory, panel by panel. */
function packPanels({ pack }: Functions, panels: readonly Panel[], { from, step, steps, to }: Packing): void {
  for (const { first, vectors } of panels) {
    const place = to + first * steps * word;
    pack[vectors - 1]!(from + first * word, step, place, place + steps * vectors * 16);
  }
}

/** The same of a matrix whose rows are the columns. */
function packTurned(functions: Functions, panels: readonly Panel[], { from, step, steps, to }: Packing): void {
  for (const { first, vectors } of panels) {
    const start = from + first * step;
    functions.packTurned[vectors - 1]!(start, step, to + first * steps * word, start + steps * word);
  }
}

/** Rows times packed panels of as many steps. Addresses, and what is from one to the next, are in bytes. */
export interface RowBlock {
  /** Where the offsets of the rows are listed, and how many. */
  readonly list: number;
  readonly count: number;
  readonly left: number;
  readonly run: number;
  readonly nextRun: number;
  readonly runs: number;
  readonly packed: number;
  readonly columns: number;
  readonly target: number;
  readonly isAdded: boolean;
}

export function multiplyRows({ rows }: Functions, panels: readonly Panel[], block: RowBlock): void {
  const { list, count, left, run, nextRun, runs, packed, columns, target, isAdded } = block;
  const rest = count % tileRows;
  const step = columns * word;
  for (const { first, vectors } of panels) {
    const tiles = rows[vectors - 1]!;
    const panel = packed + first * run * runs;
    const multiply = (size: number, from: number, held: number) =>
      tiles[size - 1]!(
        list + from * word,
        held,
        left,
        run,
        nextRun,
        runs,
        panel,
        target + from * step + first * word,
        step,
        Number(isAdded),
      );
    multiply(tileRows, 0, count - rest);
    if (rest > 0) multiply(rest, count - rest, rest);
  }
}

/** Rows of a left side: each is a number of runs of neighbouring elements. */
export interface RowProduct {
  /** Where every row begins, in elements. */
  readonly rows: Int32Array;
  /** Elements of a run, and from one to the next. */
  readonly run: number;
  readonly nextRun: number;
  readonly runs: number;
  readonly columns: number;
  /** Whether the right side has a row for every column instead. Default: false. */
  readonly isTurned?: boolean;
  /** Products of several left and right sides, one after another: elements from one to the next. Default: one. */
  readonly batch?: { readonly count: number; readonly left: number; readonly right: number };
}

interface Part {
  /** Where its rows begin in the left side, and which row of the right side is its first. */
  readonly left: number;
  readonly right: number;
  readonly run: number;
  readonly runs: number;
}

function partsOf({ run, nextRun, runs }: RowProduct): readonly Part[] {
  const parts: Part[] = [];
  const together = Math.max(1, Math.floor(longestPart / run));
  for (let first = 0; first < runs; first += together) {
    const count = Math.min(together, runs - first);
    for (let start = 0; start < run; start += longestPart) {
      const length = Math.min(longestPart, run - start);
      parts.push({ left: first * nextRun + start, right: first * run + start, run: length, runs: count });
    }
  }
  return parts;
}

/** (left side, right side of one row for every element of a row) to their product, of this shape. */
export function rowProduct(
  machine: Machine,
  product: RowProduct,
  shape: StaticShape,
): (a: Handle, b: Handle) => Handle {
  const { address, functions } = machine.code!;
  const { rows, run, runs, nextRun, columns, isTurned = false, batch = { count: 1, left: 0, right: 0 } } = product;
  const parts = partsOf(product);
  const panels = panelsOf(columns);
  const offsets = rows.map((row) => row * word);
  const step = columns * word;
  const pack = isTurned ? packTurned : packPanels;
  const nextRow = isTurned ? run * runs * word : step;
  const longest = Math.max(...parts.map((part) => part.run * part.runs));
  const together = Math.max(1, Math.floor(mostPacked / (longest * panelColumns)));
  return (a, b) => {
    const result = machine.allocate(shape, "float32");
    const list = address(machine.write(offsets, [rows.length], "int32"));
    const space = address(machine.allocate([longest * Math.min(columns, together * panelColumns)], "float32"));
    for (let index = 0; index < batch.count; index++) {
      const left = address(a) + index * batch.left * word;
      const right = address(b) + index * batch.right * word;
      const target = address(result) + index * rows.length * step;
      for (const [number, part] of parts.entries()) {
        const steps = part.run * part.runs;
        const from = right + part.right * (isTurned ? word : step);
        for (let panel = 0; panel < panels.length; panel += together) {
          const own = panels.slice(panel, panel + together);
          const packed = space - own[0]!.first * steps * word;
          pack(functions, own, { from, step: nextRow, steps, to: packed });
          for (let row = 0; row < rows.length; row += rowBlock) {
            multiplyRows(functions, own, {
              list: list + row * word,
              count: Math.min(rowBlock, rows.length - row),
              left: left + part.left * word,
              run: part.run * word,
              nextRun: nextRun * word,
              runs: part.runs,
              packed,
              columns,
              target: target + row * step,
              isAdded: number > 0,
            });
          }
        }
      }
    }
    return result;
  };
}

/** Columns of neighbouring elements times rows. Addresses, and what is from one to the next, are in bytes. */
export interface ColumnBlock {
  readonly left: number;
  readonly width: number;
  readonly step: number;
  readonly run: number;
  readonly nextRun: number;
  readonly runs: number;
  readonly right: number;
  readonly columns: number;
  readonly target: number;
  readonly isAdded: boolean;
}

export function multiplyColumns(functions: Functions, panels: readonly Panel[], block: ColumnBlock): void {
  const { left, width, step, run, nextRun, runs, right, columns, target, isAdded } = block;
  const rest = width % tileRows;
  const rightStep = columns * word;
  for (const { first, vectors } of panels) {
    const tiles = functions.columns[vectors - 1]!;
    const multiply = (size: number, column: number, held: number) =>
      tiles[size - 1]!(
        left + column * word,
        held,
        step,
        run,
        nextRun,
        runs,
        right + first * word,
        rightStep,
        target + (column * columns + first) * word,
        rightStep,
        Number(isAdded),
      );
    multiply(tileRows, 0, width - rest);
    if (rest > 0) multiply(rest, width - rest, rest);
  }
}

/** A left side that is transposed: places, each of them a row of `width` neighbouring elements, in runs. */
export interface ColumnProduct {
  /** Where every left side begins, in elements; each makes rows of the result of its own. */
  readonly taps: readonly number[];
  readonly width: number;
  /** Elements from place to place, and from run to run. */
  readonly step: number;
  readonly nextRun: number;
  /** Places of a run. */
  readonly run: number;
  readonly runs: number;
  /** Runs of runs, and elements from one to the next. */
  readonly outer: number;
  readonly nextOuter: number;
  readonly columns: number;
}

/** Places, and columns of them, that go through all panels before the next do. */
const placeBlock = 128;
const columnBlock = 16 * tileRows;

/** (left side, right side of one row for every place) to the left side, transposed, times the right; of this shape. */
export function columnProduct(
  machine: Machine,
  product: ColumnProduct,
  shape: StaticShape,
): (a: Handle, b: Handle) => Handle {
  const { address, functions } = machine.code!;
  const { taps, width, step, nextRun, run, runs, outer, nextOuter, columns } = product;
  const panels = panelsOf(columns);
  const together = Math.max(1, Math.floor(placeBlock / run));
  return (a, b) => {
    const result = machine.allocate(shape, "float32");
    const [left, right, target] = [address(a), address(b), address(result)];
    const block = (from: number, place: number, length: number, count: number) => {
      for (const [i, tap] of taps.entries()) {
        for (let column = 0; column < width; column += columnBlock) {
          multiplyColumns(functions, panels, {
            left: left + (from + tap + column) * word,
            width: Math.min(columnBlock, width - column),
            step: step * word,
            run: length,
            nextRun: nextRun * word,
            runs: count,
            right: right + place * columns * word,
            columns,
            target: target + (i * width + column) * columns * word,
            isAdded: place > 0,
          });
        }
      }
    };
    for (let index = 0; index < outer; index++) {
      for (let first = 0; first < runs; first += together) {
        const count = Math.min(together, runs - first);
        for (let start = 0; start < run; start += placeBlock) {
          const from = index * nextOuter + first * nextRun + start * step;
          const place = (index * runs + first) * run + start;
          block(from, place, Math.min(placeBlock, run - start), count);
        }
      }
    }
    return result;
  };
}
