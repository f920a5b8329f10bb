import {
  addDim,
  type Bindings,
  bindShape,
  ceilDivDim,
  type Dim,
  dimSymbols,
  evalDim,
  evalShape,
  exactDivDim,
  floorDivDim,
  formatShape,
  isStatic,
  isSymbol,
  mulDim,
  neverEqual,
  normalizeDim,
  sizeDim,
  sizeOf,
  subDim,
  substituteDim,
} from "@lamella/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { expectError } from "./expect-error.ts";

/** A dim beside the number it stands for under `bindings`. */
interface Sized {
  readonly dim: Dim;
  readonly value: (bindings: Bindings) => number;
}

const symbols = ["a", "b", "time"] as const;
const bindings = fc.record({ a: fc.integer({ min: 0, max: 9 }), b: fc.nat(9), time: fc.nat(9) });

const { sized } = fc.letrec<{ sized: Sized }>((tie) => {
  const binary = (combine: (a: Dim, b: Dim) => Dim, numbers: (a: number, b: number) => number) =>
    fc.tuple(tie("sized"), tie("sized")).map(([a, b]): Sized => ({
      dim: combine(a.dim, b.dim),
      value: (known) => numbers(a.value(known), b.value(known)),
    }));
  return {
    sized: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.integer({ min: -4, max: 6 }).map((dim): Sized => ({ dim, value: () => dim })),
      fc.constantFrom(...symbols).map((dim): Sized => ({ dim, value: (known) => known[dim]! })),
      binary(addDim, (a, b) => a + b),
      binary(subDim, (a, b) => a - b),
      binary(mulDim, (a, b) => a * b),
      fc.tuple(tie("sized"), fc.integer({ min: 1, max: 5 })).map(([a, divisor]): Sized => ({
        dim: floorDivDim(a.dim, divisor),
        value: (known) => Math.floor(a.value(known) / divisor),
      })),
      fc.tuple(tie("sized"), fc.integer({ min: 1, max: 5 })).map(([a, divisor]): Sized => ({
        dim: ceilDivDim(a.dim, divisor),
        value: (known) => Math.ceil(a.value(known) / divisor),
      })),
    ),
  };
});

describe("normal form", () => {
  test.for<[Dim, Dim]>([
    [3, 3],
    [-0, 0],
    ["3", 3],
    ["time", "time"],
    [" time * 8 ", "time*8"],
    ["8*time", "time*8"],
    ["b+a", "a+b"],
    ["a+a", "a*2"],
    ["a-a", 0],
    ["-a+3", "-a+3"],
    ["1+time", "time+1"],
    ["b*a*2*3", "a*b*6"],
    ["(a+1)*(a-1)", "a*a-1"],
    ["floor((time-1)/2)+1", "floor((time+1)/2)"],
    ["floor((time*4+3)/4)", "time"],
    ["floor(time/2)*2", "floor(time/2)*2"],
    ["floor(a*b/2)", "floor((a*b)/2)"],
    ["floor(floor(a/2)/2)", "floor(floor(a/2)/2)"],
    ["floor(7/2)", 3],
    ["floor((0-7)/2)", -4],
  ])("%s is %s", ([written, normal]) => {
    expect(normalizeDim(written)).toBe(normal);
    expect(normalizeDim(normal)).toBe(normal);
  });

  test.for([
    "",
    "2time",
    "time+",
    "a**b",
    "(a",
    "a)",
    "a/2",
    "floor(a)",
    "floor(a/0)",
    "floor(a/b)",
    "a b-",
    "é",
    "*a",
  ])("'%s' is not a dim", (text) => {
    expectError(() => normalizeDim(text), "shape", "is not a dimension", "a whole number, a symbol such as 'time'");
  });

  test.for([1.5, NaN, Infinity])("%s is not a size", (size) => {
    expectError(() => normalizeDim(size), "shape", "must be a whole number", `Received: ${size}`);
  });

  test("is its own normal form, and means what was computed", () => {
    fc.assert(
      fc.property(sized, bindings, ({ dim, value }, known) => {
        expect(normalizeDim(dim)).toBe(dim);
        expect(evalDim(dim, known)).toBe(value(known) + 0); // not -0
      }),
      { numRuns: 500 },
    );
  });

  test("sums and products do not depend on how they were written", () => {
    fc.assert(
      fc.property(sized, sized, sized, (a, b, c) => {
        expect(addDim(a.dim, b.dim)).toBe(addDim(b.dim, a.dim));
        expect(mulDim(a.dim, b.dim)).toBe(mulDim(b.dim, a.dim));
        expect(addDim(addDim(a.dim, b.dim), c.dim)).toBe(addDim(a.dim, addDim(b.dim, c.dim)));
        expect(mulDim(a.dim, addDim(b.dim, c.dim))).toBe(addDim(mulDim(a.dim, b.dim), mulDim(a.dim, c.dim)));
        expect(subDim(addDim(a.dim, b.dim), b.dim)).toBe(a.dim);
      }),
    );
  });
});

