export { tfjs, type TfjsOptions } from "./backend.ts";
export type { DeviceName } from "./device.ts";
