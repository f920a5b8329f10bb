export { decode } from "./decode.ts";
export { encode, encodeChunks, type EncodeOptions } from "./encode.ts";
export {
  type ModelOutline,
  type OutlinedWeight,
  readModelFile,
  readModelOutline,
  replaceFile,
  writeModelFile,
  type WriteOptions,
} from "./files.ts";
export type { FormatVersion } from "./header.ts";
