export { decode } from "./decode.ts";
export { encode, encodeChunks, type EncodeOptions } from "./encode.ts";
export { readModelFile, replaceFile, writeModelFile } from "./files.ts";
export type { FormatVersion } from "./header.ts";
