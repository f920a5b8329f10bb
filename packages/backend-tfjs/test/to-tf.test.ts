import { GraphBuilder, Mul, tensor } from "@lamella/ir";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";

import { tfjs, toTf } from "../src/index.ts";

const backends = (["wasm", "cpu", "native"] as const).map((device) => [device, tfjs({ device })] as const);

const registered = { wasm: "wasm", cpu: "cpu", native: "tensorflow" } as const;

beforeAll(async () => {
  await backends[1]![1].check();
  await tf.setBackend("cpu");
});

const counts = (backend: string) => [
  tf.memory().numTensors,
  tf.memory().numDataBuffers,
  tf.findBackend(backend).numDataIds(),
];

test("values of the host are copied to tfjs's global backend, one or several", async () => {
  const before = counts("cpu");
  const x = tensor([1, 2, 3, 4], [2, 2]);
  const one = await toTf(x);
  const several = await toTf([x, tensor([5, 6], [2], "uint8"), tensor([1, 0], [2], "bool")]);
  expectTypeOf(one).toEqualTypeOf<tf.Tensor>();
  expectTypeOf(several).toEqualTypeOf<[tf.Tensor, tf.Tensor, tf.Tensor]>();
  expect(one.arraySync()).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(several.map(({ dtype }) => dtype)).toEqual(["float32", "int32", "bool"]);
  expect(several.map((of) => Array.from(of.dataSync()))).toEqual([
    [1, 2, 3, 4],
    [5, 6],
    [1, 0],
  ]);
  x.data[0] = 9;
  expect(one.dataSync()[0]).toBe(1);
  tf.dispose([one, several]);
  expect(counts("cpu")).toEqual(before);
});

test("dtypes that tfjs lacks are refused", async () => {
  await expect(toTf(tensor([1], [1], "float64"))).rejects.toMatchObject({ code: "unsupported" });
  await expect(toTf(tensor([2 ** 40], [1], "int64"))).rejects.toMatchObject({ code: "data" });
});

describe.for(backends)("what a run on %s gives", async ([device, backend]) => {
  const problem = await backend.check();

  test.skipIf(problem !== undefined)(
    "stays there as a copy, whoever lets go first, and leaves nothing behind",
    async () => {
      const builder = new GraphBuilder("double");
      const x = builder.input("x", ["n", 2], "float32");
      const graph = builder.finish({ y: Mul(x, 2), given: x });
      await using executable = await backend.compile(graph);
      const name = registered[device];
      const run = () => executable.run({ x: tensor([1, 2, 3, 4], [2, 2]) });
      for (const { y, given } of [await run()]) for (const value of [y!, given!]) value.dispose();
      const before = counts(name);
      for (let round = 0; round < 4; round++) {
        const { y, given } = await run();
        const held = tf.findBackend(name).numDataIds();
        const [twice, same] = await toTf([y!, given!]);
        expect(tf.findBackend(name).numDataIds()).toBe(held + 2);
        const letGo = () => {
          y!.dispose();
          given!.dispose();
        };
        if (round % 2 === 0) letGo();
        const sum = tf.add(twice, same);
        const values = await Promise.all([twice, sum].map((of) => of.data()));
        expect(values.map((of) => Array.from(of))).toEqual([
          [2, 4, 6, 8],
          [3, 6, 9, 12],
        ]);
        tf.dispose([sum, twice, same]);
        const kept = round % 2 === 0 ? tensor([2, 4, 6, 8], [2, 2]) : await y!.read();
        expect(kept.toNumbers()).toEqual([2, 4, 6, 8]);
        letGo();
        await expect(toTf(y!)).rejects.toMatchObject({ code: "state" });
      }
      expect(counts(name)).toEqual(before);
    },
  );
});