describe("division", () => {
  test("what divides evenly leaves the floor", () => {
    expect(floorDivDim("time*4+5", 4)).toBe("time+1");
    expect(floorDivDim("a*2+b", 2)).toBe("a+floor(b/2)");
    expect(ceilDivDim("time", 2)).toBe("floor((time+1)/2)");
    expect(ceilDivDim(7, 2)).toBe(4);
  });

  test("a floor of a product can be computed with", () => {
    expect(addDim(floorDivDim(mulDim("a", "b"), 2), 1)).toBe("floor((a*b)/2)+1");
  });

  test.for<[Dim, Dim, Dim | undefined]>([
    [12, 4, 3],
    [12, 5, undefined],
    [0, 5, 0],
    [5, 0, undefined],
    ["batch*12", 4, "batch*3"],
    ["batch*12", "batch", 12],
    ["batch*12", "batch*4", 3],
    ["batch*12", "batch*5", undefined],
    ["batch*12", "time", undefined],
    ["a*b+a*2", "a", "b+2"],
    ["a*b+2", "a", undefined],
    ["a+1", "a+1", 1],
    ["a*2+2", "a+1", undefined],
    ["a*floor((b*c)/2)*6", "floor((b*c)/2)*3", "a*2"],
  ])("%s / %s is exactly %s", ([a, b, quotient]) => {
    expect(exactDivDim(a, b)).toBe(quotient);
  });

  test("an exact quotient times the divisor is the dividend", () => {
    fc.assert(
      fc.property(sized, sized, (a, b) => {
        const quotient = exactDivDim(a.dim, b.dim);
        fc.pre(quotient !== undefined && b.dim !== 0);
        expect(mulDim(quotient, b.dim)).toBe(a.dim);
      }),
    );
  });

  test.for<[Dim, Dim, boolean]>([
    [6, 4, true],
    [6, 6, false],
    [0, 6, true],
    ["batch*6", "batch*4", true],
    ["batch*6", "batch*6", false],
    ["batch*6", 6, false],
    [0, "batch", false],
    ["batch", 0, false],
    ["batch*6", "time*4", false],
    ["a*2+2", "a+1", true],
    ["a*2+2", "a*2+1", false],
  ])("%s and %s can never be equal: %s", ([a, b, never]) => {
    expect(neverEqual(a, b)).toBe(never);
  });
});

describe("symbols", () => {
  test("are letters, digits and underscores", () => {
    expect(["time", "input_layer_1_dim2", "_", "A1"].map(isSymbol)).toEqual([true, true, true, true]);
    expect([3, "time*2", "2a", "floor(a/2)", ""].map(isSymbol)).toEqual([false, false, false, false, false]);
  });

  test("are listed once each", () => {
    expect(dimSymbols(7)).toEqual([]);
    expect(dimSymbols("a*b+floor((a+time)/2)")).toEqual(["a", "b", "time"]);
  });

  test("are replaced by dims; the others stay", () => {
    expect(substituteDim(5, { a: 3 })).toBe(5);
    expect(substituteDim("a*b+floor((a+1)/2)", { a: "time*3" })).toBe("b*time*3+floor((time*3+1)/2)");
    expect(substituteDim("floor(floor(a/2)/2)", { a: 9 })).toBe(2);
  });

  test("substitution commutes with evaluation", () => {
    fc.assert(
      fc.property(sized, sized, bindings, ({ dim }, { dim: inner }, known) => {
        const a = evalDim(inner, known);
        expect(evalDim(substituteDim(dim, { a: inner }), known)).toBe(evalDim(dim, { ...known, a }));
      }),
    );
  });

  test("without a value cannot be evaluated", () => {
    expectError(() => evalDim("time*2", { batch: 3 }), "shape", "The size 'time*2' has no value here.", '{"batch":3}');
    expect(evalShape(["batch", 2, "batch*2"], { batch: 3 })).toEqual([3, 2, 6]);
  });
});

describe("bindShape", () => {
  test("learns symbols and keeps what it knows", () => {
    const known: Record<string, number> = {};
    expect(bindShape(["batch", "time", 4], [2, 7, 4], known)).toBeUndefined();
    expect(known).toEqual({ batch: 2, time: 7 });
    expect(bindShape(["batch", "time*2"], [2, 14], known)).toBeUndefined();
  });

  test.for<[readonly Dim[], readonly number[], string]>([
    [["batch", 4], [2], "rank 1 where rank 2 is needed"],
    [["batch", 4], [2, 5], "5 at axis 1 where 4 is needed"],
    [["time", "time"], [2, 3], "3 at axis 1 where time = 2 is needed"],
    [["time", "time*2"], [2, 5], "5 at axis 1 where time*2 = 4 is needed"],
    [["time*2", "time"], [5, 2], "5 at axis 0 where time*2 = 4 is needed"],
  ])("%j refuses %j: %s", ([shape, actual, problem]) => {
    expect(bindShape(shape, actual, {})).toBe(problem);
  });

  test("refuses what earlier tensors ruled out", () => {
    expect(bindShape(["batch"], [3], { batch: 2 })).toBe("3 at axis 0 where batch = 2 is needed");
  });
});

describe("shapes", () => {
  test("have a size", () => {
    expect(sizeOf([])).toBe(1);
    expect(sizeOf([2, 3, 4])).toBe(24);
    expect(sizeDim(["batch", 3, 4])).toBe("batch*12");
    expect(isStatic([2, 3])).toBe(true);
    expect(isStatic([2, "batch"])).toBe(false);
  });

  test("print as Keras prints them", () => {
    expect(formatShape([])).toBe("()");
    expect(formatShape(["batch"])).toBe("(None,)");
    expect(formatShape(["batch", 3, "time*2"])).toBe("(None, 3, None)");
  });
});
