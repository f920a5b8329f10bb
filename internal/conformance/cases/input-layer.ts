import type { LayerCase } from "./case.ts";

export const inputLayer: readonly LayerCase[] = [
  { id: "input-layer/float", layers: [], inputs: [{ shape: [2, 3] }] },
  {
    id: "input-layer/unknown-size",
    layers: [],
    inputs: [{ shape: [2, 3, 4], symbolic: [null, null, 4] }],
  },
  { id: "input-layer/int", layers: [], inputs: [{ shape: [2, 3], dtype: "int32", low: -9, high: 9 }] },
  {
    id: "input-layer/several",
    layers: [],
    inputs: [{ shape: [2, 3] }, { shape: [2], dtype: "bool" }, { shape: [4, 1], symbolic: [4, 1] }],
  },
];
