import * as ir from "@lamella/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { apply, at, dot, formula, indicesOf, noise, of } from "./evaluate.ts";

interface Case {
  readonly batch: number;
  readonly sizes: readonly number[];
  readonly kernel: readonly number[];
  readonly inputsPerGroup: number;
  readonly outputsPerGroup: number;
  readonly attributes: ir.ConvAttributes;
}

const upTo = (max: number) => fc.integer({ min: 1, max });

/** Convolutions of every rank, layout, padding, stride, dilation and group. */
const cases: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 3 }).chain((rank) => {
  const each = (item: fc.Arbitrary<number>, count = rank) => fc.array(item, { minLength: count, maxLength: count });
  return fc.record({
    batch: upTo(2),
    sizes: each(upTo(5)),
    kernel: each(upTo(3)),
    inputsPerGroup: upTo(2),
    outputsPerGroup: upTo(3),
    attributes: fc.record({
      layout: fc.constantFrom("channelsLast", "channelsFirst"),
      strides: each(upTo(3)),
      dilations: each(upTo(2)),
      group: upTo(2),
      pads: fc.oneof(fc.constant("SAME_UPPER" as const), each(fc.nat(3), 2 * rank)),
    }),
  });
});

/** Where the padding begins, and how many windows there are, by TensorFlow's formulas. */
function placement({ sizes, kernel, attributes }: Case): { readonly begin: number[]; readonly counts: number[] } {
  const { pads, strides, dilations } = attributes;
  const begin: number[] = [];
  const counts: number[] = [];
  for (const [i, size] of sizes.entries()) {
    const extent = (kernel[i]! - 1) * dilations[i]! + 1;
    if (pads === "SAME_UPPER") {
      const count = Math.ceil(size / strides[i]!);
      counts.push(count);
      begin.push(Math.floor(Math.max(0, (count - 1) * strides[i]! + extent - size) / 2));
    } else {
      begin.push(pads[i]!);
      counts.push(Math.floor((size + pads[i]! + pads[i + sizes.length]! - extent) / strides[i]!) + 1);
    }
  }
  return { begin, counts };
}

function shapesOf(item: Case): { readonly x: number[]; readonly w: number[]; readonly y: number[] } {
  const { batch, sizes, kernel, inputsPerGroup, outputsPerGroup, attributes } = item;
  const { group, layout } = attributes;
  const { counts } = placement(item);
  const last = layout === "channelsLast";
  const grid = (channels: number, spatial: readonly number[]) =>
    last ? [batch, ...spatial, channels] : [batch, channels, ...spatial];
  const outputs = outputsPerGroup * group;
  return {
    x: grid(inputsPerGroup * group, sizes),
    w: last ? [...kernel, inputsPerGroup, outputs] : [outputs, inputsPerGroup, ...kernel],
    y: grid(outputs, counts),
  };
}

/** The definition: every output is a sum over the kernel and the input channels of its group. */
function naiveConv(item: Case, x: ir.Tensor, w: ir.Tensor): number[] {
  const { kernel, inputsPerGroup, outputsPerGroup, attributes } = item;
  const { strides, dilations, layout } = attributes;
  const { begin } = placement(item);
  const last = layout === "channelsLast";
  return formula(shapesOf(item).y, (index) => {
    const [n, ...others] = index as [number, ...number[]];
    const output = last ? others.at(-1)! : others[0]!;
    const place = last ? others.slice(0, -1) : others.slice(1);
    let sum = 0;
    for (const tap of indicesOf(kernel)) {
      const position = tap.map((k, i) => place[i]! * strides[i]! + k * dilations[i]! - begin[i]!);
      for (let i = 0; i < inputsPerGroup; i++) {
        const channel = Math.floor(output / outputsPerGroup) * inputsPerGroup + i;
        const value = at(x, last ? [n, ...position, channel] : [n, channel, ...position]) ?? 0;
        sum += value * at(w, last ? [...tap, i, output] : [output, i, ...tap])!;
      }
    }
    return sum;
  });
}

const fits = (item: Case) => placement(item).counts.every((count) => count >= 1);

