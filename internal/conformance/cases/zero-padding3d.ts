import type { LayerCase } from "./case.ts";

export const zeroPadding3d: readonly LayerCase[] = [
  { id: "zero-padding3d/default", layers: [{ type: "ZeroPadding3D" }], inputs: [{ shape: [1, 1, 2, 2, 2] }] },
  {
    id: "zero-padding3d/asymmetric",
    layers: [
      {
        type: "ZeroPadding3D",
        config: {
          padding: [
            [1, 0],
            [0, 2],
            [1, 1],
          ],
        },
      },
    ],
    inputs: [{ shape: [1, 2, 1, 2, 2] }],
  },
  {
    id: "zero-padding3d/mixed",
    layers: [{ type: "ZeroPadding3D", config: { padding: [1, [0, 2], 0] } }],
    inputs: [{ shape: [2, 1, 2, 2, 1] }],
  },
  {
    id: "zero-padding3d/unknown-size",
    layers: [{ type: "ZeroPadding3D", config: { padding: [0, 1, 2] } }],
    inputs: [{ shape: [1, 2, 1, 2, 1], symbolic: [null, null, null, null, 1] }],
  },
  {
    id: "zero-padding3d/channels-first",
    layers: [
      {
        type: "ZeroPadding3D",
        config: {
          padding: [
            [0, 1],
            [1, 0],
            [0, 0],
          ],
          dataFormat: "channelsFirst",
        },
      },
    ],
    inputs: [{ shape: [1, 2, 1, 2, 2] }],
  },
];
