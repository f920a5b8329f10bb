import type * as tfjsModule from "@lamella/backend-tfjs";
import { LamellaError, unknownName } from "@lamella/ir";
import type { Backend } from "lamella";

type TfjsModule = typeof tfjsModule;

/** The backends and their devices, the default first. The reference backend has none to choose from. */
export const backendDevices = {
  onnxruntime: ["cpu", "cuda", "webgpu"],
  tfjs: ["gpu", "native", "webgpu", "webgl", "wasm", "cpu"],
  reference: [],
} as const;

type BackendName = keyof typeof backendDevices;

/**
 * The backend of that name, on that device or its default one.
 *
 * @throws LamellaError `name` for unknown ones, `unavailable` where the package of TensorFlow.js is not installed
 */
export async function backendOf(name = "onnxruntime", device?: string): Promise<Backend> {
  if (!Object.hasOwn(backendDevices, name)) {
    throw unknownName("backend", name, Object.keys(backendDevices), "--backend");
  }
  const devices: readonly string[] = backendDevices[name as BackendName];
  if (device !== undefined && !devices.includes(device)) {
    if (devices.length > 0) throw unknownName("device", device, devices, `--device, backend ${name}`);
    throw new LamellaError("config", { where: "--device", problem: `The ${name} backend has no devices.` });
  }
  if (name === "tfjs") {
    const { tfjs } = await loadTfjs();
    return tfjs(
      device === undefined ? {} : { device: device as NonNullable<Parameters<typeof tfjs>[0]>["device"] & {} },
    );
  }
  const { onnxruntime, reference } = await import("lamella");
  if (name === "reference") return reference();
  return onnxruntime(device === undefined ? {} : { device: device as "cpu" });
}

/** The package of TensorFlow.js, which people install when they want it. */
async function loadTfjs(): Promise<TfjsModule> {
  try {
    return await import("@lamella/backend-tfjs");
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND";
    if (!missing || !cause.message.includes("'@lamella/backend-tfjs'")) throw cause;
    throw new LamellaError("unavailable", {
      where: "tfjs",
      problem: "The package of TensorFlow.js is not installed.",
      hint: "Install it beside the command: npm install @lamella/backend-tfjs",
      cause,
    });
  }
}
