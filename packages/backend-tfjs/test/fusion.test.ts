import {
  Abs,
  Add,
  And,
  Div,
  Equal,
  Exp,
  Floor,
  GraphBuilder,
  Greater,
  GreaterOrEqual,
  Less,
  LessOrEqual,
  MatMul,
  Max,
  Min,
  Mul,
  Neg,
  Not,
  Or,
  type PrimitiveGraph,
  ReduceSum,
  Relu,
  type Shape,
  Sigmoid,
  Softplus,
  Sqrt,
  Sub,
  Tanh,
  tensor,
  type Tracer,
  Transpose,
  Where,
} from "@lamella/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { expectSameGraph, graphOf, randomTensor } from "../../../internal/conformance/src/primitives/index.ts";
import { staticType } from "../src/check-types.ts";
import { wasm } from "../src/devices/wasm.ts";
import { fuse } from "../src/fusion.ts";
import { tfjs } from "../src/index.ts";
import { linkOf } from "../src/kernels/chains.ts";
import { Machine } from "../src/machine.ts";
import { withoutTransposes } from "../src/transposed-products.ts";

const subject = { name: "wasm", backend: tfjs({ device: "wasm" }), dtypes: ["float32"] } as const;

/** The types of the nodes that are computed at once. */
function fused(graph: PrimitiveGraph): readonly string[] {
  const typeOf = (id: number) => staticType(graph.values[id]!);
  const wanted = new Set(graph.outputs.map(({ value }) => value));
  return fuse(graph.nodes, wanted, (node) => linkOf(node, typeOf)).map(({ nodes, isChain }) => {
    const types = nodes.map(({ op }) => op.type).join(" ");
    return isChain ? types : `(${types})`;
  });
}

function groupsOf(
  shapes: Readonly<Record<string, Shape>>,
  build: (inputs: Readonly<Record<string, Tracer>>) => Readonly<Record<string, Tracer>> | Tracer,
): readonly string[] {
  return fused(
    graphOf({ inputs: Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, { shape }])), build }),
  );
}

describe("what is computed at once", () => {
  const matrix = [6, 8] as const;

  test("chains, with rows and single elements, and chains that meet", () => {
    const groups = groupsOf({ x: matrix, row: [8], one: [] }, ({ x, row, one }) => {
      const [a, b] = [Add(x!, row!), Mul(x!, one!)];
      return { a, d: Where(Or(Greater(b, a), Not(Less(b, 0))), a, Sqrt(b)) };
    });
    expect(groups).toEqual(["(Constant)", "Add Mul Greater Less Not Or Sqrt Where"]);
  });

  test("a chain ends where something else takes a result of it", () => {
    const groups = groupsOf({ x: matrix }, ({ x }) => {
      const a = Neg(Abs(x!));
      const b = Softplus(a);
      return Add(Mul(a, a), b);
    });
    expect(groups).toEqual(["Abs Neg", "(Softplus)", "Mul Add"]);
  });

  test("a chain that waits does not come after what needs it", () => {
    const groups = groupsOf({ x: matrix, y: matrix, row: [8] }, ({ x, y, row }) => {
      const a = Abs(x!);
      const sum = ReduceSum(a, { axes: [0], keepdims: false });
      const b = Neg(y!);
      return { a: Add(a, b), c: Mul(sum, row!) };
    });
    expect(groups).toEqual(["Abs", "(ReduceSum)", "Neg Add", "Mul"]);
  });

  test.for([
    ["columns", { x: matrix, y: [6, 1] }],
    ["rows that lie apart", { x: [2, 6, 8], y: [2, 1, 8] }],
    ["both sides spread", { x: [6, 1], y: [8] }],
    ["short rows", { x: [6, 3], y: [3] }],
    ["nothing", { x: [0, 8], y: [8] }],
  ] as const)("not %s", ([, shapes]) => {
    expect(groupsOf(shapes, ({ x, y }) => Add(x!, y!))).toEqual(["(Add)"]);
  });

  test("not rows of two lengths, nor other types than floats", () => {
    const groups = groupsOf({ x: [2, 6, 8], row: [8], map: [6, 8] }, ({ x, row, map }) => Add(Mul(x!, row!), map!));
    expect(groups).toEqual(["Mul", "Add"]);
    const whole = graphOf({
      inputs: { x: { shape: matrix, dtype: "int32" } },
      build: ({ x }) => ({ y: Add(x!, x!), equal: Equal(x!, x!) }),
    });
    expect(fused(whole)).toEqual(["(Add)", "(Equal)"]);
  });

  test("not more than a function can be long", () => {
    const groups = groupsOf({ x: matrix }, ({ x }) => Array.from({ length: 100 }).reduce<Tracer>((y) => Neg(y), x!));
    expect(groups.map((nodes) => nodes.split(" ").length)).toEqual([64, 36]);
  });
});

