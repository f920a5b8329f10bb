import * as ops from "@lamella/ir";
import { type DType, GraphBuilder, isFloating, randomKey, Tensor, tensor, type Tracer } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { expectSame, type PrimitiveSubject } from "./harness.ts";

const batches = [
  { batch: 1, time: 3 },
  { batch: 4, time: 6 },
];

/** Two numbers of x. */
function firstTwo(x: Tracer): Tracer {
  return ops.Reshape(ops.SliceAxis(ops.SliceAxis(x, 1, 0, 2), 0, 0, 1), [2]);
}

/** Shapes, reductions, products, Scan, and values by their places. */
export function describeShaping(subject: PrimitiveSubject): void {
  const { backend, dtypes } = subject;
  const floating = dtypes.filter(isFloating);

  describe("shapes", () => {
    test("Reshape with symbols in every place", async () => {
      await expectSame(subject, {
        inputs: { x: { shape: ["batch", "time", 6] } },
        sizes: batches,
        build: ({ x }) => ({
          flat: ops.Reshape(x!, ["batch", "time*6"]),
          split: ops.Reshape(x!, ["batch", "time", 2, 3]),
          merged: ops.Reshape(x!, ["batch*time", 6]),
          back: ops.Reshape(ops.Reshape(x!, ["batch*time", 6]), ["batch", "time", 6]),
          swapped: ops.Reshape(x!, ["time", "batch", 6]),
          one: ops.Reshape(x!, ["batch*time*6"]),
          ones: ops.Reshape(x!, [1, "batch", 1, "time", 6]),
        }),
      });
    });

    test("DimSize, Range and computed dims", async () => {
      await expectSame(subject, {
        inputs: { x: { shape: ["batch", "time"] } },
        sizes: [...batches, { batch: 2, time: 1 }],
        build: (_, builder) => ({
          batch: ops.DimSize(builder, "batch"),
          floor: ops.DimSize(builder, "floor((time-3)/2)+1"),
          product: ops.DimSize(builder, "batch*time*2-batch+5"),
          nested: ops.DimSize(builder, "floor((floor((time-1)/2)+batch)/3)"),
          negative: ops.DimSize(builder, "-time*3+1"),
          range: ops.Range(builder, "batch*time"),
          fixed: ops.Range(builder, 4),
        }),
      });
    });

    test("Expand", async () => {
      await expectSame(subject, {
        inputs: { x: { shape: ["batch", 1, 3] }, s: { shape: [] } },
        sizes: batches,
        build: ({ x, s }) => ({ x: ops.Expand(x!, [2, "batch", 4, 3]), s: ops.Expand(s!, ["batch", 2]) }),
      });
    });

    test("Slice forwards, backwards, with steps and symbols", async () => {
      await expectSame(subject, {
        inputs: { x: { shape: ["batch", "time", 5] } },
        sizes: batches,
        build: ({ x }) => ({
          last: ops.SliceAxis(x!, 1, "time-1", "time"),
          allButLast: ops.SliceAxis(x!, 1, 0, "time-1"),
          first: ops.SliceAxis(x!, 1, 0, 1),
          middle: ops.SliceAxis(x!, 2, 1, 4, 2),
          half: ops.SliceAxis(x!, 1, "floor(time/2)", "time"),
          reversed: ops.Reverse(x!, 1),
          both: ops.Reverse(ops.Reverse(x!, 2), 1),
          downTo: ops.SliceAxis(x!, 2, 3, 0, -2),
          whole: ops.SliceAxis(x!, 0, 0, "batch"),
        }),
      });
    });

    test("Pad, Concat, Transpose, Gather, ScatterND for all dtypes", async () => {
      for (const dtype of dtypes) {
        const data = { shape: ["batch", 3], dtype, low: 0, high: dtype === "bool" ? 2 : 5, whole: true };
        await expectSame(subject, {
          inputs: { x: data, indices: { shape: [2, 2], dtype: "int32", low: 0, high: 3 } },
          sizes: batches,
          build: ({ x, indices }) => ({
            pad: ops.Pad(x!, [1, 0, 0, 2], 1),
            cat: ops.Concat([x!, x!], 0),
            wide: ops.Concat([x!, ops.Pad(x!, [0, 1, 0, 0])], 1),
            transposed: ops.Transpose(x!, [1, 0]),
            columns: ops.Gather(x!, indices!, 1),
            ...(dtype !== "bool" && {
              scattered: ops.ScatterND(ops.Transpose(x!, [1, 0]), indices!, firstTwo(x!)),
            }),
          }),
        });
      }
    });
  });

  describe("reductions", () => {
    const { ReduceSum, ReduceMean, ReduceMax } = ops;
    test.for(Object.entries({ ReduceSum, ReduceMean, ReduceMax }))("%s", async ([name, reduce]) => {
      for (const dtype of dtypes) {
        if (dtype === "bool" || (name === "ReduceMean" && !ops.isFloating(dtype))) continue;
        await expectSame(subject, {
          inputs: { x: { shape: ["batch", 3, 4], dtype, low: 0, high: 9 } },
          sizes: batches,
          build: ({ x }) => ({
            all: reduce(x!),
            kept: reduce(x!, { axes: [1], keepdims: true }),
            two: reduce(x!, { axes: [0, 2] }),
          }),
        });
      }
    });

    test("ArgMax gives the first of equal maxima", async () => {
      for (const dtype of dtypes) {
        await expectSame(subject, {
          inputs: { x: { shape: ["batch", 9], dtype, low: 0, high: dtype === "bool" ? 2 : 4, whole: true } },
          sizes: batches,
          build: ({ x }) => ({ last: ops.ArgMax(x!, 1), first: ops.ArgMax(x!, 0, true) }),
        });
      }
    });

    test("Softmax and LogSoftmax on every axis, far from zero too", async () => {
      for (const dtype of floating) {
        await expectSame(subject, {
          inputs: { x: { shape: ["batch", 5, 3], dtype, low: -30, high: 80 } },
          sizes: batches,
          build: ({ x }) => ({ a: ops.Softmax(x!), b: ops.LogSoftmax(x!, 1), c: ops.Softmax(x!, 0) }),
        });
      }
    });

    test("MatMul", async () => {
      for (const dtype of dtypes) {
        if (dtype === "bool") continue;
        await expectSame(subject, {
          inputs: {
            a: { shape: ["batch", 1, "time", 4], dtype, low: 0, high: 5 },
            b: { shape: [3, 4, 2], dtype, low: 0, high: 5 },
          },
          sizes: batches,
          build: ({ a, b }) => ops.MatMul(a!, b!),
        });
      }
    });
  });

  describe("ScatterND", () => {
    test("adds up equal indices", async () => {
      const builder = new GraphBuilder("counts");
      const zeros = builder.constant(tensor([0, 0, 0, 0], [2, 2]));
      const index = builder.input("index", ["n", 1], "int32");
      const updates = builder.input("updates", ["n", 2], "float32");
      const graph = builder.finish({ counts: ops.ScatterND(zeros, index, updates) });
      await using executable = await backend.compile(graph);
      const rows = 20_000;
      const feeds = {
        index: new Tensor(
          "int32",
          [rows, 1],
          Int32Array.from({ length: rows }, (_, i) => i % 2),
        ),
        updates: new Tensor("float32", [rows, 2], new Float32Array(2 * rows).fill(1)),
      };
      {
        const { counts } = await executable.run(feeds);
        expect((await counts!.read()).toNumbers()).toEqual([1, 1, 1, 1].map((one) => (one * rows) / 2));
      }
    });

    test("indices of several axes, sizes that are symbols", async () => {
      await expectSame(subject, {
        inputs: {
          x: { shape: ["batch", 3, "time"] },
          pairs: { shape: [4, 2], dtype: "int32", low: 0, high: 1 },
          rows: { shape: [4, "time"] },
          all: { shape: ["time", 3], dtype: "int32", low: 0, high: 1 },
          values: { shape: ["time"] },
        },
        sizes: batches,
        build: ({ x, pairs, rows, all, values }) => ({
          rows: ops.ScatterND(x!, pairs!, rows!),
          values: ops.ScatterND(x!, all!, values!),
        }),
      });
    });
  });

  test("RandomBits are the same bits as on the host", async () => {
    const builder = new GraphBuilder("random");
    const key = builder.input("key", [ops.randomRounds], "int32");
    const bits = ops.RandomBits(key, ops.Range(builder, 100_000));
    const scalar = ops.RandomBits(key, builder.scalar(2 ** 31 - 1, "int32"));
    await using executable = await backend.compile(builder.finish({ bits, scalar }));
    const words = randomKey("seed", 3);
    const result = await executable.run({ key: tensor([...words], undefined, "int32") });
    const values = (await result["bits"]!.read()).toNumbers();
    expect(values.every((value, i) => value === ops.randomBits(words, i))).toBe(true);
    expect((await result["scalar"]!.read()).toNumbers()).toEqual([ops.randomBits(words, 2 ** 31 - 1)]);
  });

  describe("Scan", () => {
    const expectScan = (dtype: DType, reverse: boolean) =>
      expectSame(subject, {
        inputs: {
          h: { shape: ["batch", 3], dtype },
          x: { shape: ["time", "batch", 2], dtype },
          w: { shape: [2, 3], dtype },
          u: { shape: [3, 3], dtype },
        },
        sizes: batches,
        build: ({ h, x, w, u }) => {
          const { states, outputs } = ops.Scan(
            { states: [h!], invariants: [w!, u!], scanned: [x!], reverse },
            (body) => {
              const sum = ops.Add(
                ops.MatMul(body.scanned[0]!, body.invariants[0]!),
                ops.MatMul(body.states[0]!, body.invariants[1]!),
              );
              const next = ops.Mul(ops.Tanh(sum), 0.9);
              return { states: [next], outputs: [body.states[0]!, next, body.scanned[0]!] };
            },
          );
          return { last: states[0]!, before: outputs[0]!, after: outputs[1]!, same: outputs[2]! };
        },
      });

    test("forward and reverse, with invariants and several outputs", async () => {
      for (const dtype of floating) for (const reverse of [false, true]) await expectScan(dtype, reverse);
    });

    test("without states, with symbols in the body, and one inside another", async () => {
      await expectSame(subject, {
        inputs: { x: { shape: ["time", "batch", 2] } },
        sizes: batches,
        build: ({ x }) => {
          const { outputs } = ops.Scan({ states: [], scanned: [x!] }, ({ scanned }) => {
            const wide = ops.Reshape(scanned[0]!, ["batch*2"]);
            const inner = ops.Scan(
              { states: [ops.ReduceSum(wide, { axes: [0], keepdims: true })], scanned: [wide] },
              (body) => {
                const sum = ops.Add(body.states[0]!, ops.Reshape(body.scanned[0]!, [1]));
                return {
                  states: [sum],
                  outputs: [ops.Add(sum, ops.Cast(ops.DimSize(sum.builder, "time"), "float32"))],
                };
              },
            );
            return { states: [], outputs: [inner.states[0]!, inner.outputs[0]!] };
          });
          return { a: outputs[0]!, b: outputs[1]! };
        },
      });
    });
  });

  test("outputs that are inputs, constants, or the same value twice", async () => {
    await expectSame(subject, {
      inputs: { x: { shape: ["batch", 2] } },
      sizes: batches,
      build: ({ x }, builder) => {
        const y = ops.Neg(x!);
        return { y, again: y, x: x!, given: x!, constant: builder.scalar(3, "float32") };
      },
    });
  });
}
