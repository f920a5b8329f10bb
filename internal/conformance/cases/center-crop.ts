import type { LayerCase } from "./case.ts";

export const centerCrop: readonly LayerCase[] = [
  {
    id: "center-crop/even",
    layers: [{ type: "CenterCrop", config: { height: 2, width: 4 } }],
    inputs: [{ shape: [1, 4, 6, 2] }],
  },
  {
    id: "center-crop/odd-rest",
    layers: [{ type: "CenterCrop", config: { height: 2, width: 3 } }],
    inputs: [{ shape: [2, 5, 6, 2] }],
  },
  {
    id: "center-crop/channels-first",
    layers: [{ type: "CenterCrop", config: { height: 3, width: 2, dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [1, 2, 4, 5] }],
  },
  {
    id: "center-crop/too-small-wide",
    layers: [{ type: "CenterCrop", config: { height: 4, width: 4 } }],
    inputs: [{ shape: [1, 3, 7, 2] }],
  },
  {
    id: "center-crop/too-small-tall",
    layers: [{ type: "CenterCrop", config: { height: 2, width: 5 } }],
    inputs: [{ shape: [1, 6, 4, 1] }],
  },
  {
    id: "center-crop/same-size",
    layers: [{ type: "CenterCrop", config: { height: 3, width: 3 } }],
    inputs: [{ shape: [1, 3, 3, 2] }],
  },
  {
    id: "center-crop/int-input",
    layers: [{ type: "CenterCrop", config: { height: 2, width: 1 } }],
    inputs: [{ shape: [1, 3, 3, 2], dtype: "uint8", high: 200 }],
  },
];
