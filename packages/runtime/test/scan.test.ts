import * as ir from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { counting, evaluateAll, of } from "./evaluate.ts";

/** Running sums scaled by an invariant, and the squares of the slices. */
function runningSum(builder: ir.GraphBuilder, x: ir.Tracer, reverse: boolean): Record<string, ir.Tracer> {
  const result = ir.Scan(
    {
      states: [builder.constant(of("float32", [0, 0]))],
      invariants: [builder.scalar(10, "float32")],
      scanned: [x],
      reverse,
    },
    ({ states: [sum], invariants: [factor], scanned: [slice] }) => {
      const next = ir.Add(sum!, ir.Mul(slice!, factor!));
      return { states: [next], outputs: [next, ir.Mul(slice!, slice!)] };
    },
  );
  return { final: result.states[0]!, sums: result.outputs[0]!, squares: result.outputs[1]! };
}

const arrays = (outputs: Record<string, ir.Tensor>) =>
  Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, value.toArray()]));

describe("Scan", () => {
  test("forward", async () => {
    const outputs = await evaluateAll((builder) => runningSum(builder, builder.constant(counting([3, 2])), false));
    expect(arrays(outputs)).toEqual({
      final: [60, 90],
      sums: [
        [0, 10],
        [20, 40],
        [60, 90],
      ],
      squares: [
        [0, 1],
        [4, 9],
        [16, 25],
      ],
    });
  });

  test("in reverse, with the outputs in the order of the inputs", async () => {
    const outputs = await evaluateAll((builder) => runningSum(builder, builder.constant(counting([3, 2])), true));
    expect(arrays(outputs)).toEqual({
      final: [60, 90],
      sums: [
        [60, 90],
        [60, 80],
        [40, 50],
      ],
      squares: [
        [0, 1],
        [4, 9],
        [16, 25],
      ],
    });
  });

  test("over nothing gives the states back", async () => {
    const outputs = await evaluateAll(
      (builder) => runningSum(builder, builder.input("x", ["time", 2], "float32"), false),
      { x: ir.filled("float32", [0, 2], 0) },
    );
    expect(outputs["final"]!.toArray()).toEqual([0, 0]);
    expect(outputs["sums"]!.shape).toEqual([0, 2]);
  });

  test("the body sees the sizes outside", async () => {
    const { y } = await evaluateAll(
      (builder) => {
        const x = builder.input("x", ["batch", "time"], "float32");
        const { outputs } = ir.Scan(
          { states: [builder.scalar(0, "int32")], scanned: [ir.Transpose(x, [1, 0])] },
          ({ states: [count], scanned: [slice] }) => {
            const body = slice!.builder;
            const rows = ir.Cast(ir.Range(body, slice!.shape[0]!), "float32");
            const time = ir.Cast(ir.DimSize(body, "time"), "float32");
            return { states: [ir.Add(count!, 1)], outputs: [ir.Add(ir.Add(slice!, rows), time)] };
          },
        );
        return { y: outputs[0]! };
      },
      { x: counting([2, 3]) },
    );
    expect(y!.toArray()).toEqual([
      [3, 7],
      [4, 8],
      [5, 9],
    ]);
  });

  test("nested, with int64 and bool outputs", async () => {
    const { total, flags } = await evaluateAll((builder) => {
      const x = builder.constant(counting([2, 3], "int64"));
      const outer = ir.Scan(
        { states: [builder.constant(of("int64", 0))], scanned: [x] },
        ({ states, scanned: [cells] }) => {
          const inner = ir.Scan({ states, scanned: [cells!] }, ({ states: [sum], scanned: [cell] }) => ({
            states: [ir.Add(sum!, cell!)],
            outputs: [ir.Greater(sum!, cell!)],
          }));
          return { states: inner.states, outputs: inner.outputs };
        },
      );
      return { total: outer.states[0]!, flags: outer.outputs[0]! };
    });
    expect(total!.toArray()).toBe(15);
    expect(flags!.dtype).toBe("bool");
    expect(flags!.toArray()).toEqual([
      [0, 0, 0],
      [0, 1, 1],
    ]);
  });

  test("errors in the body name the path to the node", async () => {
    const run = evaluateAll((builder) => {
      const { outputs } = builder.scoped("rnn", () =>
        ir.Scan(
          {
            states: [],
            invariants: [builder.constant(counting([3]))],
            scanned: [builder.constant(of("int32", [0, 3]))],
          },
          ({ invariants: [table], scanned: [index] }) => ({ states: [], outputs: [ir.Gather(table!, index!)] }),
        ),
      );
      return { y: outputs[0]! };
    });
    await expect(run).rejects.toMatchObject({ code: "data", where: "rnn/Scan/Gather" });
  });

  test("scanned inputs of different lengths are refused", async () => {
    const run = evaluateAll(
      (builder) => {
        const a = builder.input("a", ["n"], "float32");
        const b = builder.input("b", ["m"], "float32");
        const { outputs } = ir.Scan({ states: [], scanned: [a, b] }, ({ scanned: [x, y] }) => ({
          states: [],
          outputs: [ir.Add(x!, y!)],
        }));
        return { y: outputs[0]! };
      },
      { a: counting([2]), b: counting([3]) },
    );
    await expect(run).rejects.toMatchObject({ code: "shape", where: "Scan", expected: "(2)", received: "(3)" });
  });

  test("a state that changes its shape is refused", async () => {
    const run = evaluateAll((builder) => {
      const { states } = ir.Scan(
        { states: [builder.constant(of("float32", [1]))], scanned: [builder.constant(counting([2]))] },
        ({ states: [state] }) => ({ states: [ir.Concat([state!, state!], 0)], outputs: [] }),
      );
      return { y: states[0]! };
    });
    await expect(run).rejects.toMatchObject({ code: "shape", expected: "(1)", received: "(2)" });
  });

  test("a state that changes its dtype is refused", async () => {
    const run = evaluateAll((builder) => {
      const { states } = ir.Scan(
        { states: [builder.scalar(1, "float32")], scanned: [builder.constant(counting([1]))] },
        ({ states: [state] }) => ({ states: [ir.Cast(state!, "int32")], outputs: [] }),
      );
      return { y: states[0]! };
    });
    await expect(run).rejects.toMatchObject({ code: "dtype", expected: "float32", received: "int32" });
  });
});
