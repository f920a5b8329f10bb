import type { LayerCase } from "./case.ts";

export const cropping2d: readonly LayerCase[] = [
  { id: "cropping2d/default", layers: [{ type: "Cropping2D" }], inputs: [{ shape: [1, 3, 2, 2] }] },
  {
    id: "cropping2d/one",
    layers: [{ type: "Cropping2D", config: { cropping: 1 } }],
    inputs: [{ shape: [2, 4, 3, 2] }],
  },
  {
    id: "cropping2d/symmetric",
    layers: [{ type: "Cropping2D", config: { cropping: [1, 2] } }],
    inputs: [{ shape: [1, 3, 6, 2] }],
  },
  {
    id: "cropping2d/asymmetric",
    layers: [
      {
        type: "Cropping2D",
        config: {
          cropping: [
            [1, 0],
            [0, 2],
          ],
        },
      },
    ],
    inputs: [{ shape: [2, 3, 4, 1] }],
  },
  {
    id: "cropping2d/unknown-size",
    layers: [
      {
        type: "Cropping2D",
        config: {
          cropping: [
            [2, 1],
            [0, 1],
          ],
        },
      },
    ],
    inputs: [{ shape: [1, 5, 3, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "cropping2d/channels-first",
    layers: [
      {
        type: "Cropping2D",
        config: {
          cropping: [
            [1, 0],
            [0, 1],
          ],
          dataFormat: "channelsFirst",
        },
      },
    ],
    inputs: [{ shape: [1, 2, 3, 3] }],
  },
];
