import { LamellaError } from "./errors.ts";

/**
 * The size of one axis: a number, or the normalised text of an integer expression over symbols, such as `batch`,
 * `time*8` or `floor((time+1)/2)`. Sums, products and whole multiples have one normal form each, so dims that are equal
 * are `===`, except that floors of floors may be written in several ways.
 */
export type Dim = number | string;
export type Shape = readonly Dim[];
/** A shape that has all its numbers. */
export type StaticShape = readonly number[];
/** Values of symbols. */
export type Bindings = Readonly<Record<string, number>>;

/** Monomials by their key (atoms joined by `*`, empty for the constant), each with its coefficient. */
type Polynomial = ReadonlyMap<string, number>;

const parsed = new Map<string, Polynomial>();
const symbol = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function isSymbol(dim: Dim): boolean {
  return typeof dim === "string" && symbol.test(dim);
}

function polynomialOf(dim: Dim): Polynomial {
  if (typeof dim === "number") return dim === 0 ? new Map() : new Map([["", dim]]);
  let known = parsed.get(dim);
  if (known === undefined) {
    known = new Parser(dim).parse();
    parsed.set(dim, known);
  }
  return known;
}

class Parser {
  private at = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  parse(): Polynomial {
    const result = this.sum();
    if (this.at !== this.text.length) this.fail();
    return result;
  }

  private fail(): never {
    throw new LamellaError("shape", {
      problem: `'${this.text}' is not a dimension.`,
      expected: "a whole number, a symbol such as 'time', or an expression such as 'floor((time-1)/2)+1'",
    });
  }

  private take(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  private sum(): Polynomial {
    const negative = this.take("-");
    let result = this.product();
    if (negative) result = times(result, polynomialOf(-1));
    for (;;) {
      if (this.take("+")) result = plus(result, this.product());
      else if (this.take("-")) result = plus(result, times(this.product(), polynomialOf(-1)));
      else return result;
    }
  }

  private product(): Polynomial {
    let result = this.factor();
    while (this.take("*")) result = times(result, this.factor());
    return result;
  }

  private factor(): Polynomial {
    if (this.take("floor(")) {
      const inner = this.product();
      if (!this.take("/")) this.fail();
      const divisor = this.integer();
      if (divisor === undefined || divisor < 1 || !this.take(")")) this.fail();
      return floorDivided(inner, divisor);
    }
    if (this.take("(")) return this.closed();
    const number = this.integer();
    if (number !== undefined) return polynomialOf(number);
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(this.text.slice(this.at))?.[0];
    if (name === undefined) this.fail();
    this.at += name.length;
    return new Map([[name, 1]]);
  }

  private closed(): Polynomial {
    const inner = this.sum();
    if (!this.take(")")) this.fail();
    return inner;
  }

  private integer(): number | undefined {
    const digits = /^\d+/.exec(this.text.slice(this.at))?.[0];
    if (digits === undefined) return undefined;
    this.at += digits.length;
    return Number(digits);
  }
}

function plus(a: Polynomial, b: Polynomial): Polynomial {
  const result = new Map(a);
  for (const [key, coefficient] of b) {
    const sum = (result.get(key) ?? 0) + coefficient;
    if (sum === 0) result.delete(key);
    else result.set(key, sum);
  }
  return result;
}

function times(a: Polynomial, b: Polynomial): Polynomial {
  let result: Polynomial = new Map();
  for (const [keyA, coefficientA] of a) {
    for (const [keyB, coefficientB] of b) {
      const key = [...splitAtoms(keyA), ...splitAtoms(keyB)].toSorted().join("*");
      result = plus(result, new Map([[key, coefficientA * coefficientB]]));
    }
  }
  return result;
}

/** Splits `a*floor((b*2)/3)` at the stars outside parentheses. */
function splitAtoms(key: string): string[] {
  if (key === "") return [];
  const atoms: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < key.length; i++) {
    if (key[i] === "(") depth++;
    else if (key[i] === ")") depth--;
    else if (key[i] === "*" && depth === 0) {
      atoms.push(key.slice(start, i));
      start = i + 1;
    }
  }
  atoms.push(key.slice(start));
  return atoms;
}

function print(polynomial: Polynomial): Dim {
  const terms = [...polynomial].toSorted(([a], [b]) => (a === "" ? 1 : b === "" ? -1 : a < b ? -1 : 1));
  if (terms.length === 0) return 0;
  if (terms.length === 1 && terms[0]![0] === "") return terms[0]![1];
  let text = "";
  for (const [key, coefficient] of terms) {
    const size = Math.abs(coefficient);
    const term = key === "" ? `${size}` : size === 1 ? key : `${key}*${size}`;
    text += coefficient < 0 ? `-${term}` : text === "" ? term : `+${term}`;
  }
  return text;
}

/** Brings a dim a user wrote into its normal form. Throws on text that is not a dim, and on numbers that are no size. */
export function normalizeDim(dim: Dim): Dim {
  if (typeof dim === "string") return print(polynomialOf(dim.replaceAll(" ", "")));
  if (Number.isSafeInteger(dim)) return dim + 0;
  throw new LamellaError("shape", { problem: "A dimension must be a whole number.", received: String(dim) });
}

export function addDim(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return a + b;
  return print(plus(polynomialOf(a), polynomialOf(b)));
}

export function subDim(a: Dim, b: Dim): Dim {
  return addDim(a, mulDim(b, -1));
}

export function mulDim(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return a * b + 0; // never -0
  return print(times(polynomialOf(a), polynomialOf(b)));
}

