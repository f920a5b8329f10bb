import type { LayerCase } from "./case.ts";

export const upSampling2d: readonly LayerCase[] = [
  { id: "up-sampling2d/default", layers: [{ type: "UpSampling2D" }], inputs: [{ shape: [1, 2, 3, 2] }] },
  {
    id: "up-sampling2d/rectangular",
    layers: [{ type: "UpSampling2D", config: { size: [3, 1] } }],
    inputs: [{ shape: [2, 2, 3, 2] }],
  },
  {
    id: "up-sampling2d/bilinear",
    layers: [{ type: "UpSampling2D", config: { interpolation: "bilinear" } }],
    inputs: [{ shape: [1, 3, 4, 2] }],
  },
  {
    id: "up-sampling2d/bilinear-three",
    layers: [{ type: "UpSampling2D", config: { size: [3, 2], interpolation: "bilinear" } }],
    inputs: [{ shape: [2, 2, 3, 1] }],
  },
  {
    id: "up-sampling2d/bilinear-one-pixel",
    layers: [{ type: "UpSampling2D", config: { size: 4, interpolation: "bilinear" } }],
    inputs: [{ shape: [2, 1, 1, 2] }],
  },
  {
    id: "up-sampling2d/bilinear-unknown-size",
    layers: [{ type: "UpSampling2D", config: { size: [2, 3], interpolation: "bilinear" } }],
    inputs: [{ shape: [1, 3, 4, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "up-sampling2d/bilinear-channels-first",
    layers: [
      { type: "UpSampling2D", config: { size: [2, 3], interpolation: "bilinear", dataFormat: "channelsFirst" } },
    ],
    inputs: [{ shape: [1, 2, 3, 2] }],
  },
  {
    id: "up-sampling2d/bicubic",
    layers: [{ type: "UpSampling2D", config: { size: [2, 3], interpolation: "bicubic" } }],
    inputs: [{ shape: [1, 3, 5, 2] }],
  },
  {
    id: "up-sampling2d/lanczos3",
    layers: [{ type: "UpSampling2D", config: { size: [2, 3], interpolation: "lanczos3" } }],
    inputs: [{ shape: [1, 3, 5, 2] }],
  },
  {
    id: "up-sampling2d/lanczos5",
    layers: [{ type: "UpSampling2D", config: { size: [3, 2], interpolation: "lanczos5" } }],
    inputs: [{ shape: [1, 4, 5, 1] }],
  },
  {
    id: "up-sampling2d/channels-first",
    layers: [{ type: "UpSampling2D", config: { size: [1, 2], dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [1, 2, 3, 2] }],
  },
  {
    id: "up-sampling2d/unknown-size",
    layers: [{ type: "UpSampling2D" }],
    inputs: [{ shape: [1, 3, 2, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "up-sampling2d/int-input",
    layers: [{ type: "UpSampling2D", config: { size: [2, 1] } }],
    inputs: [{ shape: [1, 2, 2, 2], dtype: "int32", high: 9 }],
  },
  {
    id: "up-sampling2d/bilinear-int-input",
    layers: [{ type: "UpSampling2D", config: { interpolation: "bilinear" } }],
    inputs: [{ shape: [1, 2, 2, 2], dtype: "int32", high: 9 }],
  },
];
