import { type Bindings, LamellaError, locate, type PrimitiveGraph, type Tensor } from "@lamella/ir";
import { bindFeeds, type DeviceTensor, type Executable, type Feeds, readFeed, resolveDims } from "@lamella/runtime";

import { TfjsTensor, upload } from "./device-tensor.ts";
import type { Handle } from "./device.ts";
import type { Machine } from "./machine.ts";
import { type Plan, planOf } from "./plan.ts";

/** Plans kept for as many different sizes. */
const keptPlans = 16;

/** Runs a graph kernel by kernel. A run happens at once: runs of several devices never mix. */
export class TfjsExecutable implements Executable {
  private readonly graph: PrimitiveGraph;
  private readonly machine: Machine;
  private readonly plans = new Map<string, Plan>();
  private readonly constants = new Map<Tensor, Handle>();
  private disposed = false;

  constructor(graph: PrimitiveGraph, machine: Machine) {
    this.graph = graph;
    this.machine = machine;
  }

  async run(feeds: Feeds): Promise<Record<string, DeviceTensor>> {
    const { graph, machine } = this;
    this.expectNotDisposed();
    const bindings = bindFeeds(graph, feeds);
    const ready = await Promise.all(
      graph.inputs.map(({ name }) => {
        const feed = feeds[name]!;
        const isHere = feed instanceof TfjsTensor && feed.on(machine) !== undefined;
        return isHere ? Promise.resolve(feed) : readFeed(feed);
      }),
    );
    this.expectNotDisposed();
    const outputs = machine.inCharge(() => this.runNow(bindings, ready));
    return Object.fromEntries(
      graph.outputs.map(({ name, value }, i) => {
        const handle = outputs[i]!;
        return [name, new TfjsTensor(graph.values[value]!.dtype, handle.shape, { machine, handle })];
      }),
    );
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    for (const plan of this.plans.values()) plan.dispose();
    this.plans.clear();
    for (const handle of this.constants.values()) this.machine.free(handle);
    this.constants.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  private expectNotDisposed(): void {
    if (!this.disposed) return;
    throw new LamellaError("state", { where: this.graph.name, problem: "The executable has been disposed." });
  }

  private runNow(bindings: Bindings, feeds: readonly (TfjsTensor | Tensor)[]): readonly Handle[] {
    const { graph, machine } = this;
    const plan = this.planFor(bindings);
    const uploaded: Handle[] = [];
    try {
      const inputs = feeds.map((feed, i) => {
        const known = feed instanceof TfjsTensor ? feed.on(machine) : undefined;
        if (known !== undefined) return known;
        const handle = locate(`${graph.name}, input '${graph.inputs[i]!.name}'`, () => upload(machine, feed as Tensor));
        uploaded.push(handle);
        return handle;
      });
      return locate(graph.name, () => plan.run(inputs));
    } finally {
      for (const handle of uploaded) machine.free(handle);
    }
  }

  private planFor(bindings: Bindings): Plan {
    const key = JSON.stringify(bindings);
    let plan = this.plans.get(key);
    if (plan === undefined) {
      plan = planOf(resolveDims(this.graph, bindings), this.machine, { valueOf: (tensor) => this.constant(tensor) });
      if (this.plans.size === keptPlans) {
        for (const old of this.plans.values()) old.dispose();
        this.plans.clear();
      }
      this.plans.set(key, plan);
    }
    return plan;
  }

  private constant(tensor: Tensor): Handle {
    let handle = this.constants.get(tensor);
    if (handle === undefined) {
      handle = upload(this.machine, tensor);
      this.constants.set(tensor, handle);
    }
    return handle;
  }
}
