import { type PrimitiveGraph, Tensor } from "@lamella/ir";
import { bindFeeds, type DeviceTensor, type Executable, type Feeds, hostTensor, readFeed } from "@lamella/runtime";

import { disposed, ortError } from "./errors.ts";
import type { OrtSession } from "./ort.ts";

/** A session in this thread. Values stay in host memory; inputs are read where they are. */
export class InProcessExecutable implements Executable {
  private readonly graph: PrimitiveGraph;
  private session: OrtSession | undefined;

  constructor(graph: PrimitiveGraph, session: OrtSession) {
    this.graph = graph;
    this.session = session;
  }

  async run(feeds: Feeds): Promise<Record<string, DeviceTensor>> {
    const { graph, session } = this;
    if (session === undefined) throw disposed("executable", graph.name);
    bindFeeds(graph, feeds);
    const inputs = await Promise.all(graph.inputs.map(({ name }) => readFeed(feeds[name]!)));
    try {
      const outputs = await session.run(inputs);
      return Object.fromEntries(
        graph.outputs.map(({ name }, i) => {
          const { dtype, shape, data } = outputs[i]!;
          return [name, hostTensor(new Tensor(dtype, shape, data))];
        }),
      );
    } catch (error) {
      throw ortError("data", error, graph.name);
    }
  }

  async dispose(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await session?.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}
