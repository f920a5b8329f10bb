import type { HostArray } from "../device.ts";

/**
 * Fills part of `out`, from `at` to `end`, from elements of `a` and `b` that lie `da` and `db` apart. Each is written out:
 * V8 compiles a loop once, and one that calls a function it does not know is ten times slower.
 */
export type PairRow = (
  a: HostArray,
  i: number,
  da: number,
  b: HostArray,
  j: number,
  db: number,
  out: HostArray,
  at: number,
  end: number,
) => void;

const add: PairRow = (a, i, da, b, j, db, out, at, end) => {
  for (; at < end; at++, i += da, j += db) out[at] = a[i]! + b[j]!;
};
const sub: PairRow = (a, i, da, b, j, db, out, at, end) => {
  for (; at < end; at++, i += da, j += db) out[at] = a[i]! - b[j]!;
};
const equal: PairRow = (a, i, da, b, j, db, out, at, end) => {
  for (; at < end; at++, i += da, j += db) out[at] = Number(a[i] === b[j]);
};
const greater: PairRow = (a, i, da, b, j, db, out, at, end) => {
  for (; at < end; at++, i += da, j += db) out[at] = Number(a[i]! > b[j]!);
};
const greaterOrEqual: PairRow = (a, i, da, b, j, db, out, at, end) => {
  for (; at < end; at++, i += da, j += db) out[at] = Number(a[i]! >= b[j]!);
};
const less: PairRow = (a, i, da, b, j, db, out, at, end) => {
  for (; at < end; at++, i += da, j += db) out[at] = Number(a[i]! < b[j]!);
};
const lessOrEqual: PairRow = (a, i, da, b, j, db, out, at, end) => {
  for (; at < end; at++, i += da, j += db) out[at] = Number(a[i]! <= b[j]!);
};
const and: PairRow = (a, i, da, b, j, db, out, at, end) => {
  for (; at < end; at++, i += da, j += db) out[at] = a[i]! & b[j]!;
};
const or: PairRow = (a, i, da, b, j, db, out, at, end) => {
  for (; at < end; at++, i += da, j += db) out[at] = a[i]! | b[j]!;
};

/** The loops of what comes up for large values. */
export const pairRows = { add, sub, equal, greater, greaterOrEqual, less, lessOrEqual, and, or } as const;

/** The loop of any function. */
export function pairRow(f: (a: number, b: number) => number): PairRow {
  return (a, i, da, b, j, db, out, at, end) => {
    for (; at < end; at++, i += da, j += db) out[at] = f(a[i]!, b[j]!);
  };
}
