export { arraysOf } from "./arrays.ts";
export type * from "./contents.ts";
export { contentsFromModel, type WriteOptions } from "./contents-from-model.ts";
export type { KerasSource } from "./files/open-source.ts";
export { readKeras, readKerasArchitecture, type ReadKeras } from "./files/read-keras.ts";
export { readKerasWeights, type ReadWeightsOptions, type WeightsReport } from "./files/read-weights.ts";
export {
  encodeKeras,
  type KerasFormat,
  writeKeras,
  type WriteKerasOptions,
  type WrittenKeras,
} from "./files/write-keras.ts";
export { type Rewritten, toKeras3 } from "./legacy/to-keras3.ts";
export { modelFromContents, type ReadModel, type ReadOptions } from "./model-from-contents.ts";
export type { ImportReport, LayerReport, WeightReport } from "./report.ts";
export { type StructureEntry, structureOf } from "./weights/structure.ts";
export { encodeTfjs, type TfjsFiles, type TfjsOptions } from "./tfjs/encode-tfjs.ts";
