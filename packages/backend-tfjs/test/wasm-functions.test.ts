import {
  Conv,
  type ConvAttributes,
  ConvInputGrad,
  ConvWeightGrad,
  Equal,
  Greater,
  GreaterOrEqual,
  Less,
  LessOrEqual,
  MatMul,
  MaxPool,
  MaxPoolGrad,
  ReduceSum,
  tensor,
  Where,
} from "@lamella/ir";
import { describe, expect, test } from "vitest";

import {
  expectSame,
  expectSameGraph,
  graphOf,
  type PrimitiveSubject,
  randomTensor,
} from "../../../internal/conformance/src/primitives/index.ts";
import { backendOn } from "../src/backend.ts";
import type { Device } from "../src/device.ts";
import { wasm } from "../src/devices/wasm.ts";
import { tfjs } from "../src/index.ts";
import { loadFunctions } from "../src/wasm/functions.ts";
import type { WasmMemory } from "../src/wasm/web-assembly.ts";

const backend = tfjs({ device: "wasm" });

/** As where there are vectors, but no relaxed ones (Node 20, Safari). */
const plainVectors: Device = {
  ...wasm,
  load: async () => {
    const loaded = await wasm.load();
    const { wasm: host } = loaded.core.findBackend("wasm") as unknown as { wasm: { asm: { memory: WasmMemory } } };
    const functions = await loadFunctions(host.asm.memory, false);
    return { ...loaded, code: { ...loaded.code!, functions: functions! } };
  },
};
const subject: PrimitiveSubject = {
  name: "wasm",
  backend,
  dtypes: ["float32"],
  routes: [backendOn(async () => plainVectors, "wasm")],
};

test("there are functions of our own", async () => {
  expect((await wasm.load()).code).toBeDefined();
});

test("products of plain vectors are rounded before they are added", async () => {
  const graph = graphOf({
    inputs: { a: { shape: [6, 2] }, b: { shape: [2, 4] } },
    build: ({ a, b }) => MatMul(a!, b!),
  });
  const near = 1 + 2 ** -12;
  const feeds = {
    a: tensor(Array.from({ length: 6 }, () => [-1, near]).flat(), [6, 2]),
    b: tensor([1, 1, 1, 1, near, near, near, near], [2, 4]),
  };
  await using executable = await backendOn(async () => plainVectors, "wasm").compile(graph);
  const { y } = await executable.run(feeds);
  expect((await y!.read()).toNumbers()).toEqual(Array.from({ length: 24 }, () => 2 ** -11));
  y!.dispose();
});

describe("products", () => {
  test.for([
    [1, 6, 1, 4],
    [1, 50, 3, 12],
    [1, 103, 600, 8],
    [1, 11, 1030, 20],
    [3, 7, 5, 8],
    [2, 6, 514, 4],
  ] as const)("%d of %d rows, %d terms and %d columns", async ([batch, rows, terms, columns]) => {
    await expectSame(subject, {
      inputs: {
        a: { shape: [batch, rows, terms] },
        b: { shape: [batch, terms, columns] },
        shared: { shape: [terms, columns] },
      },
      build: ({ a, b, shared }) => ({ paired: MatMul(a!, b!), joined: MatMul(a!, shared!) }),
    });
  });
});

