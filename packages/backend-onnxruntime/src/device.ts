import { GraphBuilder, Neg } from "@lamella/ir";
import { toOnnx } from "@lamella/onnx";

import type { Device, OnnxRuntimeOptions } from "./options.ts";
import { openSession } from "./ort.ts";

const remedies: { readonly [D in Device]: string } = {
  cpu: "Install onnxruntime-node for this platform (npm install onnxruntime-node), or use the reference backend",
  cuda:
    "CUDA needs an NVIDIA GPU with its driver, CUDA 12, cuDNN 9, and the libraries that onnxruntime-node's install script " +
    "fetches (npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12); or use device 'cpu'",
  webgpu: "WebGPU needs a GPU with a Vulkan, Metal or Direct3D 12 driver; or use device 'cpu'",
};

function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split("\n")[0]!.replace(/\.$/, "");
}

/** Why a device cannot be used here, and what to do about it; undefined when it can. Tries it with a graph of one node. */
export async function deviceProblem(device: Device, options: OnnxRuntimeOptions): Promise<string | undefined> {
  const builder = new GraphBuilder("probe");
  const model = toOnnx(builder.finish({ y: Neg(builder.input("x", [1], "float32")) }));
  try {
    const session = await openSession(model, options);
    await session.release();
    return undefined;
  } catch (error) {
    return `ONNX Runtime has no ${device.toUpperCase()} here (${firstSentence(error)}). ${remedies[device]}.`;
  }
}
