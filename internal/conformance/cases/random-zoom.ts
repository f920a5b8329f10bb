import type { LayerCase } from "./case.ts";

export const randomZoom: readonly LayerCase[] = [
  {
    id: "random-zoom/out-reflect",
    layers: [{ type: "RandomZoom", config: { heightFactor: [0.7, 0.7] } }],
    inputs: [{ shape: [2, 4, 5, 1] }],
    gradients: "own",
  },
  {
    id: "random-zoom/far-out-wrap",
    layers: [{ type: "RandomZoom", config: { heightFactor: [0.95, 0.95], widthFactor: [0.4, 0.4], fillMode: "wrap" } }],
    inputs: [{ shape: [1, 5, 4, 2] }],
    gradients: "own",
  },
  {
    id: "random-zoom/in-constant",
    layers: [
      {
        type: "RandomZoom",
        config: { heightFactor: [-0.3, -0.3], widthFactor: [0.6, 0.6], fillMode: "constant", fillValue: 0.25 },
      },
    ],
    inputs: [{ shape: [2, 4, 4, 1] }],
    gradients: "own",
  },
  {
    id: "random-zoom/nearest-channels-first",
    layers: [
      {
        type: "RandomZoom",
        config: {
          heightFactor: [0.45, 0.45],
          widthFactor: [-0.35, -0.35],
          fillMode: "nearest",
          dataFormat: "channelsFirst",
        },
      },
    ],
    inputs: [{ shape: [1, 2, 4, 5] }],
    gradients: "own",
  },
  {
    id: "random-zoom/nearest-pixels",
    layers: [{ type: "RandomZoom", config: { heightFactor: [0.37, 0.37], interpolation: "nearest" } }],
    inputs: [{ shape: [1, 5, 6, 1], dtype: "uint8", high: 200 }],
    gradients: "own",
  },
  {
    id: "random-zoom/random",
    layers: [{ type: "RandomZoom", config: { heightFactor: [-0.2, 0.4], widthFactor: 0.3 } }],
    inputs: [{ shape: [3, 4, 4, 1] }],
    random: true,
  },
];
