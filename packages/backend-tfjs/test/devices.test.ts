import { LamellaError } from "@lamella/ir";
import * as core from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, test } from "vitest";

import type { Device } from "../src/device.ts";
import { gpuOn } from "../src/devices/gpu.ts";
import type { Host } from "../src/devices/host.ts";
import { bestOf, devices } from "../src/devices/index.ts";
import { nativeOn } from "../src/devices/native.ts";
import { TensorflowOperations } from "../src/devices/tensorflow-operations.ts";
import { webglOn } from "../src/devices/webgl.ts";
import { type WebgpuHost, webgpuOn } from "../src/devices/webgpu.ts";

/** What `check` says, after making sure that `load` throws the same. */
async function reason(device: Device): Promise<string> {
  const said = await device.check();
  const thrown: unknown = await device.load().catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(LamellaError);
  expect(thrown).toMatchObject({ code: "unavailable", where: "tfjs", problem: said });
  return said!;
}

function fails(message: string, code?: string): () => never {
  return () => {
    throw Object.assign(new Error(message), { code });
  };
}

const util: { isNullOrUndefined?: (value: unknown) => boolean; isArray?: unknown } = {};

/** Linux with NVIDIA's driver, where a package does what `load` says. */
function linux(load: () => unknown): Host {
  return {
    node: "linux-x64",
    require: (name) => (name === "node:util" ? util : load()),
    exists: (path) => path === "/dev/nvidiactl",
  };
}

/** A package that registers TensorFlow and makes it the global backend, as tfjs-node does. */
function registers(isGPUPackage: boolean, isUsingGpuDevice: boolean): () => void {
  return () => {
    core.registerBackend("tensorflow", () => ({ isGPUPackage, isUsingGpuDevice, dispose() {} }) as never);
    void core.setBackend("tensorflow");
  };
}

const notInstalled = (name: string) => fails(`Cannot find module '${name}'\nRequire stack:`, "MODULE_NOT_FOUND");
const noAddon = fails("The Node.js native addon module (tfjs_binding.node) can not be found at path: /x. \nPlease run");

afterEach(() => {
  if (core.findBackendFactory("tensorflow") !== null) core.removeBackend("tensorflow");
});

describe("native says why it is not there", () => {
  test("outside Node", async () => {
    expect(await reason(nativeOn({ ...linux(() => {}), node: undefined }))).toBe(
      "TensorFlow's C library is there for Node only. Use device 'webgpu', 'webgl' or 'wasm'.",
    );
  });

  test("where the package is not installed", async () => {
    expect(await reason(nativeOn(linux(notInstalled("@tensorflow/tfjs-node"))))).toBe(
      "@tensorflow/tfjs-node is not installed. Install it (npm install @tensorflow/tfjs-node), or use device 'wasm'.",
    );
  });

  test("where its install script did not run", async () => {
    expect(await reason(nativeOn(linux(noAddon)))).toBe(
      "@tensorflow/tfjs-node has no native addon, as its install script did not run or found none. " +
        "Build it (npm rebuild @tensorflow/tfjs-node --build-addon-from-source), or use device 'wasm'.",
    );
  });

  test("where something else is in the way", async () => {
    expect(await reason(nativeOn(linux(fails("libtensorflow.so.2: wrong ELF class.\nmore"))))).toBe(
      "@tensorflow/tfjs-node cannot be loaded (libtensorflow.so.2: wrong ELF class). " +
        "Build it (npm rebuild @tensorflow/tfjs-node --build-addon-from-source), or use device 'wasm'.",
    );
    expect(await nativeOn(linux(notInstalled("yargs"))).check()).toContain(
      "cannot be loaded (Cannot find module 'yargs')",
    );
  });

  test("where TensorFlow is on the GPU already", async () => {
    registers(true, true)();
    expect(await reason(nativeOn(linux(() => {})))).toBe(
      "TensorFlow computes on the GPU in this process already (@tensorflow/tfjs-node-gpu), and TensorFlow.js holds " +
        "only one of the two. Use device 'gpu', or a process of its own.",
    );
  });
});

