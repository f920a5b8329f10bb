import type { LayerCase } from "./case.ts";

export const leakyRelu: readonly LayerCase[] = [
  {
    id: "leaky-relu/default",
    layers: [{ type: "LeakyReLU" }],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "leaky-relu/slope",
    layers: [{ type: "LeakyReLU", config: { negativeSlope: 0.01 } }],
    inputs: [{ shape: [2, 3, 4] }],
  },
  {
    id: "leaky-relu/ties",
    layers: [{ type: "LeakyReLU" }],
    inputs: [{ shape: [4, 4], levels: 4 }],
  },
];
