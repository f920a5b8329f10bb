import { type Dim, LamellaError } from "@lamella/ir";

/** What to make of each part of a dim. */
export interface DimAlgebra<T> {
  number(value: number): T;
  symbol(name: string): T;
  add(a: T, b: T): T;
  subtract(a: T, b: T): T;
  multiply(a: T, b: T): T;
  /** Rounded towards minus infinity. */
  floorDivide(a: T, divisor: number): T;
}

/** Computes a dim such as `floor((time-1)/2)+1` in another algebra, part by part. */
export function foldDim<T>(dim: Dim, algebra: DimAlgebra<T>): T {
  if (typeof dim === "number") return algebra.number(dim);
  const tokens = dim.match(/floor\(|[A-Za-z_][A-Za-z0-9_]*|\d+|[-+*/()]/g) ?? [];
  let at = 0;
  const take = (token: string): boolean => {
    const found = tokens[at] === token;
    if (found) at++;
    return found;
  };
  const fail = (): never => {
    throw new LamellaError("shape", { problem: `'${dim}' is not a dimension.` });
  };
  const sum = (): T => {
    let result = take("-") ? algebra.multiply(algebra.number(-1), product()) : product();
    for (;;) {
      if (take("+")) result = algebra.add(result, product());
      else if (take("-")) result = algebra.subtract(result, product());
      else return result;
    }
  };
  const product = (): T => {
    let result = factor();
    while (take("*")) result = algebra.multiply(result, factor());
    return result;
  };
  const factor = (): T => {
    if (take("floor(")) {
      const inner = factor();
      if (!take("/")) fail();
      const result = algebra.floorDivide(inner, Number(tokens[at++]));
      return take(")") ? result : fail();
    }
    if (take("(")) {
      const result = sum();
      return take(")") ? result : fail();
    }
    const token = tokens[at++] ?? fail();
    return /^\d/.test(token) ? algebra.number(Number(token)) : algebra.symbol(token);
  };
  const result = sum();
  return at === tokens.length ? result : fail();
}
