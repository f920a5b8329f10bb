/** `--backend` of the commands that run models. */
export const backendOption = [
  "--backend <name>",
  "where the model runs: onnxruntime (the default), tfjs or reference",
] as const;

/** `--device`, beside `--backend`. */
export const deviceOption = [
  "--device <name>",
  "onnxruntime: cpu, cuda, webgpu; tfjs: gpu, native, webgpu, wasm, cpu",
] as const;

/** What both options give. */
export interface BackendChoice {
  readonly backend?: string | undefined;
  readonly device?: string | undefined;
}
