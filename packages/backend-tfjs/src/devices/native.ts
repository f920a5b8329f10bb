import type { Device } from "../device.ts";
import { initialize } from "../initialize.ts";
import { type Host, thisHost } from "./host.ts";
import { onDemand, unavailable } from "./on-demand.ts";
import { TensorflowOperations } from "./tensorflow-operations.ts";
import { loadPackage, type TensorflowBackend, tensorflowName } from "./tensorflow.ts";

/** TensorFlow's C library on the CPU, in Node. */
export function nativeOn(host: Host): Device {
  return onDemand("native", async () => {
    if (host.node === undefined) {
      throw unavailable("TensorFlow's C library is there for Node only. Use device 'webgpu', 'webgl' or 'wasm'.");
    }
    const core = await import("@tensorflow/tfjs-core");
    if (core.findBackendFactory(tensorflowName) === null) {
      loadPackage(core, "@tensorflow/tfjs-node", host, "device 'wasm'");
    }
    const backend = (await initialize(core, tensorflowName)) as unknown as TensorflowBackend;
    if (backend.isUsingGpuDevice) {
      throw unavailable(
        "TensorFlow computes on the GPU in this process already (@tensorflow/tfjs-node-gpu), and TensorFlow.js holds " +
          "only one of the two. Use device 'gpu', or a process of its own.",
      );
    }
    return {
      core,
      backend: tensorflowName,
      usesEngine: true,
      operations: new TensorflowOperations(backend),
      plainDepthwise: true,
    };
  });
}

export const native: Device = nativeOn(thisHost);
