import {
  AveragePool,
  AveragePoolGrad,
  type ConvAttributes,
  type Dim,
  Conv,
  ConvInputGrad,
  ConvWeightGrad,
  isFloating,
  type Layout,
  MaxPool,
  MaxPoolGrad,
  type Pads,
  type PoolAttributes,
  Reshape,
} from "@lamella/ir";
import { describe, test } from "vitest";

import { expectSame, type PrimitiveSubject } from "./harness.ts";

/** Batch, sizes and channels in the order of a layout. */
function shaped(layout: Layout, batch: Dim, sizes: readonly Dim[], channels: Dim): Dim[] {
  return layout === "channelsLast" ? [batch, ...sizes, channels] : [batch, channels, ...sizes];
}

interface ConvCase {
  readonly sizes: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: Pads;
  readonly channels: readonly [input: number, output: number];
  readonly group: number;
}

const plain = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], channels: [3, 4], group: 1 } as const;
const convolutions: Readonly<Record<string, ConvCase>> = {
  plain: { ...plain, sizes: [6, 5], kernel: [3, 3] },
  "same, even kernel": { ...plain, sizes: [6, 5], kernel: [2, 4], pads: "SAME_UPPER" },
  "same, stride 2": { ...plain, sizes: [6, 7], kernel: [3, 3], strides: [2, 2], pads: "SAME_UPPER" },
  "same, stride above the kernel": { ...plain, sizes: [8, 9], kernel: [1, 2], strides: [2, 3], pads: "SAME_UPPER" },
  "stride 2, rest left over": { ...plain, sizes: [8, 7], kernel: [3, 2], strides: [2, 3] },
  dilated: { ...plain, sizes: [9, 8], kernel: [3, 2], dilations: [2, 3] },
  "same, dilated": { ...plain, sizes: [7, 8], kernel: [3, 2], dilations: [2, 3], pads: "SAME_UPPER" },
  "uneven pads": { ...plain, sizes: [5, 6], kernel: [3, 3], strides: [2, 1], pads: [2, 0, 1, 1] },
  "pads beyond the kernel": {
    ...plain,
    sizes: [5, 6],
    kernel: [1, 2],
    strides: [2, 3],
    pads: [2, 3, 1, 2],
  },
  depthwise: { ...plain, sizes: [6, 6], kernel: [3, 3], channels: [4, 4], group: 4, pads: "SAME_UPPER" },
  "depthwise, multiplier 2": { ...plain, sizes: [6, 5], kernel: [2, 3], channels: [3, 6], group: 3, strides: [2, 1] },
  grouped: { ...plain, sizes: [5, 5], kernel: [3, 3], channels: [4, 6], group: 2 },
  "one channel": { ...plain, sizes: [7, 8], kernel: [3, 3], channels: [1, 5], strides: [2, 2], pads: "SAME_UPPER" },
  "one dimension": { ...plain, sizes: [9], kernel: [4], strides: [2], dilations: [1], pads: [1, 2] },
  "three dimensions": {
    ...plain,
    sizes: [4, 5, 4],
    kernel: [2, 3, 2],
    strides: [1, 2, 1],
    dilations: [1, 1, 2],
    pads: "SAME_UPPER",
  },
};

/** For weights that several convolutions share. */
const shared: ConvAttributes = {
  layout: "channelsLast",
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  group: 1,
};

const pool = { strides: [2, 2], pads: [0, 0, 0, 0] } as const;
const poolings: Readonly<Record<string, Omit<PoolAttributes, "layout"> & { readonly sizes: readonly number[] }>> = {
  plain: { ...pool, sizes: [6, 8], kernelShape: [2, 2] },
  "rest left over": { ...pool, sizes: [7, 5], kernelShape: [2, 2] },
  overlapping: { ...pool, sizes: [7, 7], kernelShape: [3, 3] },
  "same, overlapping": { ...pool, sizes: [6, 7], kernelShape: [3, 3], pads: "SAME_UPPER" },
  "same, stride 1": { ...pool, sizes: [5, 4], kernelShape: [2, 3], strides: [1, 1], pads: "SAME_UPPER" },
  "stride above the window": { ...pool, sizes: [7, 8], kernelShape: [2, 1], strides: [3, 2] },
  "one dimension": { sizes: [7], kernelShape: [3], strides: [2], pads: "SAME_UPPER" },
  "three dimensions": { sizes: [4, 4, 5], kernelShape: [2, 2, 2], strides: [2, 2, 2], pads: "SAME_UPPER" },
};

