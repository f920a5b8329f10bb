import type { DeviceCode, Handle, HostArray, HostMemory, LoadedDevice } from "../device.ts";
import { initialize } from "../initialize.ts";
import { chainsOn, loadFunctions } from "../wasm/functions.ts";
import { webAssembly } from "../wasm/web-assembly.ts";
import { onDemand, reasonOf, unavailable } from "./on-demand.ts";

interface WasmBackend {
  readonly wasm: { readonly asm?: { readonly memory?: unknown } };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  typedArrayFromHeap(x: Handle): HostArray;
  makeOutput(shape: readonly number[], dtype: Handle["dtype"]): Handle;
}

function memoryOf(backend: WasmBackend): HostMemory {
  return {
    view: (x) => backend.typedArrayFromHeap(x),
    allocate: (shape, dtype) => backend.makeOutput([...shape], dtype),
  };
}

/** Nothing where the memory is shared between threads: there the kernels use them all. */
async function codeOf({ wasm: { asm }, dataIdMap }: WasmBackend): Promise<DeviceCode | undefined> {
  const memory = asm?.memory;
  if (!(memory instanceof webAssembly.Memory) || !(memory.buffer instanceof ArrayBuffer)) return undefined;
  const functions = await loadFunctions(memory);
  const address = ({ dataId }: Handle) => dataIdMap.get(dataId).memoryOffset;
  return functions && { functions, address, chain: chainsOn(memory) };
}

const remedy =
  "In a browser, serve the .wasm files of @tensorflow/tfjs-backend-wasm and name their folder with its setWasmPaths; " +
  "or use device 'cpu'.";

async function start(): Promise<LoadedDevice> {
  try {
    const core = await import("@tensorflow/tfjs-core");
    await import("@tensorflow/tfjs-backend-wasm");
    const backend = (await initialize(core, "wasm")) as unknown as WasmBackend;
    const code = await codeOf(backend);
    return { core, backend: "wasm", memory: memoryOf(backend), ...(code && { code }) };
  } catch (error) {
    throw unavailable(`TensorFlow.js cannot start WebAssembly here (${reasonOf(error)}). ${remedy}`, error);
  }
}

/** WebAssembly: no native code, and SIMD where there is any. */
export const wasm = onDemand("wasm", start);
