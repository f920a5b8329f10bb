import { LamellaError } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";

import type { BackendChoice } from "../backend-options.ts";
import { backendOf } from "../backends.ts";

/** The chosen backend, which can be used here. @throws LamellaError `name`; `unavailable` that says what to install */
export async function readyBackend({ backend: name, device }: BackendChoice): Promise<Backend> {
  const backend = await backendOf(name, device);
  const problem = await backend.check();
  if (problem === undefined) return backend;
  throw new LamellaError("unavailable", { where: [name, device].filter(Boolean).join(" "), problem });
}
