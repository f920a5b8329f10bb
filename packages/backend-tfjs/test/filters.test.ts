import { Conv, type ConvAttributes, Reshape } from "@lamella/ir";
import { test } from "vitest";

import { backends, expectSame } from "./harness.ts";

const plain: ConvAttributes = {
  layout: "channelsLast",
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  group: 1,
};

test.for(backends)("one weight in convolutions of several kinds and shapes, %s", async ([, backend]) => {
  await expectSame(backend, {
    inputs: {
      x: { shape: ["batch", 9, 8, 4] },
      narrow: { shape: ["batch", 7, 7, 2] },
      single: { shape: ["batch", 6, 6, 1] },
      w: { shape: [3, 3, 4, 2] },
    },
    sizes: [{ batch: 2 }, { batch: 1 }],
    build: ({ x, narrow, single, w }) => ({
      plain: Conv(x!, w!, plain),
      strided: Conv(x!, w!, { ...plain, strides: [2, 1] }),
      dilated: Conv(x!, w!, { ...plain, dilations: [1, 2] }),
      padded: Conv(x!, w!, { ...plain, pads: "SAME_UPPER" }),
      shifted: Conv(x!, w!, { ...plain, pads: [1, 0, 0, 1] }),
      turned: Conv(narrow!, Reshape(w!, [3, 3, 2, 4]), plain),
      wide: Conv(single!, Reshape(w!, [3, 3, 1, 8]), plain),
      depthwise: Conv(narrow!, Reshape(w!, [3, 3, 1, 8]), { ...plain, group: 2 }),
      flat: Conv(narrow!, Reshape(w!, [1, 1, 2, 36]), plain),
    }),
  });
});
