import type { LayerCase } from "./case.ts";

export const cropping3d: readonly LayerCase[] = [
  { id: "cropping3d/default", layers: [{ type: "Cropping3D" }], inputs: [{ shape: [1, 3, 4, 3, 2] }] },
  {
    id: "cropping3d/asymmetric",
    layers: [
      {
        type: "Cropping3D",
        config: {
          cropping: [
            [1, 0],
            [0, 2],
            [1, 1],
          ],
        },
      },
    ],
    inputs: [{ shape: [1, 2, 3, 4, 2] }],
  },
  {
    id: "cropping3d/mixed",
    layers: [{ type: "Cropping3D", config: { cropping: [1, [0, 1], 0] } }],
    inputs: [{ shape: [2, 3, 2, 2, 1] }],
  },
  {
    id: "cropping3d/unknown-size",
    layers: [
      {
        type: "Cropping3D",
        config: {
          cropping: [
            [1, 0],
            [1, 1],
            [0, 0],
          ],
        },
      },
    ],
    inputs: [{ shape: [1, 2, 3, 2, 1], symbolic: [null, null, null, null, 1] }],
  },
  {
    id: "cropping3d/channels-first",
    layers: [
      {
        type: "Cropping3D",
        config: {
          cropping: [
            [0, 1],
            [1, 0],
            [0, 0],
          ],
          dataFormat: "channelsFirst",
        },
      },
    ],
    inputs: [{ shape: [1, 2, 2, 3, 2] }],
  },
];
