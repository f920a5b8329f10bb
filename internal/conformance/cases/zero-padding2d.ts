import type { LayerCase } from "./case.ts";

export const zeroPadding2d: readonly LayerCase[] = [
  { id: "zero-padding2d/default", layers: [{ type: "ZeroPadding2D" }], inputs: [{ shape: [2, 2, 3, 2] }] },
  {
    id: "zero-padding2d/symmetric",
    layers: [{ type: "ZeroPadding2D", config: { padding: [1, 2] } }],
    inputs: [{ shape: [1, 3, 2, 2] }],
  },
  {
    id: "zero-padding2d/asymmetric",
    layers: [
      {
        type: "ZeroPadding2D",
        config: {
          padding: [
            [1, 0],
            [2, 3],
          ],
        },
      },
    ],
    inputs: [{ shape: [2, 3, 2, 1] }],
  },
  {
    id: "zero-padding2d/none",
    layers: [{ type: "ZeroPadding2D", config: { padding: 0 } }],
    inputs: [{ shape: [1, 2, 3, 2] }],
  },
  {
    id: "zero-padding2d/channels-first",
    layers: [
      {
        type: "ZeroPadding2D",
        config: {
          padding: [
            [0, 2],
            [1, 1],
          ],
          dataFormat: "channelsFirst",
        },
      },
    ],
    inputs: [{ shape: [2, 2, 3, 2] }],
  },
  {
    id: "zero-padding2d/unknown-size",
    layers: [{ type: "ZeroPadding2D", config: { padding: [2, 1] } }],
    inputs: [{ shape: [1, 3, 4, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "zero-padding2d/int-input",
    layers: [{ type: "ZeroPadding2D" }],
    inputs: [{ shape: [1, 2, 2, 2], dtype: "int32", low: -3, high: 9 }],
  },
  {
    id: "zero-padding2d/mixed",
    layers: [{ type: "ZeroPadding2D", config: { padding: [1, [2, 0]] } }],
    inputs: [{ shape: [1, 2, 3, 2] }],
  },
];
