import {
  Add,
  Cast,
  Constant,
  Expand,
  filled,
  Gather,
  GraphBuilder,
  Greater,
  MatMul,
  Mul,
  Pad,
  Reshape,
  Scan,
  ScatterND,
  SliceAxis,
  Tensor,
  tensor,
  Where,
} from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { describe, expect, test } from "vitest";

import { describeContract, failure, stepGraph } from "../../../internal/conformance/src/backend-contract.ts";
import { cpu } from "../src/devices/cpu.ts";
import { wasm } from "../src/devices/wasm.ts";
import { tfjs } from "../src/index.ts";

const x = tensor([[1, 2]]);

describe.for([wasm, cpu])("tfjs", (device) => {
  const backend = tfjs({ device: device.name });
  const values = async () => (await device.load()).core.findBackend(device.name).numDataIds();

  test("the name says which device it is", () => {
    expect(backend.name).toBe(`tfjs-${device.name}`);
  });

  describeContract({
    backend,
    dtypes: ["float32", "int32", "int64", "uint32", "uint8", "bool"],
    others: [tfjs({ device: device.name }), tfjs({ device: device.name === "wasm" ? "cpu" : "wasm" })],
  });

  test("dtypes that cannot be kept are refused by name", async () => {
    for (const dtype of ["float16", "float64"] as const) {
      expect(() => backend.upload(tensor([1], [1], dtype))).toThrow(`TensorFlow.js has no ${dtype}.`);
      const builder = new GraphBuilder("wide");
      const graph = builder.finish({ y: Cast(builder.input("x", [1], "float32"), dtype) });
      const error = await failure(backend.compile(graph));
      expect(error).toMatchObject({ code: "unsupported", where: "Cast", received: dtype });
    }
  });

  test("integers cast to floats are floats for what moves, chooses and reads them", async () => {
    const builder = new GraphBuilder("floats");
    const float = Cast(builder.input("x", [2], "int32"), "float32");
    const chosen = Where(Greater(float, 1), float, 0.5);
    await using executable = await backend.compile(
      builder.finish({ float, chosen, padded: Pad(float, [1, 0]), spread: Expand(float, [2, 2]) }),
    );
    const outputs = await executable.run({ x: tensor([1, 2], [2], "int32") });
    const read = async (name: string) => (await outputs[name]!.read()).data;
    expect(await read("float")).toEqual(Float32Array.of(1, 2));
    expect(await read("chosen")).toEqual(Float32Array.of(0.5, 2));
    expect(await read("padded")).toEqual(Float32Array.of(0, 1, 2));
    expect(await read("spread")).toEqual(Float32Array.of(1, 2, 1, 2));
    for (const output of Object.values(outputs)) output.dispose();
  });

  test("whole numbers that do not fit are refused", async () => {
    const builder = new GraphBuilder("large");
    const input = builder.input("x", [1], "int64");
    await using executable = await backend.compile(builder.finish({ y: Add(input, input) }));
    const run = (value: bigint) => executable.run({ x: new Tensor("int64", [1], BigInt64Array.of(value)) });
    const error = await failure(run(2n ** 31n));
    expect(error).toMatchObject({ code: "data", where: "large, input 'x'", received: "2147483648" });
    const { y } = await run(-(2n ** 30n));
    expect((await y!.read()).data).toEqual(BigInt64Array.of(-(2n ** 31n)));
    y!.dispose();
  });

  test("indices that are out of range leave nothing behind", async () => {
    const builder = new GraphBuilder("model");
    const indices = builder.input("indices", [2], "int32");
    const table = Constant(
      builder,
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    const before = Cast(indices, "float32");
    const rows = builder.scoped("embedding", () => Gather(table, indices));
    const sums = ScatterND(table, Reshape(indices, [2, 1]), rows);
    const executable = await backend.compile(builder.finish({ before, rows, sums }));
    const run = (numbers: number[]) => executable.run({ indices: tensor(numbers, [2], "int32") });
    for (const output of Object.values(await run([1, 0]))) output.dispose();
    const kept = await values();
    for (const index of [7, -1]) {
      expect(await failure(run([0, index]))).toMatchObject({ where: "embedding/Gather", received: String(index) });
    }
    expect(await values()).toBe(kept);
    await executable.dispose();
  });

  test("matrices that share their elements under several shapes are multiplied each by its own", async () => {
    const builder = new GraphBuilder("shapes");
    const a = builder.input("a", [2, 3], "float32");
    const b = builder.input("b", [3, 4], "float32");
    const wide = MatMul(a, b);
    const tall = MatMul(Reshape(a, [3, 2]), Reshape(b, [2, 6]));
    await using executable = await backend.compile(builder.finish({ wide, tall }));
    await using plain = await reference().compile(builder.finish({ wide, tall }));
    const feeds = { a: tensor([1, 2, 3, 4, 5, 6], [2, 3]), b: tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3], [3, 4]) };
    const [actual, expected] = [await executable.run(feeds), await plain.run(feeds)];
    for (const name of ["wide", "tall"]) {
      expect((await actual[name]!.read()).toArray()).toEqual((await expected[name]!.read()).toArray());
      actual[name]!.dispose();
    }
  });

  test("tfjs's global backend stays as it is, and tensors are none of tfjs's", async () => {
    const { core } = await device.load();
    const other = device === wasm ? cpu : wasm;
    await other.load();
    await core.setBackend(other.name);
    const tensors = core.memory().numTensors;
    await using step = await backend.compile(stepGraph());
    const [first, second] = await Promise.all([step.run({ state: x, x }), step.run({ state: x, x })]);
    expect(core.getBackend()).toBe(other.name);
    expect((await first["state"]!.read()).toArray()).toEqual((await second["state"]!.read()).toArray());
    for (const output of [...Object.values(first), ...Object.values(second)]) output.dispose();
    expect(core.memory().numTensors).toBe(tensors);
  });

  test("nothing is left of runs with many sizes, nor of the executable", async () => {
    const before = await values();
    const builder = new GraphBuilder("sizes");
    const input = builder.input("x", ["n"], "float32");
    const step = Mul(Add(Constant(builder, tensor([1])), Constant(builder, tensor([2]))), input);
    const executable = await backend.compile(builder.finish({ y: step, again: Reshape(step, ["n", 1]) }));
    for (let size = 0; size < 40; size++) {
      const outputs = await executable.run({ x: new Tensor("float32", [size], new Float32Array(size).fill(2)) });
      expect((await outputs["y"]!.read()).toNumbers()).toEqual(Array.from({ length: size }, () => 6));
      for (const output of Object.values(outputs)) output.dispose();
    }
    await executable.dispose();
    expect(await values()).toBe(before);
  });
});

