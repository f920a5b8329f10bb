import * as ir from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { gradients } from "../../src/index.ts";
import { bool, type Differentiable, expectGradients, gradientsAt, type Input, int32, noise } from "./check-gradient.ts";

const units = 2;

/** One step of an LSTM whose input is already multiplied with its kernel. */
function lstmCell(z: ir.Tracer, c: ir.Tracer): readonly [ir.Tracer, ir.Tracer] {
  const gate = (i: number) => ir.SliceAxis(z, 1, i * units, (i + 1) * units);
  const remembered = ir.Mul(ir.Sigmoid(gate(1)), c);
  const next = ir.Add(remembered, ir.Mul(ir.Sigmoid(gate(0)), ir.Tanh(gate(2))));
  return [ir.Mul(ir.Sigmoid(gate(3)), ir.Tanh(next)), next];
}

interface LstmOptions {
  readonly reverse?: boolean;
  readonly masked?: boolean;
}

function lstm({ reverse = false, masked = false }: LstmOptions): Differentiable {
  return (x, recurrent, bias, h0, c0, mask) => {
    const result = ir.Scan(
      {
        states: [h0, c0],
        invariants: [recurrent, bias],
        scanned: masked ? [x, mask] : [x],
        reverse,
      },
      ({ states: [h, c], invariants: [r, b], scanned: [slice, keep] }) => {
        const z = ir.Add(ir.Add(slice!, ir.MatMul(h!, r!)), b!);
        const [nextH, nextC] = lstmCell(z, c!);
        if (keep === undefined) return { states: [nextH, nextC], outputs: [nextH] };
        const column = ir.Reshape(keep, [keep.shape[0]!, 1]);
        const kept = [ir.Where(column, nextH, h!), ir.Where(column, nextC, c!)];
        return { states: kept, outputs: [kept[0]!] };
      },
    );
    return [...result.outputs, ...result.states];
  };
}

const lstmInputs: readonly Input[] = [
  { value: noise("x", [3, 2, 4 * units]), shape: ["time", "batch", 4 * units] },
  { value: noise("recurrent", [units, 4 * units]) },
  { value: noise("bias", [4 * units]) },
  { value: noise("h", [2, units]), shape: ["batch", units] },
  { value: noise("c", [2, units]), shape: ["batch", units] },
  { value: bool([3, 2], [1, 1, 0, 1, 1, 0]), shape: ["time", "batch"] },
];

describe("an LSTM", () => {
  test.each([[{}], [{ reverse: true }], [{ masked: true }], [{ masked: true, reverse: true }]])(
    "%j",
    async (options) => {
      await expectGradients(lstm(options), lstmInputs);
    },
  );

  test("whose last state alone counts", async () => {
    await expectGradients((...inputs) => [lstm({})(...inputs)].flat()[1]!, lstmInputs);
  });

  test("whose outputs alone count", async () => {
    await expectGradients((...inputs) => [lstm({ reverse: true })(...inputs)].flat()[0]!, lstmInputs);
  });

  test.each([[{}], [{ masked: true }]])("second derivatives, %j", async (options) => {
    const [x, ...rest] = lstmInputs;
    const short = [{ value: noise("x", [2, 1, 4 * units]), shape: x!.shape! }, ...rest.slice(0, 2)];
    const states = [
      { value: noise("h", [1, units]), shape: ["batch", units] },
      { value: noise("c", [1, units]), shape: ["batch", units] },
      { value: bool([2, 1], [1, 0]), shape: ["time", "batch"] },
    ];
    await expectGradients(lstm(options), [...short, ...states], { order: 2 });
  });
});

/** A loop over a matrix [time, 2] with a state [2]. */
const rows: Input = { value: noise("rows", [3, 2]), shape: ["time", 2] };
const start: Input = { value: noise("start", [2]) };

type Body = (step: ir.ScanStep) => ir.ScanResult;
const loop =
  (body: Body, reverse = false): Differentiable =>
  (x, state, ...invariants) => {
    const result = ir.Scan({ states: [state], invariants, scanned: [x], reverse }, body);
    return [...result.states, ...result.outputs];
  };

const asRow = (x: ir.Tracer) => ir.Reshape(x, [1, 2]);
const asVector = (x: ir.Tracer) => ir.Reshape(x, [2]);
const square: Input = { value: noise("square", [2, 2]) };

