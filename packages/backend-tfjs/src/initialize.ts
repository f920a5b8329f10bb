import type { KernelBackend } from "@tensorflow/tfjs-core";

import type { TfCore } from "./device.ts";

/** Initialisations under way or done, by the registry they fill. */
const started = new WeakMap<object, Map<string, Promise<KernelBackend>>>();

/**
 * The instance of a backend that is registered with tfjs-core, made when there is none yet. tfjs's global backend stays
 * as it is, and no other backend's initialisation is disturbed, as `setBackend` would.
 */
export function initialize(core: TfCore, name: string): Promise<KernelBackend> {
  const { registry } = core.engine();
  const own = started.get(registry) ?? new Map<string, Promise<KernelBackend>>();
  started.set(registry, own);
  const known = registry[name];
  const pending = own.get(name);
  if (pending !== undefined && known === undefined) return pending;
  if (known !== undefined) return Promise.resolve(known);
  const made = (async () => {
    const instance = await core.findBackendFactory(name)();
    for (const { setupFunc } of core.getKernelsForBackend(name)) setupFunc?.(instance);
    registry[name] = instance;
    return instance;
  })();
  own.set(name, made);
  made.catch(() => own.delete(name));
  return made;
}
