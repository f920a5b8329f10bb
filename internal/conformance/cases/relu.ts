import type { LayerCase } from "./case.ts";

const corners = { shape: [2, 3, 12], low: -4, high: 8, levels: 24 };

export const relu: readonly LayerCase[] = [
  { id: "relu/default", layers: [{ type: "ReLU" }], inputs: [{ shape: [2, 10] }] },
  { id: "relu/corner", layers: [{ type: "ReLU" }], inputs: [corners] },
  { id: "relu/max-value", layers: [{ type: "ReLU", config: { maxValue: 6 } }], inputs: [corners] },
  { id: "relu/max-value-other", layers: [{ type: "ReLU", config: { maxValue: 2.5 } }], inputs: [corners] },
  { id: "relu/max-value-zero", layers: [{ type: "ReLU", config: { maxValue: 0 } }], inputs: [corners] },
  { id: "relu/negative-slope", layers: [{ type: "ReLU", config: { negativeSlope: 0.25 } }], inputs: [corners] },
  {
    id: "relu/negative-slope-max-value",
    layers: [{ type: "ReLU", config: { negativeSlope: 0.1, maxValue: 3 } }],
    inputs: [corners],
  },
  { id: "relu/threshold", layers: [{ type: "ReLU", config: { threshold: 1.5 } }], inputs: [corners] },
  {
    id: "relu/threshold-max-value",
    layers: [{ type: "ReLU", config: { threshold: 1, maxValue: 4 } }],
    inputs: [corners],
  },
  {
    id: "relu/everything",
    layers: [{ type: "ReLU", config: { threshold: 1, maxValue: 4, negativeSlope: 0.5 } }],
    inputs: [corners],
  },
  {
    id: "relu/unknown-size",
    layers: [{ type: "ReLU" }],
    inputs: [{ shape: [1, 3, 1, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "relu/negative-slope-six",
    layers: [{ type: "ReLU", config: { negativeSlope: 0.5, maxValue: 6 } }],
    inputs: [corners],
  },
  {
    id: "relu/threshold-six",
    layers: [{ type: "ReLU", config: { threshold: 2, maxValue: 6 } }],
    inputs: [corners],
  },
  {
    id: "relu/int-input",
    layers: [{ type: "ReLU", config: { maxValue: 3 } }],
    inputs: [{ shape: [2, 8], dtype: "int32", low: -6, high: 7 }],
  },
];
