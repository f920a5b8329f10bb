import * as ir from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { expectGradients, float64, gradientsAt, noise } from "./check-gradient.ts";

interface ConvCase {
  readonly x: ir.StaticShape;
  readonly shape?: ir.Shape;
  readonly weight: ir.StaticShape;
  readonly attributes: Partial<ir.ConvAttributes>;
}

const plain: ir.ConvAttributes = {
  layout: "channelsLast",
  strides: [1, 1],
  pads: [0, 0, 0, 0],
  dilations: [1, 1],
  group: 1,
};

const convolutions: readonly (readonly [string, ConvCase])[] = [
  ["valid", { x: [2, 3, 4, 2], shape: ["batch", 3, 4, 2], weight: [2, 3, 2, 2], attributes: {} }],
  ["same, strided", { x: [1, 5, 4, 1], weight: [3, 3, 1, 2], attributes: { pads: "SAME_UPPER", strides: [2, 2] } }],
  ["padded by hand", { x: [1, 3, 3, 1], weight: [2, 2, 1, 1], attributes: { pads: [1, 0, 2, 1] } }],
  ["strides that leave a rest", { x: [1, 6, 1, 1], weight: [2, 1, 1, 2], attributes: { strides: [3, 1] } }],
  ["dilated", { x: [1, 6, 5, 1], weight: [2, 2, 1, 1], attributes: { dilations: [3, 2] } }],
  ["in groups", { x: [1, 3, 3, 4], weight: [2, 2, 2, 4], attributes: { group: 2 } }],
  ["depthwise", { x: [1, 3, 3, 2], weight: [2, 2, 1, 4], attributes: { group: 2, pads: "SAME_UPPER" } }],
  [
    "channels first",
    { x: [2, 2, 4, 3], weight: [3, 2, 2, 2], attributes: { layout: "channelsFirst", strides: [2, 1] } },
  ],
  [
    "one axis, symbolic",
    {
      x: [2, 6, 2],
      shape: ["batch", "time", 2],
      weight: [3, 2, 2],
      attributes: { strides: [2], pads: [2, 0], dilations: [1] },
    },
  ],
];

describe.each(convolutions)("Conv, %s", (name, { x, shape, weight, attributes }) => {
  const inputs = [{ value: noise(`${name} x`, x), shape: shape ?? x }, { value: noise(`${name} weight`, weight) }];
  const all = { ...plain, ...attributes };

  test("gradients", () => expectGradients((a, b) => ir.Conv(a, b, all), inputs));

  test("gradients of the gradients", () => expectGradients((a, b) => ir.Conv(a, b, all), inputs, { order: 2 }));

  test("third order: every one of the three is differentiated by itself", async () => {
    await expectGradients((a, b) => ir.Mul(ir.Conv(a, b, all), ir.Conv(a, b, all)), inputs, { order: 2 });
  });
});

interface PoolCase {
  readonly x: ir.StaticShape;
  readonly shape?: ir.Shape;
  readonly attributes: ir.PoolAttributes;
}

const pools: readonly (readonly [string, PoolCase])[] = [
  [
    "valid",
    {
      x: [2, 4, 4, 2],
      shape: ["batch", 4, 4, 2],
      attributes: { layout: "channelsLast", kernelShape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] },
    },
  ],
  [
    "windows that overlap",
    {
      x: [1, 5, 4, 1],
      attributes: { layout: "channelsLast", kernelShape: [3, 2], strides: [1, 1], pads: [0, 0, 0, 0] },
    },
  ],
  [
    "same, with a rest",
    {
      x: [1, 5, 5, 1],
      attributes: { layout: "channelsLast", kernelShape: [3, 3], strides: [2, 2], pads: "SAME_UPPER" },
    },
  ],
  [
    "channels first",
    {
      x: [1, 2, 4, 3],
      attributes: { layout: "channelsFirst", kernelShape: [2, 2], strides: [2, 1], pads: [0, 0, 0, 0] },
    },
  ],
  [
    "one axis, symbolic",
    {
      x: [2, 6, 1],
      shape: ["batch", "time", 1],
      attributes: { layout: "channelsLast", kernelShape: [2], strides: [2], pads: [0, 0] },
    },
  ],
];

describe.each(pools)("pools, %s", (name, { x, shape, attributes }) => {
  const inputs = [{ value: noise(name, x), shape: shape ?? x }];

  test("MaxPool", () => expectGradients((value) => ir.MaxPool(value, attributes), inputs));
  test("AveragePool", () => expectGradients((value) => ir.AveragePool(value, attributes), inputs));
  test("the gradient of AveragePool", async () => {
    await expectGradients((value) => ir.AveragePool(ir.Mul(value, value), attributes), inputs, { order: 2 });
  });
});

describe("MaxPool", () => {
  const attributes: ir.PoolAttributes = { layout: "channelsLast", kernelShape: [2], strides: [1], pads: [0, 0] };

  test("routes ties to the first maximum of each window, and windows add up", async () => {
    const x = { value: float64([1, 4, 1], [5, 5, 5, 1]) };
    expect(await gradientsAt((value) => ir.MaxPool(value, attributes), [x])).toEqual([[1, 1, 1, 0]]);
  });

  test("has second derivatives by what goes into it", async () => {
    const x = { value: noise("x", [1, 4, 1]) };
    await expectGradients((value) => ir.MaxPool(ir.Mul(value, value), attributes), [x], { order: 2 });
  });

  test("refuses second derivatives by what comes out of it, by name", async () => {
    const x = { value: noise("x", [1, 4, 1]) };
    const pooled = (value: ir.Tracer) => ir.MaxPool(value, attributes);
    const squared = expectGradients((value) => ir.Mul(pooled(value), pooled(value)), [x], { order: 2 });
    await expect(squared).rejects.toThrow(
      "The gradient of gradients/MaxPool/MaxPoolGrad: MaxPoolGrad cannot be differentiated",
    );
  });
});
