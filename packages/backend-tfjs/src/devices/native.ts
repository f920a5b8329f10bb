import type { Device } from "../device.ts";
import { type Host, thisHost } from "./host.ts";
import { onDemand, unavailable } from "./on-demand.ts";
import { startTensorflow } from "./tensorflow.ts";

/** TensorFlow's C library on the CPU, in Node. */
export function nativeOn(host: Host): Device {
  return onDemand("native", async () => {
    if (host.node === undefined) {
      throw unavailable("TensorFlow's C library is there for Node only. Use device 'webgpu', 'webgl' or 'wasm'.");
    }
    const { backend, device } = await startTensorflow("@tensorflow/tfjs-node", host, "device 'wasm'");
    if (backend.isUsingGpuDevice) {
      throw unavailable(
        "TensorFlow computes on the GPU in this process already (@tensorflow/tfjs-node-gpu), and TensorFlow.js holds " +
          "only one of the two. Use device 'gpu', or a process of its own.",
      );
    }
    return device;
  });
}

export const native: Device = nativeOn(thisHost);
