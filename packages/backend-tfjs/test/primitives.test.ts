import { dtypes } from "@lamella/ir";

import { describePrimitives } from "../../../internal/conformance/src/primitives/index.ts";
import { backendOn } from "../src/backend.ts";
import type { Device } from "../src/device.ts";
import { cpu } from "../src/devices/cpu.ts";
import { wasm } from "../src/devices/wasm.ts";
import { tfjs } from "../src/index.ts";

const kept = dtypes.filter((dtype) => dtype !== "float16" && dtype !== "float64");

/** A device that keeps its memory to itself, as those with a GPU do: every kernel is done by TensorFlow.js alone. */
const closed: Device = {
  ...cpu,
  load: async () => {
    const { core, backend } = await cpu.load();
    return { core, backend };
  },
};

/** WebAssembly without vectors, or with threads: every kernel is TensorFlow.js's. */
const withoutFunctions: Device = {
  ...wasm,
  load: async () => {
    const { core, backend, memory } = await wasm.load();
    return { core, backend, memory: memory! };
  },
};

describePrimitives({ name: "wasm", backend: tfjs({ device: "wasm" }), dtypes: kept });
describePrimitives({
  name: "wasm without functions of our own",
  backend: backendOn(async () => withoutFunctions, "wasm"),
  dtypes: kept,
});
describePrimitives({ name: "cpu", backend: tfjs({ device: "cpu" }), dtypes: kept });
describePrimitives({
  name: "kernels of TensorFlow.js alone",
  backend: backendOn(async () => closed, "closed"),
  dtypes: kept,
});
