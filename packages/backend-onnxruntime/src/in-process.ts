import { type PrimitiveGraph, Tensor } from "@lamella/ir";
import { bindFeeds, type DeviceTensor, type Executable, type Feed, type Feeds, readFeed } from "@lamella/runtime";

import { disposed, ortError } from "./errors.ts";
import type { OrtSession } from "./ort.ts";
import { SessionTensor } from "./session-tensor.ts";

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
    const entered: { readonly tensor: SessionTensor; readonly value: Tensor }[] = [];
    const take = async (feed: Feed): Promise<Tensor> => {
      if (!(feed instanceof SessionTensor)) return readFeed(feed);
      const value = feed.enter();
      entered.push({ tensor: feed, value });
      return value;
    };
    try {
      const inputs = await Promise.all(graph.inputs.map(({ name }) => take(feeds[name]!)));
      const outputs = await session.run(inputs);
      return Object.fromEntries(
        graph.outputs.map(({ name }, i) => {
          const { dtype, shape, data } = outputs[i]!;
          return [name, new SessionTensor(new Tensor(dtype, shape, data))];
        }),
      );
    } catch (error) {
      throw ortError("data", error, graph.name);
    } finally {
      for (const { tensor, value } of entered) tensor.leave(value);
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
