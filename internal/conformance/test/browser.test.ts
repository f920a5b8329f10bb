import { afterAll } from "vitest";

import { Browser } from "../src/browser/browser.ts";
import { describeBackend, sampled } from "../src/describe-backend.ts";
import { describeWhereThere } from "../src/required.ts";
import { subjects } from "../src/subjects.ts";

const browser = new Browser();
afterAll(() => browser[Symbol.asyncDispose]());

const wasm = browser.backend("wasm");
const { expectedFailures } = subjects.tfjsWasm.subject;

await describeWhereThere(wasm.name, wasm, () => describeBackend({ backend: wasm, expectedFailures }, sampled));

/** SwiftShader compiles a program for every shape: of each layer one call forward, then everything on Node's WebGPU. */
for (const device of ["webgl", "webgpu"] as const) {
  const backend = browser.backend(device);
  await describeWhereThere(backend.name, backend, () =>
    describeBackend({ backend, expectedFailures: {} }, 1, ["forward", "repeat", "mask"]),
  );
}