describe("native", () => {
  test("is loaded once, and leaves tfjs's global backend as it was", async () => {
    await import("@tensorflow/tfjs-backend-cpu");
    const { backendName } = core.engine();
    expect(backendName ?? undefined).toBeUndefined();
    let loads = 0;
    const host = linux(() => {
      loads++;
      registers(false, false)();
    });
    const native = nativeOn(host);
    expect(await native.load()).toEqual({
      core,
      backend: "tensorflow",
      usesEngine: true,
      operations: expect.any(TensorflowOperations),
      plainDepthwise: true,
    });
    expect(await native.check()).toBeUndefined();
    expect(core.engine().backendName).toBe(backendName);
    core.removeBackend("tensorflow");
    await core.setBackend("cpu");
    await nativeOn(host).load();
    expect(core.getBackend()).toBe("cpu");
    expect(core.backend()).toBe(core.findBackend("cpu"));
    core.removeBackend("cpu");
    expect(loads).toBe(2);
  });

  test("is tried again after a failure", async () => {
    let installed = false;
    const native = nativeOn(linux(() => (installed ? registers(false, false)() : noAddon())));
    expect(await native.check()).toBeDefined();
    installed = true;
    expect(await native.check()).toBeUndefined();
  });

  test("is what tfjs-node-gpu falls back to", async () => {
    registers(true, false)();
    expect(await nativeOn(linux(fails("must not be loaded"))).check()).toBeUndefined();
  });

  test("gives util back what Node 23 took away", async () => {
    const isNullOrUndefined = () => true;
    util.isNullOrUndefined = isNullOrUndefined;
    util.isArray = () => true;
    await nativeOn(linux(registers(false, false))).load();
    expect(util).toEqual({ isNullOrUndefined, isArray: Array.isArray });
    core.removeBackend("tensorflow");
    delete util.isNullOrUndefined;
    await nativeOn(linux(registers(false, false))).load();
    const values = [undefined, null, 0, ""];
    expect(values.map((value) => util.isNullOrUndefined!(value))).toEqual([true, true, false, false]);
  });
});

describe("gpu says why it is not there", () => {
  test("outside Node", async () => {
    expect(await reason(gpuOn({ ...linux(() => {}), node: undefined }))).toBe(
      "CUDA is there for Node only. Use device 'webgpu', 'webgl' or 'wasm'.",
    );
  });

  test.for(["darwin-arm64", "linux-arm64"])("on %s", async (node) => {
    expect(await reason(gpuOn({ ...linux(() => {}), node }))).toBe(
      `@tensorflow/tfjs-node-gpu is made for Linux and Windows on x64, and this is ${node}. ` +
        "Use device 'native' or 'webgpu'.",
    );
  });

  test("without a driver", async () => {
    expect(await reason(gpuOn({ ...linux(fails("must not be loaded")), exists: () => false }))).toBe(
      "There is no NVIDIA GPU here, or no driver for it (no /dev/nvidiactl). Install the driver, and let containers " +
        "see the GPU (docker run --gpus all), or use device 'native' or 'webgpu'.",
    );
  });

  test("where the package is not installed, or has no addon", async () => {
    expect(await reason(gpuOn(linux(notInstalled("@tensorflow/tfjs-node-gpu"))))).toBe(
      "@tensorflow/tfjs-node-gpu is not installed. Install it (npm install @tensorflow/tfjs-node-gpu), or use " +
        "device 'native' or 'webgpu'.",
    );
    expect(await gpuOn(linux(noAddon)).check()).toContain("npm rebuild @tensorflow/tfjs-node-gpu --build-addon-");
  });

  test("where TensorFlow fell back to the CPU", async () => {
    expect(await reason(gpuOn(linux(registers(true, false))))).toBe(
      "@tensorflow/tfjs-node-gpu finds no GPU that it can use, and would compute on the CPU. Its TensorFlow needs " +
        "CUDA 11.2 and cuDNN 8.1 where the system looks for libraries; install these, or use device 'native' or 'webgpu'.",
    );
  });

  test("where tfjs-node was first", async () => {
    registers(false, false)();
    expect(await reason(gpuOn(linux(fails("must not be loaded"))))).toBe(
      "@tensorflow/tfjs-node is loaded in this process already, and TensorFlow.js holds only one of it and " +
        "@tensorflow/tfjs-node-gpu. Ask for device 'gpu' before 'native', or in a process of its own.",
    );
  });
});

