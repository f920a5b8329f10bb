import { Code, type Local } from "./assembler.ts";

const vectorSize = 16;

/** Whether a side is one element or as many as the result has. */
export type Side = "each" | "one";

/** Comparisons of floats. */
export const comparisons = {
  equal: "f32x4.eq",
  greater: "f32x4.gt",
  greaterOrEqual: "f32x4.ge",
  less: "f32x4.lt",
  lessOrEqual: "f32x4.le",
} as const;

export type Comparison = keyof typeof comparisons;

/** How many elements a step of a comparison takes: their results fill a vector. */
export const compared = 16;

/**
 * Compares floats with floats, or with one. Parameters: left, right, result of one byte each, and its end, a multiple of
 * 16 elements away.
 */
export function compareCode(comparison: Comparison, right: Side): Code {
  const code = new Code(4);
  const [a, b, out, end] = code.parameters;
  const same = code.local("v128");
  if (right === "one") code.get(b!).at("v128.load32_splat").set(same);
  const part = (i: number) => {
    code.get(a!).at("v128.load", i * vectorSize);
    if (right === "one") code.get(same);
    else code.get(b!).at("v128.load", i * vectorSize);
    code.do(comparisons[comparison]);
  };
  code.whileBelow(out!, end!, () => {
    code.get(out!);
    for (const i of [0, 2]) {
      part(i);
      part(i + 1);
      code.do("i16x8.narrow_i32x4_s");
    }
    code.do("i8x16.narrow_i16x8_s").do("i8x16.neg").at("v128.store");
    code.advance(a!, 4 * vectorSize).advance(out!, vectorSize);
    if (right === "each") code.advance(b!, 4 * vectorSize);
  });
  return code;
}

/** How many elements a step of a choice takes. */
export const chosen = 4;

/**
 * Elements of one of two sides by conditions of one byte each; a side may be one element. Parameters: conditions, the two
 * sides, the result, and its end, a multiple of 4 elements away.
 */
export function chooseCode(thenKind: Side, otherwiseKind: Side): Code {
  const code = new Code(5);
  const [condition, then, otherwise, out, end] = code.parameters;
  const all = [
    { at: then!, kind: thenKind, same: code.local("v128") },
    { at: otherwise!, kind: otherwiseKind, same: code.local("v128") },
  ];
  for (const { at, kind, same } of all) if (kind === "one") code.get(at).at("v128.load32_splat").set(same);
  code.whileBelow(out!, end!, () => {
    code.get(out!);
    for (const { at, kind, same } of all) {
      if (kind === "one") code.get(same);
      else code.get(at).at("v128.load");
    }
    code.get(condition!).at("v128.load32_zero");
    code.do("i16x8.extend_low_i8x16_s").do("i32x4.extend_low_i16x8_s").do("i32x4.neg").do("v128.bitselect");
    code.at("v128.store");
    code.advance(condition!, chosen).advance(out!, vectorSize);
    for (const { at, kind } of all) if (kind === "each") code.advance(at, vectorSize);
  });
  return code;
}

/** How many columns are summed at once. */
export const summedColumns = 16;

/** Adds rows to float64 sums. Parameters: the rows, their end, bytes from row to row, the sums of 16 columns. */
export function sumCode(): Code {
  const code = new Code(4);
  const [rows, end, step, sums] = code.parameters;
  const vector = code.local("v128");
  const own = Array.from({ length: summedColumns / 2 }, () => code.local("v128"));
  for (const [i, sum] of own.entries())
    code
      .get(sums!)
      .at("v128.load", i * vectorSize)
      .set(sum);
  const add = (sum: Local) => code.do("f64x2.promote_low_f32x4").get(sum).do("f64x2.add").set(sum);
  code.whileBelow(rows!, end!, () => {
    for (let i = 0; i < own.length; i += 2) {
      code
        .get(rows!)
        .at("v128.load", (i / 2) * vectorSize)
        .set(vector);
      code.get(vector);
      add(own[i]!);
      code.get(vector, vector).upperHalf();
      add(own[i + 1]!);
    }
    code.advance(rows!, step!, "local");
  });
  for (const [i, sum] of own.entries()) code.get(sums!, sum).at("v128.store", i * vectorSize);
  return code;
}

/**
 * Adds gradients to the first maximum of a window, for four channels at a time. Parameters: where the byte offsets of the
 * window's positions are listed, and the list's end; the values, the window's gradients and the end of these, the result.
 */
export function maximumCode(): Code {
  const code = new Code(6);
  const [list, listEnd, values, gradient, end, out] = code.parameters;
  const [at, place] = [code.local(), code.local()];
  const [best, found, value, newer] = [code.local("v128"), code.local("v128"), code.local("v128"), code.local("v128")];
  code.whileBelow(gradient!, end!, () => {
    code.get(list!).at("i32.load").get(values!).do("i32.add").at("v128.load").set(best);
    code.get(list!).at("v128.load32_splat").set(found);
    code.get(list!).constant(4).do("i32.add").set(at);
    code.whileBelow(at, listEnd!, () => {
      code.get(at).at("i32.load").get(values!).do("i32.add").at("v128.load").set(value);
      // Where the best is a number and the value is not less or equal: NaN takes the place of a number.
      code.get(best, best).do("f32x4.eq").get(value, best).do("f32x4.le").do("v128.andnot").set(newer);
      code.get(value, best, newer).do("v128.bitselect").set(best);
      code.get(at).at("v128.load32_splat").get(found, newer).do("v128.bitselect").set(found);
      code.advance(at, 4);
    });
    code.get(list!).set(at);
    code.whileBelow(at, listEnd!, () => {
      code.get(at).at("i32.load").get(out!).do("i32.add").set(place);
      code.get(place).get(place).at("v128.load");
      code.get(gradient!).at("v128.load").get(at).at("v128.load32_splat").get(found).do("i32x4.eq").do("v128.and");
      code.do("f32x4.add").at("v128.store");
      code.advance(at, 4);
    });
    code.advance(values!, vectorSize).advance(out!, vectorSize).advance(gradient!, vectorSize);
  });
  return code;
}
