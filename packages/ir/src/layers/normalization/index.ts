export { groupNormalization } from "./group-normalization.ts";
export { layerNormalization } from "./layer-normalization.ts";
export { rmsNormalization, unitNormalization } from "./rms-normalization.ts";
export { spectralNormalization } from "./spectral-normalization.ts";
