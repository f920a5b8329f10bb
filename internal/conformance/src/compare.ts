import { isFloating, type Tensor } from "@lamella/ir";

import { type Tolerance, tolerated } from "./tolerance.ts";

function typeText({ dtype, shape }: Tensor): string {
  return `${dtype} [${shape.join(", ")}]`;
}

function expectSameType(what: string, actual: Tensor, expected: Tensor): void {
  if (typeText(actual) === typeText(expected)) return;
  throw new Error(`${what} is ${typeText(actual)}, expected ${typeText(expected)}`);
}

/** @throws Error when the data differ as JSON */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: ${left}, expected ${right}`);
}

/** @throws Error when type, shape or any number differs; -0 is not 0 */
export function expectIdentical(what: string, actual: Tensor, expected: Tensor): void {
  expectSameType(what, actual, expected);
  const left = actual.toNumbers();
  const right = expected.toNumbers();
  const differing = left.flatMap((value, i) => (Object.is(value, right[i]) ? [] : [i]));
  const [first] = differing;
  if (first === undefined) return;
  throw new Error(
    `${what}: ${differing.length} of ${left.length} differ, element ${first} is ${left[first]}, expected ${right[first]}`,
  );
}

/**
 * Floats within the tolerance, everything else identical.
 *
 * @throws Error that says where they are furthest apart
 */
export function expectClose(what: string, actual: Tensor, expected: Tensor, tolerance: Tolerance): void {
  if (!isFloating(expected.dtype)) return expectIdentical(what, actual, expected);
  expectSameType(what, actual, expected);
  const left = actual.toNumbers();
  const right = expected.toNumbers();
  const allowed = tolerated(right, tolerance);
  const distance = (i: number) => (Object.is(left[i], right[i]) ? 0 : Math.abs(left[i]! - right[i]!));
  let worst = 0;
  for (const i of left.keys()) if (!(distance(i) <= distance(worst))) worst = i;
  if (left.length === 0 || distance(worst) <= allowed) return;
  throw new Error(
    `${what}: element ${worst} of ${left.length} is ${left[worst]}, expected ${right[worst]}: ` +
      `${(distance(worst) / allowed).toPrecision(3)} times the tolerance of ${allowed.toPrecision(3)}`,
  );
}