const plain = { layout: "channelsLast", group: 1, strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const;

describe("convolutions and their gradients", () => {
  test.for([
    ["plain", [6, 5], [3, 3], [5, 8], {}],
    ["more in a row of the kernel than goes at once", [3, 5], [2, 3], [180, 4], {}],
    ["strided and padded", [9, 8], [3, 2], [4, 12], { strides: [2, 3], pads: [2, 0, 1, 1] }],
    ["dilated", [9, 9], [3, 2], [4, 8], { dilations: [2, 3] }],
    ["dilated along the height", [9, 4], [3, 2], [3, 4], { dilations: [3, 1], pads: "SAME_UPPER" }],
    ["longer lines than go at once", [2, 150], [1, 3], [2, 4], { strides: [1, 1] }],
    ["one pixel", [4, 4], [1, 1], [7, 4], { strides: [2, 2] }],
  ] as const)("%s", async ([, sizes, kernel, [input, output], changes]) => {
    const attributes: ConvAttributes = { ...plain, ...changes };
    const inputShape = ["batch", ...sizes, input];
    const weightShape = [...kernel, input, output];
    await expectSame(subject, {
      inputs: { x: { shape: inputShape }, w: { shape: weightShape } },
      sizes: [{ batch: 3 }, { batch: 1 }],
      build: ({ x, w }) => {
        const y = Conv(x!, w!, attributes);
        return {
          y,
          dx: ConvInputGrad(y, w!, { ...attributes, inputShape }),
          dw: ConvWeightGrad(x!, y, { ...attributes, weightShape }),
        };
      },
    });
  });
});

describe("convolutions by tiles and their gradients", () => {
  interface Sizes {
    readonly sizes: readonly number[];
    readonly batch: number;
    readonly input: number;
    readonly output: number;
    readonly pads?: ConvAttributes["pads"];
  }
  const tensorsOf = ({ sizes, batch, input, output }: Sizes) => {
    const x = randomTensor("x", [batch, ...sizes, input]);
    return { x, w: randomTensor("w", [3, 3, input, output]) };
  };
  const graphFor = ({ sizes, input, output, pads = plain.pads }: Sizes, outputSizes: readonly number[]) => {
    const attributes: ConvAttributes = { ...plain, pads };
    const inputShape = ["batch", ...sizes, input];
    const weightShape = [3, 3, input, output];
    return graphOf({
      inputs: { x: { shape: inputShape }, w: { shape: weightShape }, dy: { shape: ["batch", ...outputSizes, output] } },
      build: ({ x, w, dy }) => ({
        y: Conv(x!, w!, attributes),
        dx: ConvInputGrad(dy!, w!, { ...attributes, inputShape }),
        dw: ConvWeightGrad(x!, dy!, { ...attributes, weightShape }),
      }),
    });
  };

  test.for([
    ["more than go at once", [8, 16], { sizes: [10, 18], batch: 7, input: 16, output: 20 }],
    ["odd sizes, and padding", [7, 10], { sizes: [7, 10], batch: 4, input: 20, output: 16, pads: "SAME_UPPER" }],
    ["uneven padding", [8, 9], { sizes: [9, 9], batch: 4, input: 16, output: 16, pads: [0, 2, 1, 0] }],
  ] as const)("%s", async ([, outputSizes, sizes]) => {
    const dy = randomTensor("dy", [sizes.batch, ...outputSizes, sizes.output]);
    await expectSameGraph(subject, graphFor(sizes, outputSizes), [{ ...tensorsOf(sizes), dy }]);
  });

  test("what is not finite, or nearly so, is where only its windows are", async () => {
    const sizes = { sizes: [10, 18], batch: 2, input: 16, output: 16 };
    const { x, w } = tensorsOf(sizes);
    const dy = randomTensor("dy", [2, 8, 16, 16]);
    const changed = (given: typeof x, value: number) => {
      const numbers = Float32Array.from(given.toNumbers());
      numbers[1000] = value;
      return tensor(numbers, given.shape);
    };
    const runs = [Number.NaN, Infinity, 1e38].map((value) => ({ x: changed(x, value), w, dy: changed(dy, value) }));
    await expectSameGraph(subject, graphFor(sizes, [8, 16]), runs);
  });
});

test("the gradient of MaxPool goes to the first maximum, and to NaN", async () => {
  for (const strides of [
    [2, 2],
    [1, 2],
  ]) {
    const attributes = { layout: "channelsLast", kernelShape: [3, 2], strides, pads: "SAME_UPPER" } as const;
    const item = {
      inputs: { x: { shape: [2, 5, 6, 8], whole: true, low: -2, high: 2 }, scale: { shape: [2, 5, 6, 8] } },
      build: ({ x }: Readonly<Record<string, Parameters<typeof MaxPool>[0]>>) => {
        const y = MaxPool(x!, attributes);
        return { dx: MaxPoolGrad(x!, y, y, attributes) };
      },
    };
    await expectSame(subject, item);
  }
  const attributes = { layout: "channelsLast", kernelShape: [1, 4], strides: [1, 4], pads: [0, 0, 0, 0] } as const;
  const graph = graphOf({
    inputs: { x: { shape: [1, 1, 4, 4] }, dy: { shape: [1, 1, 1, 4] } },
    build: ({ x, dy }) => MaxPoolGrad(x!, dy!, dy!, attributes),
  });
  await using executable = await backend.compile(graph);
  const x = tensor([1, NaN, 5, -Infinity, NaN, 2, 7, -Infinity, 3, NaN, 7, 1, 9, 9, 0, 1], [1, 1, 4, 4]);
  const { y } = await executable.run({ x, dy: tensor([1, 2, 3, 4], [1, 1, 1, 4]) });
  expect((await y!.read()).toNumbers()).toEqual([0, 2, 0, 0, 1, 0, 3, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
  y!.dispose();
});

describe("vectors", () => {
  const special = [NaN, 0, -0, Infinity, -Infinity, 1, 2, -1];
  const values = Array.from({ length: 37 }, (_, i) => special[(i * 5 + (i >> 3)) % 8]!);

  test("comparisons, with as many elements and with one", async () => {
    const graph = graphOf({
      inputs: { a: { shape: [37] }, b: { shape: [37] }, one: { shape: [] } },
      build: ({ a, b, one }) =>
        Object.fromEntries(
          [Equal, Greater, GreaterOrEqual, Less, LessOrEqual].flatMap((compare, i) => [
            [`each${i}`, compare(a!, b!)],
            [`one${i}`, compare(a!, one!)],
          ]),
        ),
    });
    const feeds = { a: tensor(values), b: tensor(values.toReversed()), one: tensor([0], []) };
    await expectSameGraph(subject, graph, [feeds, { ...feeds, one: tensor([NaN], []) }]);
  });

  test("choices between any two sides", async () => {
    const graph = graphOf({
      inputs: { a: { shape: [37] }, b: { shape: [37] }, one: { shape: [] }, int: { shape: [37], dtype: "int32" } },
      build: ({ a, b, one, int }) => {
        const condition = Greater(a!, b!);
        return {
          both: Where(condition, a!, b!),
          left: Where(condition, one!, b!),
          right: Where(condition, a!, one!),
          neither: Where(condition, one!, one!),
          int: Where(condition, int!, int!),
        };
      },
    });
    const int = tensor(
      values.map((_, i) => i - 20),
      undefined,
      "int32",
    );
    await expectSameGraph(subject, graph, [
      { a: tensor(values), b: tensor(values.toReversed()), one: tensor([3], []), int },
    ]);
  });

  test("sums over leading axes and over all are those of float64", async () => {
    const graph = graphOf({
      inputs: { x: { shape: [100, 2, 32] } },
      build: ({ x }) => ({
        leading: ReduceSum(x!, { axes: [0, 1], keepdims: false }),
        kept: ReduceSum(x!, { axes: [0], keepdims: true }),
        all: ReduceSum(x!, { axes: [0, 1, 2], keepdims: false }),
      }),
    });
    const x = Float32Array.from({ length: 6400 }, (_, i) =>
      i % 3 === 0 ? 16_777_216 : i % 3 === 1 ? 0.25 : -16_777_216,
    );
    await expectSameGraph(subject, graph, [{ x: tensor(x, [100, 2, 32]) }], 0);
  });
});
