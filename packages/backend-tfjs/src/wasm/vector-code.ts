import { Code, type Local, vectorSize } from "./assembler.ts";

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
