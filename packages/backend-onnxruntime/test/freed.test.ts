import { onnxruntime } from "@lamella/backend-onnxruntime";
import { GraphBuilder, Identity, Neg, Tensor } from "@lamella/ir";
import type { DeviceTensor, Executable } from "@lamella/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const count = 2 ** 20;
const bytes = 4 * count;
const x = new Tensor("float32", [count], new Float32Array(count).fill(3));

let negate: Executable;
beforeAll(async () => {
  const builder = new GraphBuilder("negate");
  const input = builder.input("x", [count], "float32");
  negate = await onnxruntime().compile(builder.finish({ y: Neg(input), same: Identity(input) }));
});
afterAll(() => negate.dispose());

async function run(feed: Tensor | DeviceTensor) {
  const { y, same } = await negate.run({ x: feed });
  return { y: y!, same: same! };
}

const held = () => process.memoryUsage().arrayBuffers;

describe("what a run gave", () => {
  test("is free as soon as it is disposed of, without the garbage collector", async () => {
    const { y, same } = await run(x);
    const before = held();
    y.dispose();
    same.dispose();
    expect(before - held()).toBe(2 * bytes);
    y.dispose();
    await expect(y.read()).rejects.toThrow("disposed");
  });

  test("stays with those who read it", async () => {
    const { y, same } = await run(x);
    const value = await y.read();
    y.dispose();
    same.dispose();
    expect(value.data.length).toBe(count);
    expect(value.data.every((number) => number === -3)).toBe(true);
  });

  test("is there for the runs that it goes into, and free when they end", async () => {
    const first = await run(x);
    const before = held();
    const running = [run(first.y), run(first.y)];
    first.y.dispose();
    first.same.dispose();
    const seconds = await Promise.all(running);
    // Four results are there; both of the first run are gone.
    expect(held() - before).toBe((4 - 2) * bytes);
    for (const { y, same } of seconds) {
      expect((await y.read()).data[count - 1]).toBe(3);
      expect((await same.read()).data[0]).toBe(-3);
    }
    await expect(run(first.y)).rejects.toThrow("disposed");
  });

  test("of what was fed leaves the data of the caller alone", async () => {
    const { y, same } = await run(x);
    same.dispose();
    y.dispose();
    expect(x.data.length).toBe(count);
    expect(x.data[count - 1]).toBe(3);
  });
});