test("sizes that come out below zero are empty, and those that do not fit are errors that name the node", async () => {
  const builder = new GraphBuilder("sizes");
  const input = builder.input("x", ["n"], "float32");
  const other = builder.input("y", ["m"], "float32");
  const rest = SliceAxis(input, 0, 3, "n");
  const sum = builder.scoped("block", () => Add(input, other));
  await using executable = await tfjs({ device: "cpu" }).compile(builder.finish({ rest, sum }));
  const run = (n: number, m: number) => executable.run({ x: filled("float32", [n], 1), y: filled("float32", [m], 2) });
  const { rest: nothing, sum: twice } = await run(2, 2);
  expect((await nothing!.read()).shape).toEqual([0]);
  expect((await twice!.read()).toArray()).toEqual([3, 3]);
  expect(await failure(run(2, 3))).toMatchObject({ code: "shape", where: "block/Add" });
});

test("a body that changes the shape of its state is refused", async () => {
  const builder = new GraphBuilder("loop");
  const h = builder.input("h", ["n"], "float32");
  const scanned = [builder.input("x", ["time", "m"], "float32")];
  const { states } = Scan({ states: [h], scanned }, (body) => ({ states: [body.scanned[0]!], outputs: [] }));
  await using executable = await tfjs({ device: "cpu" }).compile(builder.finish({ h: states[0]! }));
  const run = (n: number) => executable.run({ h: filled("float32", [n], 1), x: filled("float32", [2, 3], 2) });
  expect(await failure(run(2))).toMatchObject({ code: "shape", where: "Scan", received: "float32 of shape (3,)" });
  const { h: last } = await run(3);
  expect((await last!.read()).toArray()).toEqual([2, 2, 2]);
});

test("an unknown device is refused", () => {
  expect(() => tfjs({ device: "wsam" as "wasm" })).toThrow("Did you mean 'wasm'?");
});

test("without a device, the best one that is there is taken, and named", async () => {
  const backend = tfjs();
  expect(backend.name).toBe("tfjs");
  expect(await backend.check()).toBeUndefined();
  expect(backend.name).toMatch(/^tfjs-(gpu|native|webgpu|webgl|wasm|cpu)$/);
});
