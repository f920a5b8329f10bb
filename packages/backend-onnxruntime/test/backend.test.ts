import { Add, GraphBuilder, Tensor, tensor } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { describeContract, failure, stepGraph } from "../../../internal/conformance/src/backend-contract.ts";
import { onnxruntime } from "../src/index.ts";
import { sessionCounts } from "../src/ort.ts";

const x = tensor([[1, 2]]);

describe.for([false, true])("onnxruntime, worker: %s", (worker) => {
  const backend = onnxruntime({ worker, intraOpThreads: 1, allowSpinning: false });

  describeContract({ backend, others: [onnxruntime()] });

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
