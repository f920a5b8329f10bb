import { type Dim, isSymbol, LamellaError, normalizeDim } from "@lamella/ir";

import { formatError } from "./header.ts";

const longest = 500;
/** Normalising multiplies products of sums out; a dim that would make more terms than this is refused before. */
const mostTerms = 64;

/** The normal form of a dim. Takes bounded time on any text. Throws on what is neither a size nor an expression. */
export function normalDim(dim: Dim, where: string): Dim {
  if (typeof dim === "number") {
    if (Number.isSafeInteger(dim) && dim >= 0) return dim;
    throw formatError(where, "A dimension must be a whole number from 0.", undefined, String(dim));
  }
  if (dim.length <= longest && isSymbol(dim)) return dim;
  if (dim.length > longest || new TermCount(dim).sum() > mostTerms) {
    throw formatError(where, "The dimension is too long or too complicated.", undefined, `'${dim.slice(0, 80)}...'`);
  }
  try {
    return normalizeDim(dim);
  } catch (cause) {
    const problem = `'${dim}' is not a dimension.`;
    throw cause instanceof LamellaError ? new LamellaError("format", { where, problem, cause }) : cause;
  }
}

/** Bounds how many terms an expression has once it is multiplied out. Lenient: what is no expression gets some number, too. */
class TermCount {
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(text: string) {
    this.tokens = text.match(/\w+|\S/g) ?? [];
  }

  sum(): number {
    let count = 0;
    do {
      count += this.product();
    } while (this.take("+") || this.take("-"));
    return count;
  }

  private product(): number {
    let count = this.factor();
    while (this.take("*")) count *= this.factor();
    return count;
  }

  private factor(): number {
    const floor = this.take("floor");
    let count = 1;
    if (this.take("(")) {
      count += this.sum();
      if (floor && this.take("/")) this.at++;
      this.take(")");
    } else if (!floor) this.at++;
    return count;
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }
}
