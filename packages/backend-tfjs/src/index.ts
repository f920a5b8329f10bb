export { tfjs, type TfjsOptions } from "./backend.ts";
export type { DeviceName } from "./device.ts";
export { toTf } from "./to-tf.ts";
