import type { Tensor } from "@lamella/ir";
import { expectTypeOf, test } from "vitest";

import { type Dataset, dataset, type Stacked } from "../src/index.ts";

/** Whether each of two types is assignable to the other. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Elements<D> = D extends Dataset<infer T> ? T : never;

test("elements of arrays", () => {
  const x = [[1, 2]];
  expectTypeOf(dataset(x)).toEqualTypeOf<Dataset<Tensor>>();
  const pairs = dataset(x, [1]);
  expectTypeOf<Same<Elements<typeof pairs>, [Tensor, Tensor]>>().toEqualTypeOf<true>();
  // @ts-expect-error: there are two parts
  expectTypeOf<Same<Elements<typeof pairs>, [Tensor]>>().toEqualTypeOf<true>();
  expectTypeOf(dataset({ a: x, b: ["t"] }, new Float32Array(1))).toEqualTypeOf<
    Dataset<[{ a: Tensor; b: string }, Tensor]>
  >();
});

test("batches of elements", () => {
  expectTypeOf<Same<Stacked<[number[], number]>, [Tensor, Tensor]>>().toEqualTypeOf<true>();
  expectTypeOf<Stacked<{ readonly a: string; b: Tensor<"int32"> }>>().toEqualTypeOf<{
    a: string[];
    b: Tensor<"int32">;
  }>();
  expectTypeOf<Stacked<number>>().toEqualTypeOf<Tensor>();
});

test("map gives tuples, datasets of anything take datasets of something", () => {
  const mapped = dataset([1, 2]).map((row) => [{ row }, 1]);
  expectTypeOf<Elements<typeof mapped>>().toEqualTypeOf<readonly [{ readonly row: Tensor }, 1]>();
  expectTypeOf(mapped.batch(2)).toEqualTypeOf<Dataset<[{ row: Tensor }, Tensor]>>();
  expectTypeOf(mapped).toExtend<Dataset<unknown>>();
  expectTypeOf(dataset.zip(dataset([1]), mapped.enumerate())).toExtend<Dataset<[Tensor, [number, unknown]]>>();
});

test("columns of CSV files", () => {
  const set = dataset.csv(
    { text: "" },
    { selectColumns: ["a", "b"], labelName: "y", dtypes: { b: "string", y: "int32" } },
  );
  expectTypeOf<Elements<typeof set>>().toEqualTypeOf<[{ a: number; b: string }, Tensor]>();
  const all = dataset.csv({ text: "" }, { dtypes: { b: "string" } });
  expectTypeOf<Elements<typeof all>["b"]>().toEqualTypeOf<string>();
});
