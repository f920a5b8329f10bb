import { Code, type Local, vectorSize } from "./assembler.ts";

type Matrix = readonly (readonly number[])[];

/**
 * Winograd's way to two neighbouring results of three taps by four products instead of six, along each of two axes: what
 * four elements see, and the taps, are changed to four factors each, whose products are changed to the results (Lavin and
 * Gray, "Fast algorithms for convolutional neural networks", 2015).
 */
const input: Matrix = [
  [1, 0, -1, 0],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, 0, -1],
];
const taps: Matrix = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];
const output: Matrix = [
  [1, 1, 1, 0],
  [0, 1, -1, -1],
];

const turned = (matrix: Matrix): Matrix => matrix[0]!.map((_, i) => matrix.map((row) => row[i]!));

/** What changes tiles: of the input, of the weight, of the products to the output, and the same backwards for the weight's gradient. */
export const tileChanges = {
  input,
  taps,
  output,
  outputGradient: turned(output),
  tapsGradient: turned(taps),
} as const;

export type TileChange = keyof typeof tileChanges;

/** Changes to results, which are watched. */
const watched: ReadonlySet<TileChange> = new Set(["output", "tapsGradient"]);

/** Pushes the sum of vectors times these factors. */
function combine(code: Code, factors: readonly number[], vectors: readonly Local[]): void {
  const terms = factors
    .map((factor, i) => ({ factor, vector: vectors[i]! }))
    .filter(({ factor }) => factor !== 0)
    .toSorted((a, b) => b.factor - a.factor);
  for (const [i, { factor, vector }] of terms.entries()) {
    code.get(vector);
    if (Math.abs(factor) !== 1) code.floats(Math.abs(factor)).do("f32x4.mul");
    if (i > 0) code.do(factor > 0 ? "f32x4.add" : "f32x4.sub");
    else if (factor < 0) code.do("f32x4.neg");
  }
}

/**
 * Changes square tiles by a matrix along both axes, four channels at a time. Parameters: the tiles' first channels, bytes
 * from row to row and from column to column; the same of the result; where the first channels end; and a vector to which
 * results that are watched, times zero, are added: it stays zero as long as all of them are finite.
 */
export function tileCode(change: TileChange): Code {
  const matrix: Matrix = tileChanges[change];
  const code = new Code(8);
  const [from, row, column, to, toRow, toColumn, end, seen] = code.parameters;
  const values = matrix[0]!.map(() => code.local("v128"));
  const half = matrix.map(() => values.map(() => code.local("v128")));
  const [line, at, result, zero] = [code.local(), code.local(), code.local("v128"), code.local("v128")];
  const isWatched = watched.has(change);
  if (isWatched) code.get(seen!).at("v128.load").set(zero);
  code.whileBelow(from!, end!, () => {
    code.get(from!).set(line);
    for (const j of values.keys()) {
      code.get(line).set(at);
      for (const value of values) {
        code.get(at).at("v128.load").set(value);
        code.advance(at, row!, "local");
      }
      for (const [i, factors] of matrix.entries()) {
        combine(code, factors, values);
        code.set(half[i]![j]!);
      }
      code.advance(line, column!, "local");
    }
    code.get(to!).set(line);
    for (const own of half) {
      code.get(line).set(at);
      for (const factors of matrix) {
        combine(code, factors, own);
        code.set(result);
        code.get(at, result).at("v128.store");
        if (isWatched) code.get(result).floats(0).do("f32x4.mul").get(zero).do("f32x4.add").set(zero);
        code.advance(at, toColumn!, "local");
      }
      code.advance(line, toRow!, "local");
    }
    code.advance(from!, vectorSize).advance(to!, vectorSize);
  });
  if (isWatched) code.get(seen!, zero).at("v128.store");
  return code;
}
