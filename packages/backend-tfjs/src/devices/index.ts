import type { Device, DeviceName } from "../device.ts";
import { cpu } from "./cpu.ts";
import { gpu } from "./gpu.ts";
import { native } from "./native.ts";
import { unavailable } from "./on-demand.ts";
import { wasm } from "./wasm.ts";
import { webgl } from "./webgl.ts";
import { webgpu } from "./webgpu.ts";

/** All devices, the best first. */
export const devices: { readonly [N in DeviceName]: Device } = { gpu, native, webgpu, webgl, wasm, cpu };

/** The first of the devices, in their order, that can be used here. */
export async function bestOf(candidates: readonly Device[]): Promise<Device> {
  const reasons: string[] = [];
  for (const device of candidates) {
    const reason = await device.check();
    if (reason === undefined) return device;
    reasons.push(`${device.name}: ${reason}`);
  }
  throw unavailable(`No device can be used here. ${reasons.join(" ")}`);
}
