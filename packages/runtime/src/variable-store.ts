import type { Variable } from "@lamella/ir";

import type { Backend, DeviceTensor } from "./backend.ts";

interface Entry {
  readonly version: number;
  readonly tensor: DeviceTensor;
}

/**
 * Values of variables on one backend. A variable that was changed elsewhere since is uploaded again; one that was changed
 * here stays here, and is read when somebody asks for it.
 */
export class VariableStore implements AsyncDisposable {
  private readonly backend: Backend;
  private readonly entries = new Map<Variable, Entry>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(backend: Backend) {
    this.backend = backend;
  }

  /** Does work that takes values from here, or sets them, after all such work that was asked for before. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }

  /** The newest value, on the backend. It stays the store's. */
  async get(variable: Variable): Promise<DeviceTensor> {
    const { version } = variable;
    const known = this.entries.get(variable);
    if (known?.version === version) return known.tensor;
    const tensor = this.backend.upload(await variable.read());
    this.put(variable, version, tensor);
    return tensor;
  }

  /** Takes over the result of a run as the variable's newest value. */
  set(variable: Variable, tensor: DeviceTensor): void {
    variable.follow(tensor);
    this.put(variable, variable.version, tensor);
  }

  private put(variable: Variable, version: number, tensor: DeviceTensor): void {
    this.entries.get(variable)?.tensor.dispose();
    this.entries.set(variable, { version, tensor });
  }

  /** Brings values that exist only here to the host, and frees the backend's memory. */
  dispose(): Promise<void> {
    return this.inTurn(async () => {
      const entries = [...this.entries];
      this.entries.clear();
      await Promise.all(entries.map(([variable]) => variable.read()));
      for (const [, { tensor }] of entries) tensor.dispose();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}
