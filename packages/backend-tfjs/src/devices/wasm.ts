import { LamellaError } from "@lamella/ir";

import type { Device, Handle, HostArray, HostMemory, LoadedDevice } from "../device.ts";
import { initialize } from "../initialize.ts";

interface WasmBackend {
  typedArrayFromHeap(x: Handle): HostArray;
  makeOutput(shape: readonly number[], dtype: Handle["dtype"]): Handle;
}

function memoryOf(backend: WasmBackend): HostMemory {
  return {
    view: (x) => backend.typedArrayFromHeap(x),
    allocate: (shape, dtype) => backend.makeOutput([...shape], dtype),
  };
}

async function load(): Promise<LoadedDevice> {
  const core = await import("@tensorflow/tfjs-core");
  await import("@tensorflow/tfjs-backend-wasm");
  const backend = (await initialize(core, "wasm")) as unknown as WasmBackend;
  return { core, backend: "wasm", memory: memoryOf(backend) };
}

function reasonOf(error: unknown): string {
  const { message } = Object.assign({ message: String(error) }, error);
  const text = error instanceof Error ? error.message : message;
  return text.trim().split("\n")[0]!.replace(/\.$/, "");
}

/** WebAssembly: no native code, and SIMD where there is any. In a browser, `setWasmPaths` says where the binaries are. */
export const wasm: Device = {
  name: "wasm",
  check: async () => {
    try {
      await load();
      return undefined;
    } catch (error) {
      return (
        `TensorFlow.js cannot start WebAssembly here (${reasonOf(error)}). In a browser, serve the .wasm files of ` +
        "@tensorflow/tfjs-backend-wasm and name their folder with its setWasmPaths; or use device 'cpu'."
      );
    }
  },
  load: async () => {
    try {
      return await load();
    } catch (error) {
      throw new LamellaError("unavailable", {
        where: "tfjs",
        problem: (await wasm.check()) ?? reasonOf(error),
        cause: error,
      });
    }
  },
};
