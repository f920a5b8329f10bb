import { Code, type Local, vectorSize } from "./assembler.ts";

/** Rows of a tile of a product: with two vectors of columns its sums fill the registers of x64. */
export const tileRows = 6;

/** Columns of a panel: two vectors. */
export const panelColumns = 8;

/** Steps of an inner loop that are written out. */
const unroll = 4;

function sums(code: Code, rows: number, vectors: number): readonly (readonly Local[])[] {
  return Array.from({ length: rows }, () => Array.from({ length: vectors }, () => code.local("v128")));
}

/** Loads the sums of a tile from the result where it is added to, else begins with zeros. */
function load(code: Code, tile: readonly (readonly Local[])[], c: Local, step: Local, isAdded: Local): void {
  const row = code.local();
  const read = () => {
    code.get(c).set(row);
    for (const own of tile) {
      for (const [i, sum] of own.entries())
        code
          .get(row)
          .at("v128.load", i * vectorSize)
          .set(sum);
      code.advance(row, step, "local");
    }
  };
  code.choose(isAdded, read, () => {
    for (const sum of tile.flat()) code.floats(0).set(sum);
  });
}

/** Stores the sums of a tile and goes to the next. */
function store(code: Code, tile: readonly (readonly Local[])[], c: Local, step: Local): void {
  for (const own of tile) {
    for (const [i, sum] of own.entries()) code.get(c, sum).at("v128.store", i * vectorSize);
    code.advance(c, step, "local");
  }
}

/** One row of the right side, and how it is multiplied: in one instruction with the addition, or in two. */
interface Right {
  readonly at: Local;
  readonly offset: number;
  readonly vectors: readonly Local[];
  readonly factor: Local;
  readonly isFused: boolean;
}

/** Adds the product of one column of the left side, read at these places, with one row of the right. */
function multiply(code: Code, tile: readonly (readonly Local[])[], left: (row: number) => void, right: Right): void {
  for (const [i, vector] of right.vectors.entries()) {
    code
      .get(right.at)
      .at("v128.load", right.offset + i * vectorSize)
      .set(vector);
  }
  for (const [row, own] of tile.entries()) {
    left(row);
    code.set(right.factor);
    for (const [i, sum] of own.entries()) {
      if (right.isFused) code.get(right.factor, right.vectors[i]!, sum).do("f32x4.relaxed_madd").set(sum);
      else code.get(sum, right.factor, right.vectors[i]!).do("f32x4.mul").do("f32x4.add").set(sum);
    }
  }
}

/**
 * Rows times a packed panel: for a number of tiles, one below the other. Parameters: where the byte offsets of the rows
 * are listed, the number of rows, the left side; the bytes of a run of a row and from a run to the next; the number of
 * runs; the panel; the result, bytes from row to row of it, and whether it is added to.
 */
export function rowsCode(rows: number, vectors: number, isFused: boolean): Code {
  const code = new Code(10);
  const [list, count, a, run, nextRun, runs, panel, c, step, isAdded] = code.parameters;
  const tile = sums(code, rows, vectors);
  const factor = code.local("v128");
  const right = Array.from({ length: vectors }, () => code.local("v128"));
  const places = Array.from({ length: rows }, () => code.local());
  const [listEnd, at, runEnd, wideEnd, seen] = [code.local(), code.local(), code.local(), code.local(), code.local()];
  const columns = (number: number) => {
    for (let k = 0; k < number; k++) {
      multiply(code, tile, (row) => code.get(places[row]!).at("v128.load32_splat", k * 4), {
        at,
        offset: k * vectors * vectorSize,
        vectors: right,
        factor,
        isFused,
      });
    }
    for (const place of places) code.advance(place, number * 4);
    code.advance(at, number * vectors * vectorSize);
  };
  code.get(list!, count!).constant(4).do("i32.mul").do("i32.add").set(listEnd);
  code.whileBelow(list!, listEnd, () => {
    for (const [row, place] of places.entries()) {
      code
        .get(list!)
        .at("i32.load", row * 4)
        .get(a!)
        .do("i32.add")
        .set(place);
    }
    code.advance(list!, rows * 4);
    load(code, tile, c!, step!, isAdded!);
    code.get(panel!).set(at);
    code.constant(0).set(seen);
    code.whileBelow(seen, runs!, () => {
      code.advance(seen, 1);
      code.get(places[0]!, run!).do("i32.add").set(runEnd);
      code
        .get(places[0]!, run!)
        .constant(-4 * unroll)
        .do("i32.and")
        .do("i32.add")
        .set(wideEnd);
      code.whileBelow(places[0]!, wideEnd, () => columns(unroll));
      code.whileBelow(places[0]!, runEnd, () => columns(1));
      for (const place of places) code.get(place, nextRun!).do("i32.add").get(run!).do("i32.sub").set(place);
    });
    store(code, tile, c!, step!);
  });
  return code;
}

