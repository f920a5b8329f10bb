import type { Handle, HostArray, HostMemory, LoadedDevice } from "../device.ts";
import { initialize } from "../initialize.ts";
import { onDemand, reasonOf, unavailable } from "./on-demand.ts";

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

const remedy =
  "In a browser, serve the .wasm files of @tensorflow/tfjs-backend-wasm and name their folder with its setWasmPaths; " +
  "or use device 'cpu'.";

async function start(): Promise<LoadedDevice> {
  try {
    const core = await import("@tensorflow/tfjs-core");
    await import("@tensorflow/tfjs-backend-wasm");
    const backend = (await initialize(core, "wasm")) as unknown as WasmBackend;
    return { core, backend: "wasm", memory: memoryOf(backend) };
  } catch (error) {
    throw unavailable(`TensorFlow.js cannot start WebAssembly here (${reasonOf(error)}). ${remedy}`, error);
  }
}

/** WebAssembly: no native code, and SIMD where there is any. */
export const wasm = onDemand("wasm", start);
