import type { Backend } from "@lamella/runtime";
import { describe, test } from "vitest";

/** The backends that `REQUIRE_BACKENDS` may name, with their own names. */
const names: Readonly<Record<string, string>> = {
  reference: "reference",
  onnxruntime: "onnxruntime-cpu",
  "tfjs-cpu": "tfjs-cpu",
  "tfjs-wasm": "tfjs-wasm",
  "tfjs-native": "tfjs-native",
  "tfjs-webgpu": "tfjs-webgpu",
};

/** The names of the backends that must be there: those that a list names, by commas. @throws Error for an unknown one */
export function requiredBackends(list = process.env["REQUIRE_BACKENDS"] ?? ""): ReadonlySet<string> {
  const asked = list.split(",").filter((name) => name !== "");
  return new Set(
    asked.map((name) => {
      const own = names[name];
      if (own !== undefined) return own;
      throw new Error(`REQUIRE_BACKENDS: unknown backend '${name}', expected some of ${Object.keys(names).join(",")}`);
    }),
  );
}

/** Why a backend takes no part in this run: it is not there, and need not be. Said in one line, too. */
export async function absence(backend: Backend, required = requiredBackends()): Promise<string | undefined> {
  if (required.has(backend.name)) return undefined;
  const reason = await backend.check();
  if (reason !== undefined) console.warn(`${backend.name} is left out: ${reason}`);
  return reason;
}

/** A suite on a backend, or one skipped test that says why the backend takes no part. */
export async function describeWhereThere(title: string, backend: Backend, define: () => void): Promise<void> {
  const reason = await absence(backend);
  describe(`on ${title}`, () => {
    // oxlint-disable-next-line vitest/no-conditional-tests -- what is left out is said
    if (reason === undefined) define();
    // oxlint-disable-next-line vitest/no-disabled-tests
    else test.skip(`left out: ${reason}`, () => {});
  });
}
