import {
  Add,
  Cast,
  Constant,
  type DType,
  dtypes,
  Gather,
  GraphBuilder,
  Identity,
  LamellaError,
  Mul,
  type PrimitiveGraph,
  Reshape,
  Tensor,
  tensor,
} from "@lamella/ir";
import { type Backend, type DeviceTensor, reference } from "@lamella/runtime";
import { expect, test } from "vitest";

export interface ContractSubject {
  readonly backend: Backend;
  /** What it keeps. Default: all dtypes. */
  readonly dtypes?: readonly DType[];
  /** Backends whose tensors are fed, too. The reference backend is always one. */
  readonly others: readonly Backend[];
}

/** state, x to state + x * 2 and its double. */
export function stepGraph(): PrimitiveGraph {
  const builder = new GraphBuilder("step");
  const state = builder.input("state", ["batch", 2], "float32");
  const x = builder.input("x", ["batch", 2], "float32");
  const next = builder.scoped("update", () => Add(state, Mul(x, 2)));
  return builder.finish({ state: next, double: Mul(next, 2) });
}

/** The LamellaError that work ends with. */
export async function failure(work: Promise<unknown>): Promise<LamellaError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof LamellaError) return error;
  throw new Error("Expected a LamellaError.", { cause: error });
}

const x = tensor([[1, 2]]);
const nothing = tensor([[0, 0]]);

function dispose(tensors: Readonly<Record<string, DeviceTensor>>): void {
  for (const each of Object.values(tensors)) each.dispose();
}

/** What every backend keeps to, apart from what it computes. */
export function describeContract({ backend, dtypes: kept = dtypes, others }: ContractSubject): void {
  test("state goes from step to step as device tensors, between feeds of the host", async () => {
    await using step = await backend.compile(stepGraph());
    let state = backend.upload(nothing);
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
    expect(await failure(step.run({ state, x }))).toMatchObject({ code: "state" });
  });

  test("outputs stay readable when the executable is gone, and share no memory with inputs, constants or each other", async () => {
    const builder = new GraphBuilder("same");
    const input = builder.input("x", [1, 2], "float32");
    const three = Constant(builder, tensor([3]));
    const graph = builder.finish({ y: input, z: input, flat: Reshape(input, [2]), three });
    const executable = await backend.compile(graph);
    const own = tensor([[1, 2]]);
    const first = await executable.run({ x: own });
    own.data.set([7, 7] as never);
    for (const name of ["z", "three"]) (await first[name]!.read()).data.fill(9 as never);
    const { three: again, ...rest } = await executable.run({ x: own });
    await executable.dispose();
    first["y"]!.dispose();
    expect((await first["flat"]!.read()).toArray()).toEqual([1, 2]);
    expect((await again!.read()).toArray()).toEqual([3]);
    dispose({ ...first, again: again! });
    dispose(rest);
  });

  test("tensors of other backends, shared memory, and parts of larger arrays are fed", async () => {
    await using step = await backend.compile(stepGraph());
    const shared = new Float32Array(new SharedArrayBuffer(8));
    shared.set([1, 2]);
    const feeds = [
      ...[reference(), ...others].map((other) => other.upload(x)),
      new Tensor("float32", [1, 2], shared),
      new Tensor("float32", [1, 2], new Float32Array([9, 9, 1, 2]).subarray(2)),
    ];
    for (const feed of feeds) {
      const outputs = await step.run({ state: nothing, x: feed });
      expect((await outputs["state"]!.read()).toArray()).toEqual([[2, 4]]);
      dispose(outputs);
    }
  });

  test.each(kept)("%s goes in and comes out", async (dtype) => {
    const builder = new GraphBuilder(dtype);
    const input = builder.input("x", ["n"], dtype);
    const graph = builder.finish({ y: Identity(input), z: Cast(input, "float32") });
    await using executable = await backend.compile(graph);
    const value = tensor([0, 1, 1], [3], dtype);
    const outputs = await executable.run({ x: value });
    expect(await outputs["y"]!.read()).toEqual(value);
    expect((await outputs["z"]!.read()).toArray()).toEqual([0, 1, 1]);
    dispose(outputs);
  });

  test("constants are no inputs any more", async () => {
    await using step = await backend.compile(stepGraph(), { constants: { x }, label: "frozen" });
    const outputs = await step.run({ state: tensor([[1, 1]]) });
    expect((await outputs["state"]!.read()).toArray()).toEqual([[3, 5]]);
    dispose(outputs);
    const error = await failure(step.run({ state: x, x }));
    expect(error).toMatchObject({ code: "data", where: "frozen" });
    expect(error.message).toContain("There is no input 'x'");
  });

  test("a run after dispose is a state error, and dispose may come twice", async () => {
    const step = await backend.compile(stepGraph());
    await step.dispose();
    await step.dispose();
    expect(await failure(step.run({ state: x, x }))).toMatchObject({ code: "state", where: "step" });
  });

  test("an index out of range is an error that names the node, and the next run is as if there had been none", async () => {
    const builder = new GraphBuilder("model");
    const indices = builder.input("indices", [2], "int32");
    const table = Constant(builder, tensor([1, 2, 3, 4], [2, 2]));
    const graph = builder.finish({ rows: builder.scoped("embedding", () => Gather(table, indices)) });
    await using executable = await backend.compile(graph);
    const run = (...numbers: number[]) => executable.run({ indices: tensor(numbers, [2], "int32") });
    const error = await failure(run(0, 7));
    expect(error.code).toBe("data");
    expect(error.where).toMatch(/embedding\/Gather$/);
    expect(error.message).toMatch(/\b7\b/);
    const outputs = await run(1, 0);
    expect((await outputs["rows"]!.read()).toNumbers()).toEqual([3, 4, 1, 2]);
    dispose(outputs);
  });
}