/** floor(a / divisor), where the part of `a` that divides evenly leaves the floor. */
function floorDivided(a: Polynomial, divisor: number): Polynomial {
  let whole: Polynomial = new Map();
  let rest: Polynomial = new Map();
  for (const [key, coefficient] of a) {
    const quotient = key === "" || coefficient % divisor === 0 ? Math.floor(coefficient / divisor) : 0;
    if (quotient !== 0) whole = plus(whole, new Map([[key, quotient]]));
    const remainder = coefficient - quotient * divisor;
    if (remainder !== 0) rest = plus(rest, new Map([[key, remainder]]));
  }
  if ([...rest.keys()].every((key) => key === "")) return whole;
  const inner = String(print(rest));
  const atom = rest.has(inner) && splitAtoms(inner).length === 1 ? inner : `(${inner})`;
  return plus(whole, new Map([[`floor(${atom}/${divisor})`, 1]]));
}

/** floor(a / divisor). */
export function floorDivDim(a: Dim, divisor: number): Dim {
  return typeof a === "number" ? Math.floor(a / divisor) : print(floorDivided(polynomialOf(a), divisor));
}

/** ceil(a / divisor). */
export function ceilDivDim(a: Dim, divisor: number): Dim {
  return floorDivDim(addDim(a, divisor - 1), divisor);
}

/** a / b when it is a whole expression, else undefined. Divides by numbers and by single monomials. */
export function exactDivDim(a: Dim, b: Dim): Dim | undefined {
  if (a === b) return 1;
  const divisor = [...polynomialOf(b)];
  if (divisor.length !== 1) return undefined;
  const [divisorKey, divisorCoefficient] = divisor[0]!;
  let result: Polynomial = new Map();
  for (const [key, coefficient] of polynomialOf(a)) {
    const atoms = splitAtoms(key);
    for (const atom of splitAtoms(divisorKey)) {
      const index = atoms.indexOf(atom);
      if (index < 0) return undefined;
      atoms.splice(index, 1);
    }
    if (coefficient % divisorCoefficient !== 0) return undefined;
    result = plus(result, new Map([[atoms.join("*"), coefficient / divisorCoefficient]]));
  }
  return print(result);
}

/** Whether two dims differ whatever their symbols stand for (0 left aside), as 6 and 4, or batch*6 and batch*4. */
export function neverEqual(a: Dim, b: Dim): boolean {
  if (typeof a === "number" && typeof b === "number") return a !== b;
  const [first, second] = [polynomialOf(a), polynomialOf(b)];
  const ratios = new Set([...first].map(([key, coefficient]) => coefficient / (second.get(key) ?? 0)));
  const [ratio] = ratios;
  return first.size === second.size && ratios.size === 1 && Number.isFinite(ratio) && ratio !== 1;
}

/** The symbols in a dim. */
export function dimSymbols(dim: Dim): readonly string[] {
  if (typeof dim === "number") return [];
  return [...new Set(dim.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? [])].filter((name) => name !== "floor");
}

/** The dim with symbols replaced: by numbers, or by other dims. Symbols without a replacement stay. */
export function substituteDim(dim: Dim, bindings: Readonly<Record<string, Dim>>): Dim {
  if (typeof dim === "number") return dim;
  let result: Dim = 0;
  for (const [key, coefficient] of polynomialOf(dim)) {
    let term: Dim = coefficient;
    for (const atom of splitAtoms(key)) term = mulDim(term, substituteAtom(atom, bindings));
    result = addDim(result, term);
  }
  return result;
}

function substituteAtom(atom: string, bindings: Readonly<Record<string, Dim>>): Dim {
  if (!atom.startsWith("floor(")) return bindings[atom] ?? atom;
  const slash = atom.lastIndexOf("/");
  const inner = atom.slice("floor(".length, slash);
  return floorDivDim(substituteDim(inner, bindings), Number(atom.slice(slash + 1, -1)));
}

/** The dim as a number. Throws when a symbol has no value. */
export function evalDim(dim: Dim, bindings: Bindings): number {
  const value = substituteDim(dim, bindings);
  if (typeof value === "number") return value;
  throw new LamellaError("shape", {
    problem: `The size '${dim}' has no value here.`,
    received: JSON.stringify(bindings),
  });
}

export function evalShape(shape: Shape, bindings: Bindings): number[] {
  return shape.map((dim) => evalDim(dim, bindings));
}

/**
 * Learns the values of symbols from an actual shape, and checks the rest against it.
 * Returns what does not fit as text, or undefined when all fits. `bindings` is extended in place.
 */
export function bindShape(shape: Shape, actual: StaticShape, bindings: Record<string, number>): string | undefined {
  if (shape.length !== actual.length) return `rank ${actual.length} where rank ${shape.length} is needed`;
  for (const [axis, dim] of shape.entries()) {
    if (typeof dim === "string" && isSymbol(dim)) bindings[dim] ??= actual[axis]!;
  }
  for (const [axis, dim] of shape.entries()) {
    const needed = substituteDim(dim, bindings);
    if (typeof needed === "number" && needed !== actual[axis]) {
      return `${actual[axis]} at axis ${axis} where ${dim === needed ? needed : `${dim} = ${needed}`} is needed`;
    }
  }
  return undefined;
}

export function isStatic(shape: Shape): shape is StaticShape {
  return shape.every((dim) => typeof dim === "number");
}

/** The number of elements. */
export function sizeOf(shape: StaticShape): number {
  let size = 1;
  for (const dim of shape) size *= dim;
  return size;
}

/** The number of elements as a dim. */
export function sizeDim(shape: Shape): Dim {
  let size: Dim = 1;
  for (const dim of shape) size = mulDim(size, dim);
  return size;
}

/** A shape for messages, as Keras prints it: unknown sizes are None. */
export function formatShape(shape: Shape): string {
  const dims = shape.map((dim) => (typeof dim === "number" ? String(dim) : "None"));
  return dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(", ")})`;
}
