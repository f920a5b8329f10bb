import type { LayerCase } from "./case.ts";

export const upSampling3d: readonly LayerCase[] = [
  { id: "up-sampling3d/default", layers: [{ type: "UpSampling3D" }], inputs: [{ shape: [1, 2, 1, 2, 2] }] },
  {
    id: "up-sampling3d/box",
    layers: [{ type: "UpSampling3D", config: { size: [1, 2, 3] } }],
    inputs: [{ shape: [1, 2, 2, 1, 2] }],
  },
  {
    id: "up-sampling3d/unknown-size",
    layers: [{ type: "UpSampling3D" }],
    inputs: [{ shape: [1, 1, 2, 2, 1], symbolic: [null, null, null, null, 1] }],
  },
  {
    id: "up-sampling3d/channels-first",
    layers: [{ type: "UpSampling3D", config: { size: [2, 1, 2], dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [1, 2, 2, 1, 2] }],
  },
];