/**
 * The transposed left side times the right: a number of tiles one below the other, whose rows are neighbouring columns of
 * the left. Parameters: the left side, its columns; bytes from row to row of it, the number of rows in a run, bytes from a
 * run to the next; the number of runs; the right side, bytes from row to row of it; the result, bytes from row to row
 * of it, and whether it is added to.
 */
export function columnsCode(rows: number, vectors: number, isFused: boolean): Code {
  const code = new Code(11);
  const [a, count, rowStep, run, nextRun, runs, b, rightStep, c, step, isAdded] = code.parameters;
  const tile = sums(code, rows, vectors);
  const factor = code.local("v128");
  const right = Array.from({ length: vectors }, () => code.local("v128"));
  const [end, place, start, at] = [code.local(), code.local(), code.local(), code.local()];
  const [seen, done, wide] = [code.local(), code.local(), code.local()];
  const next = (number: number) => {
    for (let k = 0; k < number; k++) {
      const left = (row: number) => code.get(place).at("v128.load32_splat", row * 4);
      multiply(code, tile, left, { at, offset: 0, vectors: right, factor, isFused });
      code.advance(place, rowStep!, "local");
      code.advance(at, rightStep!, "local");
    }
    code.advance(done, number);
  };
  code.get(run!).constant(-unroll).do("i32.and").set(wide);
  code.get(a!, count!).constant(4).do("i32.mul").do("i32.add").set(end);
  code.whileBelow(a!, end, () => {
    load(code, tile, c!, step!, isAdded!);
    code.get(b!).set(at);
    code.get(a!).set(start);
    code.constant(0).set(seen);
    code.whileBelow(seen, runs!, () => {
      code.advance(seen, 1);
      code.get(start).set(place);
      code.constant(0).set(done);
      code.whileBelow(done, wide, () => next(unroll));
      code.whileBelow(done, run!, () => next(1));
      code.advance(start, nextRun!, "local");
    });
    code.advance(a!, rows * 4);
    store(code, tile, c!, step!);
  });
  return code;
}

/** Copies columns of a matrix one row after another. Parameters: from where, bytes from row to row, to where, and its end. */
export function packCode(vectors: number): Code {
  const code = new Code(4);
  const [from, step, to, end] = code.parameters;
  code.whileBelow(to!, end!, () => {
    for (let i = 0; i < vectors; i++) {
      code
        .get(to!, from!)
        .at("v128.load", i * vectorSize)
        .at("v128.store", i * vectorSize);
    }
    code.advance(from!, step!, "local");
    code.advance(to!, vectors * vectorSize);
  });
  return code;
}

/**
 * Copies rows of a matrix as columns. Parameters: from where, bytes from row to row, to where, and where the first row
 * ends.
 */
export function packTurnedCode(vectors: number): Code {
  const code = new Code(4);
  const [from, step, to, end] = code.parameters;
  const [at, place] = [code.local(), code.local()];
  for (let i = 0; i < 4 * vectors; i++) {
    code.get(from!).set(at);
    code.get(to!).set(place);
    code.whileBelow(at, end!, () => {
      code
        .get(place, at)
        .at("i32.load")
        .at("i32.store", i * 4);
      code.advance(at, 4).advance(place, vectors * vectorSize);
    });
    code.advance(from!, step!, "local").advance(end!, step!, "local");
  }
  return code;
}