const unary = [Neg, Abs, Floor, Sqrt, Relu];
const binary = [Add, Sub, Mul, Div, Max, Min];
const comparisons = [Equal, Greater, GreaterOrEqual, Less, LessOrEqual];
const special = [NaN, 0, -0, Infinity, -Infinity, 1, -1, 1e-40, 3e38, 0.1, 16_777_217];
const draws = fc.array(fc.tuple(fc.nat(3), fc.nat(), fc.nat(), fc.nat()), { minLength: 1, maxLength: 12 });
const sizes = fc.constantFrom<readonly number[]>([3, 8], [2, 5, 7], [1], [13], [4, 4], [0, 4], []);

function numbersOf(size: number, seed: number): readonly number[] {
  return Array.from({ length: size }, (_, i) => special[(i * 7 + seed + (i >> 2)) % special.length]!);
}

/** Random functions of elements: every third result is an output, so that it is used within a chain and outside. */
function randomGraph(shape: readonly number[], lines: readonly (readonly number[])[]): PrimitiveGraph {
  const builder = new GraphBuilder("chain");
  const input = (name: string, own: readonly number[]) => builder.input(name, own, "float32");
  const floats = [input("x", shape), input("y", shape), input("row", shape.slice(-1)), input("one", [])];
  const bools = [builder.input("mask", shape, "bool"), Greater(floats[0]!, floats[1]!)];
  const outputs: Record<string, Tracer> = {};
  for (const [i, [kind, f, a, b]] of lines.entries()) {
    const [left, right] = [floats.at(a! % floats.length)!, floats.at(b! % floats.length)!];
    const [first, second] = [bools.at(a! % bools.length)!, bools.at(b! % bools.length)!];
    const conditions = [() => And(first, second), () => Or(first, second), () => Not(first)];
    const all = [...comparisons.map((compare) => () => compare(floats[0]!, right)), ...conditions];
    if (kind === 0) floats.push(Add(unary[f! % unary.length]!(left), floats[0]!));
    if (kind === 1) floats.push(binary[f! % binary.length]!(left, right));
    if (kind === 2) bools.push(all[f! % all.length]!());
    if (kind === 3) floats.push(Where(bools.at(f! % bools.length)!, left, right));
    if (i % 3 === 0) outputs[`f${i}`] = floats.at(-1)!;
    if (i % 3 === 0) outputs[`b${i}`] = bools.at(-1)!;
  }
  return builder.finish({ ...outputs, last: floats.at(-1)!, condition: bools.at(-1)! });
}

test("random chains give the very numbers of the reference", { timeout: 20_000 }, async () => {
  const property = fc.asyncProperty(sizes, draws, fc.nat(10), async (shape, lines, seed) => {
    const graph = randomGraph(shape, lines);
    const feeds = Object.fromEntries(
      graph.inputs.map(({ name, value }, i) => {
        const { shape: own, dtype } = staticType(graph.values[value]!);
        const size = own.reduce((product, dim) => product * dim, 1);
        const numbers = numbersOf(size, seed + i).map((x) => (dtype === "bool" ? Number(x > 0) : x));
        return [name, tensor(numbers, own, dtype)];
      }),
    );
    await expectSameGraph(subject, graph, [feeds], 0);
  });
  await fc.assert(property, { numRuns: 100, interruptAfterTimeLimit: 8000 });
});

