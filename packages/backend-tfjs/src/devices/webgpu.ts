import type { Device } from "../device.ts";
import { initialize } from "../initialize.ts";
import { type Host, thisHost } from "./host.ts";
import { onDemand, reasonOf, unavailable } from "./on-demand.ts";

/** The part of WebGPU that says whether there is a device. */
interface Gpu {
  requestAdapter(): Promise<object | null>;
}

/** The npm package `webgpu`. */
interface Dawn {
  readonly create: (flags: readonly string[]) => Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

export interface WebgpuHost extends Pick<Host, "node"> {
  /** The browser's WebGPU, or the one that was put into `navigator` before. */
  readonly gpu: Gpu | undefined;
  /** @throws Error with code ERR_MODULE_NOT_FOUND where the package is not installed */
  importDawn(): Promise<Dawn>;
  /** Makes a WebGPU the program's, where TensorFlow.js looks for it. */
  provide(gpu: Gpu, globals: Dawn["globals"]): void;
}

const here: WebgpuHost = {
  node: thisHost.node,
  get gpu() {
    return (globalThis.navigator as unknown as { readonly gpu?: Gpu } | undefined)?.gpu;
  },
  importDawn: () => {
    const name = "webgpu";
    return import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<Dawn>;
  },
  provide: (gpu, globals) => {
    Object.assign(globalThis, globals);
    if (globalThis.navigator === undefined) Object.defineProperty(globalThis, "navigator", { value: {} });
    Object.defineProperty(globalThis.navigator, "gpu", { value: gpu, configurable: true });
  },
};

async function dawn(host: WebgpuHost): Promise<Dawn> {
  try {
    return await host.importDawn();
  } catch (error) {
    if ((error as { readonly code?: string }).code === "ERR_MODULE_NOT_FOUND") {
      throw unavailable(
        "Node has no WebGPU of its own. Install the package that gives it one (npm install webgpu), or use device 'wasm'.",
        error,
      );
    }
    throw unavailable(
      `The package webgpu cannot be loaded (${reasonOf(error)}). It is made for Linux, macOS and Windows on x64, and on ` +
        "arm64 but for Windows; use device 'wasm' elsewhere.",
      error,
    );
  }
}

async function requireAdapter(gpu: Gpu, remedy: string): Promise<void> {
  if ((await gpu.requestAdapter()) !== null) return;
  throw unavailable(`WebGPU finds no GPU here. ${remedy}, or use device 'wasm'.`);
}

/** WebGPU: the browser's, and in Node that of the npm package `webgpu`. */
export function webgpuOn(host: WebgpuHost): Device {
  return onDemand("webgpu", async () => {
    if (host.gpu !== undefined) {
      await requireAdapter(host.gpu, "Turn hardware acceleration on in the browser's settings");
    } else if (host.node === undefined) {
      throw unavailable(
        "This browser has no WebGPU here. Use a newer browser and a page that is served by https or from localhost, or " +
          "use device 'webgl' or 'wasm'.",
      );
    } else {
      const { create, globals } = await dawn(host);
      const gpu = create([]);
      await requireAdapter(gpu, "Install a driver with Vulkan, Metal or Direct3D 12");
      host.provide(gpu, globals);
    }
    const core = await import("@tensorflow/tfjs-core");
    await import("@tensorflow/tfjs-backend-webgpu");
    try {
      await initialize(core, "webgpu");
    } catch (error) {
      throw unavailable(`TensorFlow.js cannot start WebGPU here (${reasonOf(error)}). Use device 'wasm'.`, error);
    }
    return { core, backend: "webgpu", looseIntegers: true };
  });
}

export const webgpu: Device = webgpuOn(here);
