import type { LoadedDevice, TfCore } from "../device.ts";
import { initialize } from "../initialize.ts";
import type { Host } from "./host.ts";
import { reasonOf, unavailable } from "./on-demand.ts";
import { TensorflowOperations } from "./tensorflow-operations.ts";

/** The backend that tfjs-node and tfjs-node-gpu both register, under the same name. */
interface TensorflowBackend {
  /** Whether tfjs-node-gpu made it. */
  readonly isGPUPackage: boolean;
  /** Whether it computes on a GPU. */
  readonly isUsingGpuDevice: boolean;
}

const tensorflowName = "tensorflow";

type NodePackage = "@tensorflow/tfjs-node" | "@tensorflow/tfjs-node-gpu";

/** Gives Node 23 and newer back what tfjs-node 4.22 calls and they have no more, or warn of. */
function restoreUtil(host: Host): void {
  const util = host.require("node:util") as { isNullOrUndefined?: unknown; isArray?: unknown };
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}

/** Does work that sets tfjs's global backend, and puts the former one back; none, where there was none. */
function keepingGlobal<T>(core: TfCore, work: () => T): T {
  const engine = core.engine();
  const fields = ["backendName", "backendInstance", "profiler"] as const;
  const former = fields.map((field) => [field, (engine as unknown as Record<string, unknown>)[field]]);
  try {
    return work();
  } finally {
    Object.assign(engine, Object.fromEntries(former));
  }
}

/** Loads a package, which registers its backend. @throws LamellaError `unavailable` */
function loadPackage(core: TfCore, name: NodePackage, host: Host, instead: string): void {
  restoreUtil(host);
  // Notices that are no warnings, such as which instructions of the CPU are used.
  if (typeof process !== "undefined") process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "1";
  try {
    keepingGlobal(core, () => host.require(name));
  } catch (error) {
    const { code, message = "" } = error as { readonly code?: string; readonly message?: string };
    if (code === "MODULE_NOT_FOUND" && message.includes(`'${name}'`)) {
      throw unavailable(`${name} is not installed. Install it (npm install ${name}), or use ${instead}.`, error);
    }
    const missing = message.includes("tfjs_binding.node) can not be found");
    throw unavailable(
      `${name} ${missing ? "has no native addon, as its install script did not run or found none" : `cannot be loaded (${reasonOf(error)})`}. ` +
        `Build it (npm rebuild ${name} --build-addon-from-source), or use ${instead}.`,
      error,
    );
  }
}

/** Loads a package unless one of the two is loaded already. What came of it, the backend knows. @throws LamellaError `unavailable` */
export async function startTensorflow(
  name: NodePackage,
  host: Host,
  instead: string,
): Promise<{ readonly backend: TensorflowBackend; readonly device: LoadedDevice }> {
  const core = await import("@tensorflow/tfjs-core");
  if (core.findBackendFactory(tensorflowName) === null) loadPackage(core, name, host, instead);
  const backend = (await initialize(core, tensorflowName)) as unknown as TensorflowBackend;
  const operations = new TensorflowOperations(backend);
  return { backend, device: { core, backend: tensorflowName, usesEngine: true, operations, plainDepthwise: true } };
}
