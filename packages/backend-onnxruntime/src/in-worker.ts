import { type DType, type PrimitiveGraph, type StaticShape, Tensor } from "@lamella/ir";
import {
  bindFeeds,
  type DeviceTensor,
  type Executable,
  type Feed,
  type Feeds,
  isDeviceTensor,
  readFeed,
} from "@lamella/runtime";

import { disposed, ortError } from "./errors.ts";
import type { PlainTensor } from "./ort.ts";
import type { RemoteFeed } from "./protocol.ts";
import type { WorkerClient } from "./worker-client.ts";

function plain({ dtype, shape, data }: Tensor): PlainTensor {
  return { dtype, shape, data };
}

/** Frees what the worker holds for tensors that nobody can reach any more. */
const abandoned = new FinalizationRegistry<{ readonly client: WorkerClient; readonly number: number }>(
  ({ client, number }) => void free(client, number),
);

async function free(client: WorkerClient, number: number): Promise<void> {
  try {
    await client.ask("free", { tensors: [number] });
  } catch {
    // The worker has ended, and with it all that it held.
  }
  client.giveBack(1);
}

/** A value that stays in the worker until somebody reads it. */
export class WorkerTensor implements DeviceTensor {
  readonly shape: StaticShape;
  readonly dtype: DType;
  readonly client: WorkerClient;
  private number: number | undefined;

  constructor(client: WorkerClient, number: number, shape: StaticShape, dtype: DType) {
    this.client = client;
    this.number = number;
    this.shape = shape;
    this.dtype = dtype;
    abandoned.register(this, { client, number }, this);
  }

  /** Its number in the worker. */
  get held(): number {
    if (this.number === undefined) throw disposed("tensor", "onnxruntime");
    return this.number;
  }

  async read(): Promise<Tensor> {
    const { dtype, shape, data } = await this.client.ask("read", { tensor: this.held });
    return new Tensor(dtype, shape, data);
  }

  dispose(): void {
    const { number } = this;
    if (number === undefined) return;
    this.number = undefined;
    abandoned.unregister(this);
    void free(this.client, number);
  }
}

export function uploadToWorker(client: WorkerClient, tensor: Tensor): WorkerTensor {
  const number = client.claim();
  // A failure shows when the tensor is used.
  client.ask("store", { tensor: number, value: plain(tensor) }).catch(() => undefined);
  return new WorkerTensor(client, number, tensor.shape, tensor.dtype);
}

/** A session in a worker thread. What a run gives stays there until it is read. */
export class WorkerExecutable implements Executable {
  private readonly graph: PrimitiveGraph;
  private readonly client: WorkerClient;
  private session: number | undefined;

  constructor(graph: PrimitiveGraph, client: WorkerClient, session: number) {
    this.graph = graph;
    this.client = client;
    this.session = session;
  }

  async run(feeds: Feeds): Promise<Record<string, DeviceTensor>> {
    const { graph, client, session } = this;
    if (session === undefined) throw disposed("executable", graph.name);
    bindFeeds(graph, feeds);
    const inputs = await Promise.all(graph.inputs.map(({ name }) => this.remote(feeds[name]!)));
    const outputs = graph.outputs.map(() => client.claim());
    try {
      const types = await client.ask("run", { session, inputs, outputs });
      return Object.fromEntries(
        graph.outputs.map(({ name }, i) => {
          const { shape, dtype } = types[i]!;
          return [name, new WorkerTensor(client, outputs[i]!, shape, dtype)];
        }),
      );
    } catch (error) {
      client.giveBack(outputs.length);
      throw ortError("data", error, graph.name);
    }
  }

  async dispose(): Promise<void> {
    const { session } = this;
    if (session === undefined) return;
    this.session = undefined;
    await this.client.ask("release", { session });
    this.client.giveBack(1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  private async remote(feed: Feed): Promise<RemoteFeed> {
    if (feed instanceof WorkerTensor && feed.client === this.client) return feed.held;
    return plain(isDeviceTensor(feed) ? await readFeed(feed) : feed);
  }
}
