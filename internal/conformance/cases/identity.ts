import type { LayerCase } from "./case.ts";

export const identity: readonly LayerCase[] = [
  {
    id: "identity/vector",
    layers: [{ type: "Identity" }],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "identity/unknown-time",
    layers: [{ type: "Identity" }],
    inputs: [{ shape: [2, 3, 4], symbolic: [null, null, 4] }],
  },
  {
    id: "identity/integers",
    layers: [{ type: "Identity" }],
    inputs: [{ shape: [2, 3], dtype: "int32", high: 9 }],
  },
];