describe("products of transposed matrices", () => {
  type Inputs = Readonly<Record<string, Tracer>>;
  const turned = (x: Tracer) => Transpose(x, [1, 0]);

  test.for([
    [9, 8, 12, 16],
    [140, 8, 100, 8],
    [7, 20, 600, 140],
  ] as const)("%d rows of %d and of %d; %d columns", async ([rows, a, b, c]) => {
    const graph = graphOf({
      inputs: { x: { shape: [rows, a] }, y: { shape: [rows, b] }, w: { shape: [c, b] }, stack: { shape: [2, 8, b] } },
      build: ({ x, y, w, stack }: Inputs) => ({
        left: MatMul(turned(x!), y!),
        right: MatMul(y!, turned(w!)),
        shared: MatMul(stack!, turned(w!)),
        paired: MatMul(stack!, Transpose(stack!, [0, 2, 1])),
      }),
    });
    const feeds = Object.fromEntries(
      graph.inputs.map(({ name, value }) => [name, randomTensor(name, staticType(graph.values[value]!).shape)]),
    );
    // The second time memory is not new.
    await expectSameGraph(subject, graph, [feeds, feeds]);
  });

  const left = async (shapes: Readonly<Record<string, Shape>>, build: (inputs: Inputs) => Record<string, Tracer>) => {
    const inputs = Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, { shape }]));
    const graph = graphOf({ inputs, build });
    const wanted = new Set(graph.outputs.map(({ value }) => value));
    const machine = new Machine(await wasm.load());
    const { nodes } = withoutTransposes(graph.nodes, wanted, (id) => staticType(graph.values[id]!), machine);
    return nodes.map(({ op }) => op.type).join(" ");
  };
  const shapes = { x: [8, 8], y: [8, 8] } as const;

  test("no transposes are left", async () => {
    expect(await left(shapes, ({ x, y }) => ({ a: MatMul(turned(x!), y!) }))).toBe("MatMul");
    expect(await left(shapes, ({ x, y }) => ({ a: MatMul(x!, turned(y!)) }))).toBe("MatMul");
    expect(await left(shapes, ({ x, y }) => ({ a: MatMul(turned(x!), turned(y!)) }))).toBe("Transpose MatMul");
    const stack = { x: [2, 8, 8] } as const;
    expect(await left(stack, ({ x }) => ({ a: MatMul(x!, Transpose(x!, [0, 2, 1])) }))).toBe("MatMul");
  });

  test("but those that something else takes, and before products of TensorFlow.js", async () => {
    const wanted = await left(shapes, ({ x, y }) => {
      const t = turned(x!);
      return { t, a: MatMul(t, y!) };
    });
    expect(wanted).toBe("Transpose MatMul");
    const taken = await left(shapes, ({ x, y }) => {
      const t = turned(x!);
      return { a: MatMul(t, y!), b: Neg(t) };
    });
    expect(taken).toBe("Transpose MatMul Neg");
    const thin = { x: [8, 3], y: [8, 5] } as const;
    expect(await left(thin, ({ x, y }) => ({ a: MatMul(turned(x!), y!) }))).toBe("Transpose MatMul");
    const stacks = { x: [2, 8, 8], y: [8, 2, 8] } as const;
    const other = await left(stacks, ({ x, y }) => ({ a: MatMul(x!, Transpose(y!, [1, 0, 2])) }));
    expect(other).toBe("Transpose MatMul");
  });
});

describe("functions by polynomials", () => {
  /** In epsilons of the result: the distance from this float32 to the next. */
  const distance = (actual: number, exact: number) =>
    Math.abs(actual - exact) / 2 ** Math.max(-149, Math.floor(Math.log2(Math.abs(exact))) - 23);
  const all = {
    exp: [Exp, Math.exp, 1],
    tanh: [Tanh, Math.tanh, 2],
    sigmoid: [Sigmoid, (x: number) => 1 / (1 + Math.exp(-x)), 2],
  } as const;

  test.for(Object.entries(all))("%s is as near as it says", async ([, [op, f, epsilons]]) => {
    const count = 40_000;
    const near = Array.from({ length: count }, (_, i) => (i / count - 0.5) * 2.6);
    const far = Array.from({ length: count }, (_, i) => (i / count - 0.5) * 190);
    const tiny = [1e-30, -1e-30, 1e-45, 0.625, -0.625, 0.62499994, 88.722, 88.73, -103.9];
    const x = Float32Array.from([...near, ...far, ...tiny]);
    const graph = graphOf({ inputs: { x: { shape: [x.length] } }, build: (given) => op(given["x"]!) });
    await using executable = await subject.backend.compile(graph);
    const { y } = await executable.run({ x: tensor(x) });
    const numbers = (await y!.read()).toNumbers();
    y!.dispose();
    const far64 = Array.from(x, f);
    const distances = numbers.map((value, i) => {
      const exact = far64[i]!;
      return value === Math.fround(exact) ? 0 : distance(value, exact);
    });
    expect(Math.max(...distances)).toBeLessThanOrEqual(epsilons);
  });

  test("what is not finite", async () => {
    const graph = graphOf({
      inputs: { x: { shape: [5] } },
      build: ({ x }) => ({ exp: Exp(x!), tanh: Tanh(x!), sigmoid: Sigmoid(x!) }),
    });
    await expectSameGraph(subject, graph, [{ x: tensor([NaN, Infinity, -Infinity, 0, -0]) }], 0);
  });
});

test("chains between others: Softplus and a product", async () => {
  const graph = graphOf({
    inputs: { x: { shape: [6, 8] }, w: { shape: [8, 8] }, row: { shape: [8] } },
    build: ({ x, w, row }) => {
      const y = Relu(Add(MatMul(x!, w!), row!));
      return { y, z: Where(Greater(y, 0), Mul(Softplus(y), 2), y) };
    },
  });
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, value }) => {
      const { shape } = staticType(graph.values[value]!);
      const size = shape.reduce((product, dim) => product * dim, 1);
      return [
        name,
        tensor(
          Array.from({ length: size }, (_, i) => ((i * 37) % 11) / 8 - 0.5),
          shape,
        ),
      ];
    }),
  );
  await expectSameGraph(subject, graph, [feeds]);
});
