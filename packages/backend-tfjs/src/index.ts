export type { Device, DeviceName, LoadedDevice, TfCore } from "./device.ts";
