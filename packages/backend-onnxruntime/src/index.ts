export { onnxruntime } from "./backend.ts";
export type { Device, OnnxRuntimeOptions } from "./options.ts";