describe("Conv", () => {
  test("in one dimension, by hand", async () => {
    const x = of("float32", [[[1], [2], [3], [4], [5]]]);
    const w = of("float32", [[[1]], [[10]], [[100]]]);
    const conv = (attributes: Partial<ir.ConvAttributes>) =>
      apply(
        (input, weight) =>
          ir.Conv(input, weight, {
            layout: "channelsLast",
            strides: [1],
            dilations: [1],
            group: 1,
            pads: [0, 0],
            ...attributes,
          }),
        x,
        w,
      ).then((y) => y.toNumbers());
    expect(await conv({})).toEqual([321, 432, 543]);
    expect(await conv({ strides: [2] })).toEqual([321, 543]);
    expect(await conv({ dilations: [2] })).toEqual([531]);
    expect(await conv({ pads: [1, 0] })).toEqual([210, 321, 432, 543]);
    expect(await conv({ pads: "SAME_UPPER" })).toEqual([210, 321, 432, 543, 54]);
    expect(await conv({ pads: "SAME_UPPER", strides: [2] })).toEqual([210, 432, 54]);
    expect(await conv({ pads: "SAME_UPPER", strides: [4] })).toEqual([210, 54]);
  });

  test("SAME_UPPER puts the odd pad at the end", async () => {
    const y = await apply(
      (x, w) => ir.Conv(x, w, { layout: "channelsFirst", strides: [2], dilations: [1], group: 1, pads: "SAME_UPPER" }),
      of("float32", [[[1, 2, 3, 4]]]),
      of("float32", [[[1, 10, 100]]]),
    );
    expect(y.toNumbers()).toEqual([321, 43]);
  });

  test("is its definition", async () => {
    await fc.assert(
      fc.asyncProperty(cases.filter(fits), async (item) => {
        const shapes = shapesOf(item);
        const x = noise("x", shapes.x);
        const w = noise("w", shapes.w);
        const y = await apply((input, weight) => ir.Conv(input, weight, item.attributes), x, w);
        expect(y.shape).toEqual(shapes.y);
        const expected = naiveConv(item, x, w);
        for (const [i, value] of y.toNumbers().entries()) expect(value).toBeCloseTo(expected[i]!, 12);
      }),
      { numRuns: 200 },
    );
  });
});

describe("the gradients of Conv", () => {
  test("are its adjoints", async () => {
    await fc.assert(
      fc.asyncProperty(cases.filter(fits), async (item) => {
        const shapes = shapesOf(item);
        const { attributes } = item;
        const x = noise("x", shapes.x);
        const w = noise("w", shapes.w);
        const dy = noise("dy", shapes.y);
        const y = await apply((a, b) => ir.Conv(a, b, attributes), x, w);
        const dx = await apply((a, b) => ir.ConvInputGrad(a, b, { ...attributes, inputShape: shapes.x }), dy, w);
        const dw = await apply((a, b) => ir.ConvWeightGrad(a, b, { ...attributes, weightShape: shapes.w }), x, dy);
        expect(dx.shape).toEqual(shapes.x);
        expect(dw.shape).toEqual(shapes.w);
        expect(dot(dx, x)).toBeCloseTo(dot(dy, y), 10);
        expect(dot(dw, w)).toBeCloseTo(dot(dy, y), 10);
      }),
      { numRuns: 200 },
    );
  });

  const attributes: ir.ConvAttributes = {
    layout: "channelsLast",
    strides: [2],
    dilations: [1],
    group: 1,
    pads: [0, 0],
  };

  test("inputs that no window reached have none", async () => {
    const w = of("float32", [[[1]], [[10]]]);
    const dy = of("float32", [[[1], [2]]]);
    const dx = await apply((a, b) => ir.ConvInputGrad(a, b, { ...attributes, inputShape: [1, 5, 1] }), dy, w);
    expect(dx.toNumbers()).toEqual([1, 10, 2, 20, 0]);
  });

  test("refuse an output gradient of the wrong shape, by the node's name", async () => {
    const grad = apply(
      (a, b) => ir.ConvInputGrad(a, b, { ...attributes, inputShape: [1, 7, 1] }),
      noise("dy", [1, 2, 1]),
      noise("w", [2, 1, 1]),
    );
    await expect(grad).rejects.toMatchObject({
      code: "shape",
      where: "ConvInputGrad",
      expected: "(1, 3, 1)",
      received: "(1, 2, 1)",
    });
  });
});

test("output channels that the groups do not divide are refused", async () => {
  const conv = apply(
    (x, w) => ir.Conv(x, w, { layout: "channelsLast", strides: [1], dilations: [1], group: 2, pads: [0, 0] }),
    noise("x", [1, 3, 4]),
    noise("w", [1, 2, 3]),
  );
  await expect(conv).rejects.toMatchObject({ code: "shape", where: "Conv", expected: "a multiple of 2" });
});