/** Convolutions, pooling and their gradients. */
export function describeSpatial(subject: PrimitiveSubject): void {
  const floating = subject.dtypes.filter(isFloating);

  describe.for(["channelsFirst", "channelsLast"] as const)("convolutions, %s", (layout) => {
    test.for(Object.entries(convolutions))("%s", async ([, item]) => {
      const { sizes, kernel, group, channels, ...rest } = item;
      const attributes: ConvAttributes = { layout, group, ...rest };
      const inputShape = shaped(layout, "batch", sizes, channels[0]);
      const weightShape =
        layout === "channelsLast"
          ? [...kernel, channels[0] / group, channels[1]]
          : [channels[1], channels[0] / group, ...kernel];
      await expectSame(subject, {
        inputs: { x: { shape: inputShape }, w: { shape: weightShape } },
        sizes: [{ batch: 2 }, { batch: 3 }],
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

  describe.for(["channelsFirst", "channelsLast"] as const)("pooling, %s", (layout) => {
    test.for(Object.entries(poolings))("%s", async ([, { sizes, ...rest }]) => {
      const attributes: PoolAttributes = { layout, ...rest };
      const inputShape = shaped(layout, "batch", sizes, 3);
      for (const dtype of floating) {
        await expectSame(subject, {
          inputs: { x: { shape: inputShape, dtype, whole: true, low: -3, high: 3 }, s: { shape: [], dtype } },
          sizes: [{ batch: 2 }, { batch: 1 }],
          build: ({ x }) => {
            const y = MaxPool(x!, attributes);
            const a = AveragePool(x!, attributes);
            return {
              y,
              a,
              dy: MaxPoolGrad(x!, y, a, attributes),
              da: AveragePoolGrad(a, { ...attributes, inputShape }),
            };
          },
        });
      }
    });
  });

  describe.for(["channelsFirst", "channelsLast"] as const)("spatial sizes that are symbols, %s", (layout) => {
    const sizes = [
      { batch: 2, width: 9 },
      { batch: 1, width: 12 },
    ];
    const inputShape = shaped(layout, "batch", ["width"], 3);
    const weightShape = layout === "channelsLast" ? [3, 3, 2] : [2, 3, 3];
    const x = { shape: inputShape, whole: true };

    test.for([
      { strides: [2], dilations: [1], pads: [0, 0] },
      { strides: [3], dilations: [2], pads: [1, 2] },
      { strides: [1], dilations: [2], pads: "SAME_UPPER" },
    ] as const)("convolution and gradients, %o", async (windows) => {
      const attributes: ConvAttributes = { layout, group: 1, ...windows };
      await expectSame(subject, {
        inputs: { x, w: { shape: weightShape } },
        sizes,
        build: (inputs) => {
          const y = Conv(inputs["x"]!, inputs["w"]!, attributes);
          const dx = ConvInputGrad(y, inputs["w"]!, { ...attributes, inputShape });
          return { y, dx, dw: ConvWeightGrad(inputs["x"]!, y, { ...attributes, weightShape }) };
        },
      });
    });

    test.for([
      { strides: [2], pads: [0, 0], kernelShape: [3] },
      { strides: [2], pads: [0, 0], kernelShape: [2] },
      { strides: [1], pads: "SAME_UPPER", kernelShape: [3] },
      { strides: [2], pads: [1, 1], kernelShape: [3] },
    ] as const)("pooling and gradients, %o", async (windows) => {
      const attributes: PoolAttributes = { layout, ...windows };
      await expectSame(subject, {
        inputs: { x },
        sizes,
        build: (inputs) => {
          const y = MaxPool(inputs["x"]!, attributes);
          const a = AveragePool(inputs["x"]!, attributes);
          const dy = MaxPoolGrad(inputs["x"]!, y, a, attributes);
          return { y, a, dy, da: AveragePoolGrad(a, { ...attributes, inputShape }) };
        },
      });
    });

    test("padding 'same' with a stride, forward", async () => {
      const windows = { layout, strides: [2], pads: "SAME_UPPER" } as const;
      await expectSame(subject, {
        inputs: { x, w: { shape: weightShape } },
        sizes,
        build: (inputs) => ({
          conv: Conv(inputs["x"]!, inputs["w"]!, { ...windows, dilations: [1], group: 1 }),
          max: MaxPool(inputs["x"]!, { ...windows, kernelShape: [3] }),
          mean: AveragePool(inputs["x"]!, { ...windows, kernelShape: [3] }),
        }),
      });
    });
  });

  test("one weight in convolutions of several kinds and shapes", async () => {
    await expectSame(subject, {
      inputs: {
        x: { shape: ["batch", 9, 8, 4] },
        narrow: { shape: ["batch", 7, 7, 2] },
        single: { shape: ["batch", 6, 6, 1] },
        w: { shape: [3, 3, 4, 2] },
      },
      sizes: [{ batch: 2 }, { batch: 1 }],
      build: ({ x, narrow, single, w }) => ({
        plain: Conv(x!, w!, shared),
        strided: Conv(x!, w!, { ...shared, strides: [2, 1] }),
        dilated: Conv(x!, w!, { ...shared, dilations: [1, 2] }),
        padded: Conv(x!, w!, { ...shared, pads: "SAME_UPPER" }),
        shifted: Conv(x!, w!, { ...shared, pads: [1, 0, 0, 1] }),
        turned: Conv(narrow!, Reshape(w!, [3, 3, 2, 4]), shared),
        wide: Conv(single!, Reshape(w!, [3, 3, 1, 8]), shared),
        depthwise: Conv(narrow!, Reshape(w!, [3, 3, 1, 8]), { ...shared, group: 2 }),
        flat: Conv(narrow!, Reshape(w!, [1, 1, 2, 36]), shared),
      }),
    });
  });
}
