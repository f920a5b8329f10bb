import { LamellaError } from "@lamella/ir";

import type { Device, DeviceName, LoadedDevice } from "../device.ts";

/** The error that says why a device is not there, and what to do, as sentences. */
export function unavailable(problem: string, cause?: unknown): LamellaError {
  return new LamellaError("unavailable", { where: "tfjs", problem, cause });
}

/** The first line of what was thrown, without its full stop. */
export function reasonOf(error: unknown): string {
  const { message = String(error) } = error as { readonly message?: string };
  return message.trim().split("\n")[0]!.replace(/\.$/, "");
}

/** A device by the function that loads it or throws why it is `unavailable`. What is loaded stays; a failure is tried again. */
export function onDemand(name: DeviceName, start: () => Promise<LoadedDevice>): Device {
  let loaded: Promise<LoadedDevice> | undefined;
  const load = (): Promise<LoadedDevice> => {
    loaded ??= start().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  return {
    name,
    load,
    check: async () => {
      try {
        await load();
        return undefined;
      } catch (error) {
        if (error instanceof LamellaError && error.code === "unavailable") return error.problem;
        throw error;
      }
    },
  };
}
