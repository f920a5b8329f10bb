import type { LayerCase } from "./case.ts";

export const rescaling: readonly LayerCase[] = [
  { id: "rescaling/scale", layers: [{ type: "Rescaling", config: { scale: 0.25 } }], inputs: [{ shape: [2, 3, 2] }] },
  {
    id: "rescaling/scale-offset",
    layers: [{ type: "Rescaling", config: { scale: 0.00784313725490196, offset: -1 } }],
    inputs: [{ shape: [1, 2, 3, 3], low: 0, high: 255 }],
  },
  {
    id: "rescaling/int-input",
    layers: [{ type: "Rescaling", config: { scale: 0.00392156862745098 } }],
    inputs: [{ shape: [2, 4], dtype: "uint8", high: 256 }],
  },
  {
    id: "rescaling/lists",
    layers: [{ type: "Rescaling", config: { scale: [0.5, 2, -1], offset: [1, 0, 0.1] } }],
    inputs: [{ shape: [2, 2, 2, 3] }],
  },
  {
    id: "rescaling/masked-input",
    layers: [
      { type: "Embedding", config: { inputDim: 6, outputDim: 3, maskZero: true } },
      { type: "Rescaling", config: { scale: 3, offset: 1 } },
    ],
    inputs: [{ shape: [2, 4], dtype: "int32", high: 3 }],
  },
];
