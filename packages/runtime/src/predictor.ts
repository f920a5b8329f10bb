import {
  type AnyModel,
  hostInputs,
  type LayerGraph,
  type LoweredModel,
  lower,
  type Tensor,
  type Variable,
} from "@lamella/ir";

import type { Backend, DeviceTensor, Executable } from "./backend.ts";
import type { VariableStore } from "./variable-store.ts";

interface Session {
  readonly executable: Executable;
  readonly lowered: LoweredModel;
  /** The graph that was lowered. */
  readonly graph: LayerGraph;
  /** The versions of the embedded weights. */
  readonly versions: ReadonlyMap<Variable, number>;
}

/**
 * Runs a model's inference graph. Weights that inference never writes are embedded as constants, so that the backend can
 * fold them; after a change of any of them, or of the model, the graph is compiled again at the next run.
 */
export class Predictor implements AsyncDisposable {
  private readonly model: AnyModel;
  private readonly backend: Backend;
  private readonly store: VariableStore;
  private session: Session | undefined;

  constructor(model: AnyModel, backend: Backend, store: VariableStore) {
    this.model = model;
    this.backend = backend;
    this.store = store;
  }

  /** One batch, by the names of the model's inputs and outputs. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    return this.store.inTurn(() => this.runNow(inputs));
  }

  private async runNow(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const { executable, lowered } = await this.current();
    const feeds: Record<string, Tensor | DeviceTensor> = { ...inputs, ...hostInputs(lowered.hosted, inputs) };
    const written = new Set(lowered.updates.values());
    for (const [port, variable] of lowered.variables) {
      if (written.has(variable)) feeds[port] = await this.store.get(variable);
    }
    const results = await executable.run(feeds);
    const outputs: Record<string, Tensor> = {};
    for (const [port, tensor] of Object.entries(results)) {
      const variable = lowered.updates.get(port);
      if (variable !== undefined) this.store.set(variable, tensor);
      else {
        outputs[port] = await tensor.read();
        tensor.dispose();
      }
    }
    return outputs;
  }

  private async current(): Promise<Session> {
    const { session, model } = this;
    const { graph } = model;
    if (
      session?.graph === graph &&
      [...session.versions].every(([variable, version]) => variable.version === version)
    ) {
      return session;
    }
    await this.close();
    const lowered = lower(model);
    const written = new Set(lowered.updates.values());
    const constants: Record<string, Tensor> = {};
    const versions = new Map<Variable, number>();
    for (const [port, variable] of lowered.variables) {
      if (written.has(variable)) continue;
      versions.set(variable, variable.version);
      constants[port] = await variable.read();
    }
    const executable = await this.backend.compile(lowered.graph, { label: `${model.name}, predict`, constants });
    this.session = { executable, lowered, graph, versions };
    return this.session;
  }

  /** Frees the session; the next run makes another one. */
  dispose(): Promise<void> {
    return this.store.inTurn(() => this.close());
  }

  private async close(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await session?.executable.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}
