import { LamellaError } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";

import { readyBackend } from "./ready-backend.ts";

/** A backend under the name that it was asked for by. */
export interface NamedBackend {
  readonly label: string;
  readonly backend: Backend;
}

/**
 * Backends from `onnxruntime,tfjs:wasm,reference`: names, and devices after a colon.
 *
 * @param fewest how many are needed
 * @throws LamellaError `name`; `unavailable` that says what to install; `config` for too few, and for the same one twice
 */
export async function severalBackends(text: string, fewest: number): Promise<readonly NamedBackend[]> {
  const labels = text.split(",").map((label) => label.trim());
  if (labels.length < fewest || new Set(labels).size < labels.length) {
    throw new LamellaError("config", {
      where: "--backends",
      problem: labels.length < fewest ? "One backend alone compares with nothing." : "A backend is named twice.",
      expected: "different ones, such as onnxruntime,tfjs:wasm,reference",
      received: text,
    });
  }
  const found: NamedBackend[] = [];
  for (const label of labels) {
    const [backend, device] = label.split(":");
    found.push({ label, backend: await readyBackend({ backend, device }) });
  }
  return found;
}
