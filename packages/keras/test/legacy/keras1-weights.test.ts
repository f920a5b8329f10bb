import { type JsonObject, type Tensor, tensor } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { arraysOf } from "../../src/arrays.ts";
import { asKeras2Lists } from "../../src/legacy/keras1-weights.ts";

const modelOf = (className: string, config: JsonObject = {}) => ({
  class_name: "Sequential",
  config: { name: "s", layers: [{ class_name: className, config: { name: "it", ...config } }] },
});

/** Counts up from a start, so that every number is in one place only. */
const counted = (shape: readonly number[], start = 0): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => start + i),
    shape,
  );

const at = (value: Tensor, ...place: readonly number[]): number =>
  value.toNumbers()[place.reduce((index, i, axis) => index * value.shape[axis]! + i, 0)]!;

function convert(
  className: string,
  config: JsonObject,
  tensors: readonly Tensor[],
  origin: Parameters<typeof asKeras2Lists>[2],
): readonly Tensor[] {
  const named = tensors.map(
    (value, i) => [`it/it_${i === tensors.length - 1 && i > 0 ? "b" : `W${i}`}`, value] as const,
  );
  const lists = {
    layout: "lists",
    layers: [{ layer: "it", weights: named.map(([path]) => ({ name: path.slice(3), path })) }],
    arrays: arraysOf(new Map(named)),
  } as const;
  const { layers, arrays } = asKeras2Lists(lists, modelOf(className, config), origin);
  return layers[0]!.weights.map(({ path }) => {
    const value = arrays.read(path);
    expect(arrays.type(path)).toEqual({ shape: value.shape, dtype: "float32" });
    return value;
  });
}

const keras1 = { generation: 1, backend: "tensorflow" } as const;

describe("weights of Keras 1", () => {
  test("gates of LSTM, kept one by one, go side by side in today's order", () => {
    const gate = (start: number) => [counted([2, 3], start), counted([3, 3], start + 10), counted([3], start + 20)];
    const old = [...gate(100), ...gate(200), ...gate(300), ...gate(400)];
    const [kernel, recurrent, bias] = convert("LSTM", {}, old, keras1);
    expect([kernel!.shape, recurrent!.shape, bias!.shape]).toEqual([[2, 12], [3, 12], [12]]);
    expect([0, 3, 6, 9].map((column) => at(kernel!, 1, column))).toEqual([103, 303, 203, 403]);
    expect([0, 3, 6, 9].map((column) => at(recurrent!, 2, column))).toEqual([116, 316, 216, 416]);
    expect([0, 3, 6, 9].map((column) => at(bias!, column))).toEqual([120, 320, 220, 420]);
  });

  test("gates of GRU", () => {
    const gate = (start: number) => [counted([2, 1], start), counted([1, 1], start + 10), counted([1], start + 20)];
    const [kernel] = convert("GRU", {}, [...gate(100), ...gate(200), ...gate(300)], keras1);
    expect(kernel!.toArray()).toEqual([
      [100, 200, 300],
      [101, 201, 301],
    ]);
  });

  test.each([
    ["Conv2D", { data_format: "channels_first" }, [5, 4, 2, 3], [2, 3, 4, 5], [1, 2, 3, 4], [4, 3, 1, 2]],
    ["Conv2DTranspose", { data_format: "channels_last" }, [2, 3, 4, 5], [2, 3, 5, 4], [1, 2, 3, 2], [1, 2, 2, 3]],
    ["Conv2DTranspose", { data_format: "channels_first" }, [4, 5, 2, 3], [2, 3, 4, 5], [1, 2, 3, 4], [3, 4, 1, 2]],
    ["Conv3D", { data_format: "channels_first" }, [5, 4, 2, 3, 1], [2, 3, 1, 4, 5], [1, 2, 0, 3, 4], [4, 3, 1, 2, 0]],
    ["Conv1D", {}, [2, 1, 4, 5], [2, 4, 5], [1, 3, 4], [1, 0, 3, 4]],
    ["Conv1D", {}, [5, 4, 2, 1], [2, 4, 5], [1, 3, 4], [4, 3, 1, 0]],
  ] as const)("kernels of %s, %j", (className, config, oldShape, shape, place, oldPlace) => {
    const old = counted(oldShape);
    const [kernel, bias] = convert(className, config, [old, counted([5])], keras1);
    expect(kernel!.shape).toEqual(shape);
    expect(at(kernel!, ...place)).toBe(at(old, ...oldPlace));
    expect(bias!.toArray()).toEqual([0, 1, 2, 3, 4]);
  });

  test("what has today's order stays", () => {
    const old = counted([2, 3, 4, 5]);
    expect(convert("Conv2D", { data_format: "channels_last" }, [old], keras1)[0]).toBe(old);
    const three = [counted([2, 12]), counted([3, 12]), counted([12])];
    expect(convert("LSTM", {}, three, keras1)).toEqual(three);
  });
});

test("kernels of Theano, which turns them around, are turned back", () => {
  const old = counted([2, 3, 1, 2]);
  const [kernel] = convert("Conv2D", {}, [old, counted([2])], { generation: 2, backend: "theano" });
  expect(kernel!.shape).toEqual([2, 3, 1, 2]);
  for (const [i, j, k] of [
    [0, 0, 0],
    [1, 2, 1],
    [0, 1, 1],
  ] as const) {
    expect(at(kernel!, i, j, 0, k)).toBe(at(old, 1 - i, 2 - j, 0, k));
  }
  const dense = counted([2, 3]);
  expect(convert("Dense", {}, [dense], { generation: 2, backend: "theano" })[0]).toBe(dense);
});
