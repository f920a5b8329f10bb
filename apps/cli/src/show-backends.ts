import { LamellaError } from "@lamella/ir";

import { backendDevices, backendOf } from "./backends.ts";
import { printResult, tableText } from "./output.ts";
import { paint } from "./paint.ts";

interface Found {
  readonly backend: string;
  readonly device: string | null;
  readonly available: boolean;
  /** Why it cannot be used, and what to do about it. */
  readonly problem?: string;
}

/** Tries every backend on every device. */
export async function showBackends(options: { readonly json?: boolean }): Promise<void> {
  const found: Found[] = [];
  for (const [backend, devices] of Object.entries(backendDevices)) {
    for (const device of devices.length === 0 ? [undefined] : devices) {
      const problem = await problemOf(backend, device);
      const row = { backend, device: device ?? null, available: problem === undefined };
      found.push(problem === undefined ? row : { ...row, problem });
    }
  }
  await printResult(options, { backends: found }, async () => {
    const rows = found.map(({ backend, device, available }) => [
      backend,
      device ?? "-",
      available ? paint.good("yes") : paint.bad("no"),
    ]);
    const devicesOf = new Map<string, string[]>();
    for (const { backend, device, problem } of found) {
      if (problem === undefined) continue;
      const key = `${backend}\n${problem}`;
      devicesOf.set(key, [...(devicesOf.get(key) ?? []), device ?? ""]);
    }
    const missing = [...devicesOf].map(([key, devices]) => {
      const [backend, ...problem] = key.split("\n");
      return `${backend} ${devices.join(", ")}: ${problem.join(" ")}`;
    });
    return [await tableText(["Backend", "Device", "Here"], rows), ...missing].join("\n\n");
  });
}

async function problemOf(name: string, device: string | undefined): Promise<string | undefined> {
  try {
    return await (await backendOf(name, device)).check();
  } catch (error) {
    if (!(error instanceof LamellaError && error.code === "unavailable")) throw error;
    return [error.problem, error.hint].filter((part) => part !== undefined).join(" ");
  }
}
