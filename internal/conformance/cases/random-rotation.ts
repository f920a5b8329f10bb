import type { LayerCase } from "./case.ts";

export const randomRotation: readonly LayerCase[] = [
  {
    id: "random-rotation/reflect",
    layers: [{ type: "RandomRotation", config: { factor: [0.07, 0.07] } }],
    inputs: [{ shape: [2, 4, 5, 2] }],
    gradients: "own",
  },
  {
    id: "random-rotation/wrap",
    layers: [{ type: "RandomRotation", config: { factor: [-0.19, -0.19], fillMode: "wrap" } }],
    inputs: [{ shape: [1, 5, 3, 1] }],
    gradients: "own",
  },
  {
    id: "random-rotation/constant",
    layers: [{ type: "RandomRotation", config: { factor: [0.3, 0.3], fillMode: "constant", fillValue: -0.5 } }],
    inputs: [{ shape: [2, 4, 4, 1] }],
    gradients: "own",
  },
  {
    id: "random-rotation/nearest-edge-channels-first",
    layers: [
      { type: "RandomRotation", config: { factor: [0.11, 0.11], fillMode: "nearest", dataFormat: "channelsFirst" } },
    ],
    inputs: [{ shape: [1, 2, 3, 5] }],
    gradients: "own",
  },
  {
    id: "random-rotation/nearest-pixels",
    layers: [
      {
        type: "RandomRotation",
        config: { factor: [0.13, 0.13], fillMode: "constant", interpolation: "nearest", fillValue: 2 },
      },
    ],
    inputs: [{ shape: [1, 5, 4, 2] }],
    gradients: "own",
  },
  {
    id: "random-rotation/unknown-size",
    layers: [{ type: "RandomRotation", config: { factor: [0.21, 0.21] } }],
    inputs: [{ shape: [1, 4, 3, 1], symbolic: [null, null, null, 1] }],
    gradients: "own",
  },
  {
    id: "random-rotation/one-row",
    layers: [{ type: "RandomRotation", config: { factor: [0.05, 0.05] } }],
    inputs: [{ shape: [1, 1, 4, 1] }],
    gradients: "own",
  },
  {
    id: "random-rotation/wide-reflect",
    layers: [{ type: "RandomRotation", config: { factor: [0.23, 0.23] } }],
    inputs: [{ shape: [1, 2, 11, 1] }],
    gradients: "own",
  },
  {
    id: "random-rotation/wide-wrap",
    layers: [{ type: "RandomRotation", config: { factor: [0.22, 0.22], fillMode: "wrap" } }],
    inputs: [{ shape: [1, 3, 11, 1] }],
    gradients: "own",
  },
  {
    id: "random-rotation/random",
    layers: [{ type: "RandomRotation", config: { factor: 0.3, seed: 3, fillMode: "constant" } }],
    inputs: [{ shape: [3, 4, 4, 1] }],
    random: true,
  },
];
