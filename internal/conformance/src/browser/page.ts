import { tfjs, type DeviceName } from "@lamella/backend-tfjs";
import type { PrimitiveGraph, Tensor } from "@lamella/ir";
import type { Backend, CompileOptions, Executable } from "@lamella/runtime";

import { fromWire, toWire } from "./wire.ts";

/** What a page does for the tests: it holds the executables and is asked by their numbers. */
export interface Page {
  check(device: DeviceName): Promise<string | undefined>;
  compile(device: DeviceName, graph: string): Promise<number>;
  run(executable: number, feeds: string): Promise<string>;
  dispose(executable: number): Promise<void>;
}

const backends = new Map<DeviceName, Backend>();
const executables = new Map<number, Executable>();
let count = 0;

function backendOf(device: DeviceName): Backend {
  const backend = backends.get(device) ?? tfjs({ device });
  backends.set(device, backend);
  return backend;
}

const page: Page = {
  check: (device) => backendOf(device).check(),
  compile: async (device, text) => {
    const { graph, options } = fromWire(text) as { readonly graph: PrimitiveGraph; readonly options: CompileOptions };
    executables.set(++count, await backendOf(device).compile(graph, options));
    return count;
  },
  run: async (number, text) => {
    const outputs = await executables.get(number)!.run(fromWire(text) as Record<string, Tensor>);
    const values: Record<string, Tensor> = {};
    for (const [name, output] of Object.entries(outputs)) {
      values[name] = await output.read();
      output.dispose();
    }
    return toWire(values);
  },
  dispose: async (number) => {
    await executables.get(number)!.dispose();
    executables.delete(number);
  },
};

Object.assign(globalThis, { page });