const bodies: readonly (readonly [string, Body, readonly Input[]])[] = [
  [
    "a running sum",
    ({ states: [sum], scanned: [x] }) => {
      const next = ir.Add(sum!, x!);
      return { states: [next], outputs: [next] };
    },
    [],
  ],
  [
    "an invariant used twice, and not only in a product",
    ({ states: [s], scanned: [x], invariants: [w] }) => {
      const once = ir.MatMul(asRow(s!), w!);
      const twice = ir.MatMul(ir.Tanh(once), w!);
      const next = ir.Add(asVector(ir.Add(twice, x!)), ir.ReduceSum(ir.Mul(w!, w!), { axes: [0] }));
      return { states: [next], outputs: [ir.Mul(next, x!)] };
    },
    [square],
  ],
  [
    "an invariant on the left of a product",
    ({ states: [s], scanned: [x], invariants: [w] }) => {
      const next = ir.Add(ir.Reshape(ir.MatMul(w!, ir.Reshape(s!, [2, 1])), [2]), x!);
      return { states: [next], outputs: [] };
    },
    [square],
  ],
  [
    "computations with invariants alone",
    ({ states: [s], scanned: [x], invariants: [w, b] }) => {
      const kernel = ir.Mul(ir.Transpose(w!, [1, 0]), ir.Exp(ir.ReduceSum(b!)));
      const next = ir.Tanh(asVector(ir.Add(ir.MatMul(asRow(s!), kernel), ir.Add(x!, ir.SliceAxis(w!, 0, 0, 1)))));
      return { states: [next], outputs: [ir.Sin(next)] };
    },
    [square, { value: noise("b", [2]) }],
  ],
  [
    "constants and sizes",
    ({ states: [s], scanned: [x] }) => {
      const { builder } = s!;
      const size = ir.Cast(ir.DimSize(builder, "time"), "float64");
      const next = ir.Mul(ir.Add(s!, ir.Div(x!, size)), builder.constant(noise("constant", [2])));
      return { states: [next], outputs: [ir.Mul(next, ir.Cast(ir.Range(builder, 2), "float64"))] };
    },
    [],
  ],
  ["a state that never changes", ({ states: [s], scanned: [x] }) => ({ states: [s!], outputs: [ir.Mul(s!, x!)] }), []],
  [
    "a state that does not depend on the one before",
    ({ states: [s], scanned: [x] }) => ({ states: [ir.Sin(x!)], outputs: [ir.Mul(s!, x!)] }),
    [],
  ],
  [
    "a state that nothing comes of",
    ({ states: [s], scanned: [x] }) => ({ states: [ir.Floor(ir.Add(s!, x!))], outputs: [ir.Exp(x!)] }),
    [],
  ],
  [
    "outputs of what goes in, untouched",
    ({ states: [s], scanned: [x], invariants: [w] }) => ({ states: [x!], outputs: [s!, x!, w!] }),
    [square],
  ],
  [
    "a maximum so far",
    ({ states: [s], scanned: [x] }) => ({ states: [ir.Max(s!, x!)], outputs: [ir.Max(s!, ir.Neg(x!))] }),
    [],
  ],
];

describe.each(bodies)("a loop with %s", (_, body, invariants) => {
  const inputs = [rows, start, ...invariants];

  test("forward", () => expectGradients(loop(body), inputs));
  test("in reverse", () => expectGradients(loop(body, true), inputs));
  test("gradients of the gradients", () => expectGradients(loop(body), inputs, { order: 2 }));
});

describe("a loop", () => {
  test("with scanned integers, which choose rows of an invariant", async () => {
    const chosen: Differentiable = (x, state, indices, table) => {
      const result = ir.Scan(
        { states: [state], invariants: [table], scanned: [x, indices] },
        ({ states: [s], invariants: [t], scanned: [slice, i] }) => {
          const next = ir.Tanh(ir.Add(ir.Mul(s!, ir.Gather(t!, i!, 0)), slice!));
          return { states: [next], outputs: [] };
        },
      );
      return result.states;
    };
    const inputs = [rows, start, { value: int32([3], [2, 0, 2]), shape: ["time"] }, { value: noise("table", [3, 2]) }];
    await expectGradients(chosen, inputs);
    await expectGradients(chosen, inputs, { order: 2 });
  });

  test("within a loop", async () => {
    const nested: Differentiable = (x, state, w) => {
      const result = ir.Scan(
        { states: [state], invariants: [w], scanned: [x] },
        ({ states: [s], invariants: [weight], scanned: [slices] }) => {
          const inner = ir.Scan(
            { states: [s!], invariants: [weight!], scanned: [slices!], reverse: true },
            ({ states: [t], invariants: [kernel], scanned: [slice] }) => {
              const next = ir.Tanh(ir.Add(asVector(ir.MatMul(asRow(t!), kernel!)), slice!));
              return { states: [next], outputs: [ir.Sin(next)] };
            },
          );
          return { states: inner.states, outputs: [ir.Mul(inner.outputs[0]!, slices!)] };
        },
      );
      return [...result.states, ...result.outputs];
    };
    const cube = { value: noise("cube", [2, 3, 2]), shape: ["outer", "inner", 2] };
    await expectGradients(nested, [cube, start, square]);
    await expectGradients(nested, [cube, start, square], { order: 2 });
  });

  test("that takes the same value in several places", async () => {
    const same: Differentiable = (x, state) => {
      const result = ir.Scan(
        { states: [state, state], invariants: [state, state], scanned: [x, x] },
        ({ states: [a, b], invariants: [v, w], scanned: [p, q] }) => ({
          states: [ir.Mul(ir.Add(a!, p!), v!), ir.Add(ir.Mul(b!, q!), w!)],
          outputs: [ir.Mul(a!, b!)],
        }),
      );
      return [...result.states, ...result.outputs];
    };
    await expectGradients(same, [rows, start]);
    await expectGradients(same, [rows, start], { order: 2 });
  });

  test("whose slices have fewer axes than its state", async () => {
    const uneven: Differentiable = (x, state) => {
      const { states, outputs } = ir.Scan({ states: [state], scanned: [x] }, ({ states: [s], scanned: [slice] }) => {
        const next = ir.Mul(ir.Tanh(s!), ir.Exp(ir.Mul(slice!, slice!)));
        return { states: [next], outputs: [ir.Mul(next, ir.Sigmoid(slice!))] };
      });
      return [...states, ...outputs];
    };
    await expectGradients(uneven, [rows, square]);
    await expectGradients(uneven, [rows, square], { order: 2 });
  });

  test("of no steps", async () => {
    const empty = { value: noise("none", [0, 2]), shape: ["time", 2] };
    const [body] = [bodies[1]![1]];
    const [ofRows, ofStart, ofSquare] = await gradientsAt(loop(body), [empty, start, square]);
    expect(ofRows).toEqual([]);
    expect(ofStart).toEqual([1, 1]);
    expect(ofSquare).toEqual([0, 0, 0, 0]);
  });
});

