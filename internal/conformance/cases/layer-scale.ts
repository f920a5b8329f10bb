import type { LayerCase } from "./case.ts";

export const layerScale: readonly LayerCase[] = [
  {
    id: "layer-scale/image",
    layers: [{ type: "LayerScale", config: { initValues: 1e-6, projectionDim: 3 } }],
    inputs: [{ shape: [2, 2, 2, 3], symbolic: [null, null, null, 3] }],
  },
  {
    id: "layer-scale/vector",
    layers: [{ type: "LayerScale", config: { initValues: 0.5, projectionDim: 4 } }],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "layer-scale/one-channel-of-many",
    layers: [{ type: "LayerScale", config: { initValues: 0.1, projectionDim: 1 } }],
    inputs: [{ shape: [2, 3, 4] }],
  },
  {
    id: "layer-scale/masked",
    layers: [{ type: "Masking" }, { type: "LayerScale", config: { initValues: 0.1, projectionDim: 2 } }],
    inputs: [{ shape: [2, 3, 2], levels: 2, low: 0 }],
  },
];
