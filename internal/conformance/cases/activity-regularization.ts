import type { LayerCase } from "./case.ts";

export const activityRegularization: readonly LayerCase[] = [
  {
    id: "activity-regularization/l1",
    layers: [{ type: "ActivityRegularization", config: { l1: 0.1 } }],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "activity-regularization/l2",
    layers: [{ type: "ActivityRegularization", config: { l2: 0.3 } }],
    inputs: [{ shape: [2, 3, 4], symbolic: [null, null, 4] }],
  },
  {
    id: "activity-regularization/both",
    layers: [
      { type: "ActivityRegularization", config: { l1: 0.2, l2: 0.05 } },
      { type: "Dense", config: { units: 2 } },
    ],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "activity-regularization/none",
    layers: [{ type: "ActivityRegularization" }],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "activity-regularization/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 4, outputDim: 3, maskZero: true } },
      { type: "ActivityRegularization", config: { l2: 0.1 } },
    ],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 4 }],
  },
];