describe("what the backward loop looks like", () => {
  function scans(wrt: readonly number[], options: LstmOptions = {}) {
    const builder = new ir.GraphBuilder("test");
    const inputs = lstmInputs.map(({ value, shape }, i) => {
      const dtype = value.dtype === "bool" ? "bool" : "float32";
      return builder.input(`x${i}`, shape ?? value.shape, dtype);
    });
    const [outputs] = [lstm(options)(...inputs)].flat();
    const found = gradients(
      ir.ReduceSum(outputs!),
      wrt.map((i) => inputs[i]!),
    );
    const named = found.map((gradient, i): [string, ir.Tracer] => [`gradient${i}`, gradient]);
    const graph = builder.finish(Object.fromEntries([["outputs", outputs!], ...named]));
    const nodes = graph.nodes.flatMap(({ name, op }) => (op.type === "Scan" ? [{ name, ...op.attributes }] : []));
    return { graph, forward: nodes[0]!, backward: nodes[1]! };
  }

  test("it runs the other way round, and carries the states' gradients alone", () => {
    const { forward, backward } = scans([0, 1, 2]);
    expect(forward.reverse).toBe(false);
    expect(backward.reverse).toBe(true);
    expect(backward.name).toBe("gradients/Scan/Scan");
    expect(backward.states).toBe(2);
  });

  test("weight gradients are products after the loop, over all steps and rows", () => {
    const { graph, backward } = scans([0, 1, 2]);
    const count = (nodes: readonly ir.Node<ir.PrimitiveOp>[], type: ir.Primitive) =>
      nodes.filter(({ op }) => op.type === type).length;
    expect(count(backward.body.nodes, "MatMul")).toBe(1);
    expect(count(backward.body.nodes, "Transpose")).toBe(0);
    expect(count(backward.body.nodes, "ReduceSum")).toBe(0);
    expect(count(graph.nodes, "MatMul")).toBe(1);
    expect(count(graph.nodes, "ReduceSum")).toBe(1);
  });

  test("one stack serves the input, the weights and the bias", () => {
    const { backward } = scans([0, 1, 2]);
    expect(backward.body.outputs.length - backward.states).toBe(1);
  });

  test("slopes of activations do not wait for the loop: they are computed for all steps at once", () => {
    const { graph, backward } = scans([0, 1, 2]);
    const count = (nodes: readonly ir.Node<ir.PrimitiveOp>[]) => nodes.filter(({ op }) => op.type === "Sub").length;
    expect(count(backward.body.nodes)).toBe(0);
    // One for each of the five activations.
    expect(count(graph.nodes)).toBe(5);
  });

  test("masks are scanned again, not kept by the forward loop", () => {
    const { forward } = scans([0, 1, 2], { masked: true });
    const types = forward.body.outputs.map(({ value }) => forward.body.values[value]!.dtype);
    expect(new Set(types)).toEqual(new Set(["float32"]));
  });

  test("the forward loop stays as it was where no gradient passes through it", () => {
    const builder = new ir.GraphBuilder("test");
    const x = builder.input("x", [3, 2], "float32");
    const w = builder.input("w", [2], "float32");
    const { states } = ir.Scan({ states: [ir.StopGradient(w)], scanned: [x] }, ({ states: [s], scanned: [slice] }) => ({
      states: [ir.Mul(s!, slice!)],
      outputs: [],
    }));
    gradients(ir.ReduceSum(ir.Mul(states[0]!, w)), [w]);
    expect(builder.nodes.filter(({ op }) => op.type === "Scan")).toHaveLength(1);
    expect(builder.nodes.find(({ op }) => op.type === "Scan")!.outputs).toHaveLength(1);
  });
});
