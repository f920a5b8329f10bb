import type { LayerCase } from "./case.ts";

export const resizing: readonly LayerCase[] = [
  {
    id: "resizing/bilinear-up",
    layers: [{ type: "Resizing", config: { height: 5, width: 7 } }],
    inputs: [{ shape: [1, 3, 4, 2] }],
  },
  {
    id: "resizing/bilinear-down",
    layers: [{ type: "Resizing", config: { height: 2, width: 3 } }],
    inputs: [{ shape: [2, 7, 5, 2] }],
  },
  {
    id: "resizing/bilinear-mixed-channels-first",
    layers: [{ type: "Resizing", config: { height: 6, width: 3, dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [1, 2, 4, 5] }],
  },
  {
    id: "resizing/nearest-up",
    layers: [{ type: "Resizing", config: { height: 7, width: 5, interpolation: "nearest" } }],
    inputs: [{ shape: [1, 4, 3, 2] }],
  },
  {
    id: "resizing/nearest-down",
    layers: [{ type: "Resizing", config: { height: 3, width: 2, interpolation: "nearest" } }],
    inputs: [{ shape: [1, 7, 5, 2] }],
  },
  {
    id: "resizing/bicubic-up",
    layers: [{ type: "Resizing", config: { height: 7, width: 5, interpolation: "bicubic" } }],
    inputs: [{ shape: [1, 4, 4, 2] }],
  },
  {
    id: "resizing/bicubic-down",
    layers: [{ type: "Resizing", config: { height: 3, width: 2, interpolation: "bicubic" } }],
    inputs: [{ shape: [1, 7, 6, 2] }],
  },
  {
    id: "resizing/lanczos3",
    layers: [{ type: "Resizing", config: { height: 5, width: 3, interpolation: "lanczos3" } }],
    inputs: [{ shape: [1, 4, 7, 2] }],
  },
  {
    id: "resizing/lanczos5",
    layers: [{ type: "Resizing", config: { height: 7, width: 3, interpolation: "lanczos5" } }],
    inputs: [{ shape: [1, 5, 7, 1] }],
  },
  {
    id: "resizing/bilinear-antialias",
    layers: [{ type: "Resizing", config: { height: 3, width: 5, antialias: true } }],
    inputs: [{ shape: [1, 8, 4, 2] }],
  },
  {
    id: "resizing/bicubic-antialias",
    layers: [{ type: "Resizing", config: { height: 3, width: 5, interpolation: "bicubic", antialias: true } }],
    inputs: [{ shape: [1, 8, 6, 1] }],
  },
  {
    id: "resizing/lanczos3-antialias",
    layers: [{ type: "Resizing", config: { height: 3, width: 5, interpolation: "lanczos3", antialias: true } }],
    inputs: [{ shape: [1, 8, 6, 1] }],
  },
  {
    id: "resizing/nearest-antialias",
    layers: [{ type: "Resizing", config: { height: 3, width: 5, interpolation: "nearest", antialias: true } }],
    inputs: [{ shape: [1, 8, 6, 1] }],
  },
  {
    id: "resizing/crop-wide",
    layers: [{ type: "Resizing", config: { height: 3, width: 3, cropToAspectRatio: true } }],
    inputs: [{ shape: [1, 4, 9, 2] }],
  },
  {
    id: "resizing/crop-tall",
    layers: [{ type: "Resizing", config: { height: 2, width: 5, cropToAspectRatio: true, interpolation: "nearest" } }],
    inputs: [{ shape: [1, 7, 4, 2] }],
  },
  {
    id: "resizing/pad-wide",
    layers: [{ type: "Resizing", config: { height: 4, width: 4, padToAspectRatio: true, fillValue: 0.5 } }],
    inputs: [{ shape: [1, 3, 6, 2] }],
  },
  {
    id: "resizing/pad-tall",
    layers: [
      {
        type: "Resizing",
        config: { height: 3, width: 5, padToAspectRatio: true, interpolation: "nearest", fillValue: -2 },
      },
    ],
    inputs: [{ shape: [1, 5, 4, 1] }],
  },
  {
    id: "resizing/pad-odd-rest",
    layers: [
      { type: "Resizing", config: { height: 5, width: 4, padToAspectRatio: true, dataFormat: "channelsFirst" } },
    ],
    inputs: [{ shape: [1, 1, 3, 7] }],
  },
  {
    id: "resizing/same-size",
    layers: [{ type: "Resizing", config: { height: 3, width: 4 } }],
    inputs: [{ shape: [1, 3, 4, 2] }],
  },
  {
    id: "resizing/one-pixel",
    layers: [{ type: "Resizing", config: { height: 3, width: 2 } }],
    inputs: [{ shape: [2, 1, 1, 2] }],
  },
  {
    id: "resizing/uint8-rounds",
    layers: [{ type: "Resizing", config: { height: 8, width: 6 } }],
    inputs: [{ shape: [1, 4, 3, 2], dtype: "uint8", high: 256 }],
  },
  {
    id: "resizing/uint8-saturates",
    layers: [{ type: "Resizing", config: { height: 9, width: 12, interpolation: "lanczos3" } }],
    inputs: [{ shape: [1, 6, 6, 1], dtype: "uint8", high: 256 }],
  },
  {
    id: "resizing/crop-to-one-row",
    layers: [{ type: "Resizing", config: { height: 1, width: 20, cropToAspectRatio: true } }],
    inputs: [{ shape: [1, 3, 9, 1] }],
  },
  {
    id: "resizing/int-nearest",
    layers: [{ type: "Resizing", config: { height: 4, width: 2, interpolation: "nearest" } }],
    inputs: [{ shape: [1, 3, 3, 2], dtype: "int32", low: -9, high: 9 }],
  },
  {
    id: "resizing/int-negative-halves",
    layers: [{ type: "Resizing", config: { height: 4, width: 8 } }],
    inputs: [{ shape: [1, 2, 4, 1], dtype: "int32", low: -9, high: 9 }],
  },
  {
    id: "resizing/unknown-size",
    layers: [{ type: "Resizing", config: { height: 4, width: 6 } }],
    inputs: [{ shape: [1, 3, 7, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "resizing/unknown-size-nearest",
    layers: [{ type: "Resizing", config: { height: 4, width: 6, interpolation: "nearest" } }],
    inputs: [{ shape: [1, 3, 7, 2], symbolic: [null, null, null, 2] }],
  },
];
