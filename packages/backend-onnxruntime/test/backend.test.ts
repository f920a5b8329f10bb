import {
  Add,
  Cast,
  Constant,
  dtypes,
  Gather,
  GraphBuilder,
  LamellaError,
  Mul,
  type PrimitiveGraph,
  Tensor,
  tensor,
} from "@lamella/ir";
import { type Backend, reference } from "@lamella/runtime";
import { describe, expect, test } from "vitest";

import { onnxruntime } from "../src/index.ts";
import { sessionCounts } from "../src/ort.ts";

/** state, x to state + x * 2 and its double. */
function stepGraph(): PrimitiveGraph {
  const builder = new GraphBuilder("step");
  const state = builder.input("state", ["batch", 2], "float32");
  const x = builder.input("x", ["batch", 2], "float32");
  const next = builder.scoped("update", () => Add(state, Mul(x, 2)));
  return builder.finish({ state: next, double: Mul(next, 2) });
}

function gatherGraph(): PrimitiveGraph {
  const builder = new GraphBuilder("model");
  const indices = builder.input("indices", [2], "int32");
  const table = Constant(
    builder,
    tensor([
      [1, 2],
      [3, 4],
    ]),
  );
  return builder.finish({ rows: builder.scoped("embedding", () => Gather(table, indices)) });
}

const x = tensor([[1, 2]]);

async function failure(work: Promise<unknown>): Promise<LamellaError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof LamellaError) return error;
  throw new Error("Expected a LamellaError.", { cause: error });
}

describe.for([false, true])("onnxruntime, worker: %s", (worker) => {
  const backend: Backend = onnxruntime({ worker, intraOpThreads: 1, allowSpinning: false });

  test("state goes from step to step as device tensors, between feeds of the host", async () => {
    await using step = await backend.compile(stepGraph());
    let state = backend.upload(tensor([[0, 0]]));
    for (let i = 0; i < 5; i++) {
      const outputs = await step.run({ state, x });
      state.dispose();
      outputs["double"]!.dispose();
      state = outputs["state"]!;
    }
    expect((await state.read()).toArray()).toEqual([[10, 20]]);
    expect({ shape: state.shape, dtype: state.dtype }).toEqual({ shape: [1, 2], dtype: "float32" });
    state.dispose();
    state.dispose();
    await expect(state.read()).rejects.toThrow("has been disposed");
  });

  test("outputs stay readable when the executable is gone, and never share memory with inputs", async () => {
    const builder = new GraphBuilder("same");
    const input = builder.input("x", [1, 2], "float32");
    const executable = await backend.compile(builder.finish({ y: input }));
    const { y } = await executable.run({ x });
    await executable.dispose();
    const copy = await y!.read();
    expect(copy.toArray()).toEqual([[1, 2]]);
    expect(copy.data.buffer).not.toBe(x.data.buffer);
    y!.dispose();
  });

  test("tensors of other backends, shared memory, and parts of larger arrays are fed", async () => {
    await using step = await backend.compile(stepGraph());
    const shared = new Float32Array(new SharedArrayBuffer(8));
    shared.set([1, 2]);
    const part = new Float32Array([9, 9, 3, 4]).subarray(2);
    for (const [feed, expected] of [
      [reference().upload(x), [[2, 4]]],
      [onnxruntime().upload(x), [[2, 4]]],
      [new Tensor("float32", [1, 2], shared), [[2, 4]]],
      [new Tensor("float32", [1, 2], part), [[6, 8]]],
    ] as const) {
      const { state, double } = await step.run({ state: tensor([[0, 0]]), x: feed });
      expect((await state!.read()).toArray()).toEqual(expected);
      state!.dispose();
      double!.dispose();
    }
  });

  test("all dtypes go in and come out", async () => {
    for (const dtype of dtypes) {
      const builder = new GraphBuilder(dtype);
      const input = builder.input("x", ["n"], dtype);
      await using executable = await backend.compile(
        builder.finish({ y: builder.emit("Identity", [input], {})[0]!, z: Cast(input, "float64") }),
      );
      const value = tensor([0, 1, 1], [3], dtype);
      const { y, z } = await executable.run({ x: value });
      expect(await y!.read()).toEqual(value);
      expect((await z!.read()).toArray()).toEqual([0, 1, 1]);
      y!.dispose();
      z!.dispose();
    }
  });

  test("constants are no inputs any more", async () => {
    await using step = await backend.compile(stepGraph(), { constants: { x }, label: "frozen" });
    const { state, double } = await step.run({ state: tensor([[1, 1]]) });
    expect((await state!.read()).toArray()).toEqual([[3, 5]]);
    state!.dispose();
    double!.dispose();
    expect((await failure(step.run({ state: x, x }))).message).toContain("There is no input 'x'");
  });

  test("a run after dispose is a state error, and dispose may come twice", async () => {
    const step = await backend.compile(stepGraph());
    await step.dispose();
    await step.dispose();
    expect(await failure(step.run({ state: x, x }))).toMatchObject({ code: "state", where: "step" });
  });

  test("an error while running names the node", async () => {
    await using executable = await backend.compile(gatherGraph());
    const error = await failure(executable.run({ indices: tensor([0, 7], [2], "int32") }));
    expect(error).toMatchObject({ code: "data", where: "model, embedding/Gather" });
    expect(error.message).toContain("idx=7");
    const { rows } = await executable.run({ indices: tensor([1, 0], [2], "int32") });
    expect((await rows!.read()).toArray()).toEqual([
      [3, 4],
      [1, 2],
    ]);
    rows!.dispose();
  });

  test("the event loop turns between runs", async () => {
    await using step = await backend.compile(stepGraph());
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const end = performance.now() + 30;
    while (performance.now() < end) {
      for (const output of Object.values(await step.run({ state: x, x }))) output.dispose();
    }
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});

describe("devices", () => {
  test("check says that the CPU is there", async () => {
    expect(await onnxruntime().check()).toBeUndefined();
  });

  test("a device that is not there is an error that says what to do, and nothing falls back", async () => {
    const backend = onnxruntime({ device: "cuda" });
    const reason = await backend.check();
    if (reason === undefined) return;
    expect(reason).toMatch(/no CUDA here \(.*\)\. CUDA needs .*device 'cpu'\.$/);
    expect(await failure(backend.compile(stepGraph()))).toMatchObject({ code: "unavailable", problem: reason });
  });
});

describe("leaks", () => {
  test("every session that was opened is released", async () => {
    const before = { ...sessionCounts };
    const backend = onnxruntime({ intraOpThreads: 1 });
    for (let i = 0; i < 10; i++) {
      await using step = await backend.compile(stepGraph());
      await step.run({ state: x, x });
    }
    expect(sessionCounts.opened - before.opened).toBe(11);
    expect(sessionCounts.released - before.released).toBe(11);
  });

  test("memory does not grow with runs", async () => {
    const builder = new GraphBuilder("big");
    const a = builder.input("a", [256, 256], "float32");
    await using executable = await onnxruntime({ intraOpThreads: 1 }).compile(builder.finish({ y: Add(a, a) }));
    const feed = new Tensor("float32", [256, 256], new Float32Array(65536));
    const run = async (count: number): Promise<number> => {
      for (let i = 0; i < count; i++) (await executable.run({ a: feed }))["y"]!.dispose();
      return process.memoryUsage().rss;
    };
    const start = await run(300);
    // 1,000 outputs of 256 kB are 262 MB; what the garbage collector has not come to yet stays far below.
    expect((await run(1000)) - start).toBeLessThan(100e6);
  });
});
