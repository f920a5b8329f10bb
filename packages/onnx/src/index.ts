export { fromOnnx } from "./from-onnx.ts";
export { channelsFirst } from "./layout/channels-first.ts";
export { toOnnx, type ToOnnxOptions } from "./to-onnx.ts";
