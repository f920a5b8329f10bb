import type { Code, Local } from "./assembler.ts";

/** ln 2 in two parts, of which the first times a whole number below 2^15 is exact. */
const upper = 0.693359375;
const lower = Math.LN2 - upper;

/**
 * Minimax polynomials (by Lawson's algorithm, from the lowest power on): (exp(r) - 1 - r) / r^2 for |r| up to ln 2 / 2, and
 * (tanh(x) / x - 1) / x^2 by x^2 for |x| up to 0.625. They leave 3.1e-9 of exp and 4.4e-9 of tanh.
 */
const ofExp = [
  0.4999999341226109, 0.16666520105546154, 0.041668394259154175, 0.008368780622229954, 0.0013814464752378757,
];
const ofTanh = [
  -0.33333281940181986, 0.13331442157532436, -0.053739712156564014, 0.020639078740542667, -0.0057049783732819916,
];
const smallest = 0.625;

/** Pushes a polynomial of a vector. */
function polynomial(code: Code, x: Local, coefficients: readonly number[]): void {
  code.floats(coefficients.at(-1)!);
  for (const coefficient of coefficients.slice(0, -1).toReversed()) {
    code.get(x).do("f32x4.mul").floats(coefficient).do("f32x4.add");
  }
}

/** A whole number added to it stands in the lowest bits. */
const wholes = 1.5 * 2 ** 23;

/** Multiplies by 2 to the power of whole numbers from -126 to 127: shifts the number to where the exponent is. */
function scale(code: Code, power: Local): void {
  code
    .get(power)
    .floats(wholes + 127)
    .do("f32x4.add")
    .constant(23)
    .do("i32x4.shl")
    .do("f32x4.mul");
}

/** exp: powers of two times exp of what is left, within an epsilon; where it is out of range, 0 or infinity. */
export function exponential(code: Code): Code {
  const [x, whole, half] = [code.local("v128"), code.local("v128"), code.local("v128")];
  code.floats(-104).do("f32x4.pmax").floats(89).do("f32x4.pmin").set(x);
  code.get(x).floats(Math.LOG2E).do("f32x4.mul").do("f32x4.nearest").set(whole);
  for (const part of [upper, lower]) code.get(x, whole).floats(part).do("f32x4.mul").do("f32x4.sub").set(x);
  polynomial(code, x, ofExp);
  code.get(x).do("f32x4.mul").get(x).do("f32x4.mul").get(x).do("f32x4.add").floats(1).do("f32x4.add");
  // In two steps: a power itself may be out of range.
  code.get(whole).floats(0.5).do("f32x4.mul").do("f32x4.floor").set(half);
  code.get(whole, half).do("f32x4.sub").set(whole);
  scale(code, half);
  scale(code, whole);
  return code;
}

/** With e = exp(-|x|): e / (1 + e) of what is below 0, else 1 / (1 + e); within two epsilons. */
export function sigmoid(code: Code): Code {
  const [x, power] = [code.local("v128"), code.local("v128")];
  code.set(x).get(x).do("f32x4.abs").do("f32x4.neg");
  exponential(code).set(power);
  code.get(power).floats(1).get(x).floats(0).do("f32x4.lt").do("v128.bitselect");
  return code.get(power).floats(1).do("f32x4.add").do("f32x4.div");
}

/** A polynomial where the result is small, else 1 - 2 / (exp(2 |x|) + 1) with the sign of x; within two epsilons. */
export function hyperbolicTangent(code: Code): Code {
  const [x, square, sum, small] = [code.local("v128"), code.local("v128"), code.local("v128"), code.local("v128")];
  code.set(x).get(x, x).do("f32x4.mul").set(square);
  polynomial(code, square, ofTanh);
  code.get(square).do("f32x4.mul").get(x).do("f32x4.mul").get(x).do("f32x4.add").set(small);
  code.get(x).do("f32x4.abs").floats(2).do("f32x4.mul");
  exponential(code).floats(1).do("f32x4.add").set(sum);
  code.get(small);
  code.floats(1).floats(2).get(sum).do("f32x4.div").do("f32x4.sub");
  code.get(x).floats(-0).do("v128.and").do("v128.or");
  code.get(x).do("f32x4.abs").floats(smallest).do("f32x4.lt");
  return code.do("v128.bitselect");
}