test("gpu is there when TensorFlow uses one", async () => {
  const onWindows = { ...linux(registers(true, true)), node: "win32-x64", exists: () => false };
  expect(await gpuOn(onWindows).load()).toEqual({
    core,
    backend: "tensorflow",
    usesEngine: true,
    operations: expect.any(TensorflowOperations),
    plainDepthwise: true,
  });
});

describe("webgpu says why it is not there", () => {
  const noGpu = { requestAdapter: async () => null };
  const node: WebgpuHost = {
    node: "linux-x64",
    gpu: undefined,
    importDawn: async () => ({ create: () => noGpu, globals: {} }),
    provide: fails("must not be provided"),
  };

  test("in an old browser, or a page that is not secure", async () => {
    expect(await reason(webgpuOn({ ...node, node: undefined }))).toBe(
      "This browser has no WebGPU here. Use a newer browser and a page that is served by https or from localhost, or " +
        "use device 'webgl' or 'wasm'.",
    );
  });

  test("in a browser without a GPU", async () => {
    expect(await reason(webgpuOn({ ...node, node: undefined, gpu: noGpu }))).toBe(
      "WebGPU finds no GPU here. Turn hardware acceleration on in the browser's settings, or use device 'wasm'.",
    );
  });

  test("in Node without the package", async () => {
    const importDawn = async () => fails("Cannot find package 'webgpu'", "ERR_MODULE_NOT_FOUND")();
    expect(await reason(webgpuOn({ ...node, importDawn }))).toBe(
      "Node has no WebGPU of its own. Install the package that gives it one (npm install webgpu), or use device 'wasm'.",
    );
  });

  test("in Node where the package does not load", async () => {
    const importDawn = async () => fails("Cannot find module 'freebsd-x64.dawn.node'", "MODULE_NOT_FOUND")();
    expect(await reason(webgpuOn({ ...node, importDawn }))).toBe(
      "The package webgpu cannot be loaded (Cannot find module 'freebsd-x64.dawn.node'). It is made for Linux, macOS " +
        "and Windows on x64, and on arm64 but for Windows; use device 'wasm' elsewhere.",
    );
  });

  test("in Node without a driver", async () => {
    expect(await reason(webgpuOn(node))).toBe(
      "WebGPU finds no GPU here. Install a driver with Vulkan, Metal or Direct3D 12, or use device 'wasm'.",
    );
  });
});

describe("webgl says why it is not there", () => {
  test("in Node", async () => {
    expect(await reason(webglOn({}))).toBe(
      "WebGL is there in browsers only. In Node, use device 'native', 'webgpu' or 'wasm'.",
    );
  });

  const kinds: string[] = [];
  class Canvas {
    getContext(kind: string) {
      kinds.push(kind);
      return null;
    }
  }

  test.for([
    ["a page", { document: { createElement: () => new Canvas() } }],
    ["a worker", { OffscreenCanvas: Canvas }],
  ] as const)("in %s without a GPU", async ([, page]) => {
    kinds.length = 0;
    expect(await reason(webglOn(page))).toBe(
      "This browser gives no WebGL context: hardware acceleration is off, or its graphics driver is not trusted. " +
        "Turn it on in the browser's settings, or use device 'wasm'.",
    );
    expect(kinds.slice(0, 2)).toEqual(["webgl2", "webgl"]);
  });
});

describe("the best device", () => {
  const device = (name: Device["name"], problem?: string): Device => ({
    name,
    check: async () => problem,
    load: fails("must not be loaded"),
  });

  test("is looked for from the GPU down to plain JavaScript", () => {
    expect(Object.keys(devices)).toEqual(["gpu", "native", "webgpu", "webgl", "wasm", "cpu"]);
    expect(Object.entries(devices).filter(([name, { name: own }]) => name !== own)).toEqual([]);
  });

  test("is the first that can be used", async () => {
    const best = await bestOf([device("gpu", "No GPU."), device("wasm"), device("cpu")]);
    expect(best.name).toBe("wasm");
  });

  test("that is not there says why for all", async () => {
    const none = bestOf([device("webgl", "No page."), device("wasm", "No WebAssembly.")]);
    await expect(none).rejects.toMatchObject({
      code: "unavailable",
      problem: "No device can be used here. webgl: No page. wasm: No WebAssembly.",
    });
  });
});
