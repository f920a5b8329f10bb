import type { LayerCase } from "./case.ts";

export const randomTranslation: readonly LayerCase[] = [
  {
    id: "random-translation/constant-whole-pixels",
    layers: [
      {
        type: "RandomTranslation",
        config: { heightFactor: [0.25, 0.25], widthFactor: [-0.5, -0.5], fillMode: "constant", fillValue: 1 },
      },
    ],
    inputs: [{ shape: [2, 4, 4, 2] }],
    gradients: "own",
  },
  {
    id: "random-translation/reflect-down-right",
    layers: [{ type: "RandomTranslation", config: { heightFactor: [0.6, 0.6], widthFactor: [0.35, 0.35] } }],
    inputs: [{ shape: [1, 4, 5, 1] }],
    gradients: "own",
  },
  {
    id: "random-translation/reflect-up-left",
    layers: [{ type: "RandomTranslation", config: { heightFactor: [-0.9, -0.9], widthFactor: [-0.7, -0.7] } }],
    inputs: [{ shape: [1, 4, 5, 1] }],
    gradients: "own",
  },
  {
    id: "random-translation/wrap-down-left",
    layers: [
      {
        type: "RandomTranslation",
        config: { heightFactor: [0.55, 0.55], widthFactor: [-0.83, -0.83], fillMode: "wrap" },
      },
    ],
    inputs: [{ shape: [1, 3, 4, 2] }],
    gradients: "own",
  },
  {
    id: "random-translation/nearest-edge",
    layers: [
      {
        type: "RandomTranslation",
        config: { heightFactor: [-0.4, -0.4], widthFactor: [0.3, 0.3], fillMode: "nearest" },
      },
    ],
    inputs: [{ shape: [1, 3, 4, 1] }],
    gradients: "own",
  },
  {
    id: "random-translation/nearest-pixels-halves",
    layers: [
      {
        type: "RandomTranslation",
        config: {
          heightFactor: [0.125, 0.125],
          widthFactor: [-0.375, -0.375],
          fillMode: "constant",
          interpolation: "nearest",
          fillValue: 9,
        },
      },
    ],
    inputs: [{ shape: [1, 4, 4, 1] }],
    gradients: "own",
  },
  {
    id: "random-translation/channels-first-unknown-size",
    layers: [
      {
        type: "RandomTranslation",
        config: { heightFactor: [0.3, 0.3], widthFactor: [0.2, 0.2], dataFormat: "channelsFirst" },
      },
    ],
    inputs: [{ shape: [1, 2, 3, 4], symbolic: [null, 2, null, null] }],
    gradients: "own",
  },
  {
    id: "random-translation/wrap-one-column",
    layers: [
      {
        type: "RandomTranslation",
        config: { heightFactor: [0.4, 0.4], widthFactor: [0.3, 0.3], fillMode: "wrap" },
      },
    ],
    inputs: [{ shape: [1, 3, 1, 2] }],
    gradients: "own",
  },
  {
    id: "random-translation/random",
    layers: [
      { type: "RandomTranslation", config: { heightFactor: 0.4, widthFactor: [0.1, 0.3], fillMode: "nearest" } },
    ],
    inputs: [{ shape: [3, 4, 4, 1] }],
    random: true,
  },
];
