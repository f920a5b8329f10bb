import type { Device } from "../device.ts";
import { type Host, thisHost } from "./host.ts";
import { onDemand, unavailable } from "./on-demand.ts";
import { startTensorflow } from "./tensorflow.ts";

const name = "@tensorflow/tfjs-node-gpu";
const instead = "device 'native' or 'webgpu'";

/** Where Linux shows NVIDIA's driver to a program: by itself, and under Windows. */
const driverFiles = ["/dev/nvidiactl", "/dev/dxg"];

function requireDriver(host: Host): void {
  if (host.node === undefined) {
    throw unavailable("CUDA is there for Node only. Use device 'webgpu', 'webgl' or 'wasm'.");
  }
  if (!/^(linux|win32)-x64$/.test(host.node)) {
    throw unavailable(`${name} is made for Linux and Windows on x64, and this is ${host.node}. Use ${instead}.`);
  }
  if (host.node.startsWith("linux") && !driverFiles.some((file) => host.exists(file))) {
    throw unavailable(
      `There is no NVIDIA GPU here, or no driver for it (no ${driverFiles[0]}). Install the driver, and let containers ` +
        `see the GPU (docker run --gpus all), or use ${instead}.`,
    );
  }
}

/** TensorFlow's C library on an NVIDIA GPU, in Node. That it falls back to the CPU counts as a missing device. */
export function gpuOn(host: Host): Device {
  return onDemand("gpu", async () => {
    requireDriver(host);
    const { backend, device } = await startTensorflow(name, host, instead);
    if (!backend.isGPUPackage) {
      throw unavailable(
        `@tensorflow/tfjs-node is loaded in this process already, and TensorFlow.js holds only one of it and ${name}. ` +
          "Ask for device 'gpu' before 'native', or in a process of its own.",
      );
    }
    if (!backend.isUsingGpuDevice) {
      throw unavailable(
        `${name} finds no GPU that it can use, and would compute on the CPU. Its TensorFlow needs CUDA 11.2 and ` +
          `cuDNN 8.1 where the system looks for libraries; install these, or use ${instead}.`,
      );
    }
    return device;
  });
}

export const gpu: Device = gpuOn(thisHost);
