import type { Transferable, Worker } from "node:worker_threads";

import type { Kind, Requests, Response } from "./protocol.ts";

interface Pending {
  resolve(answer: Requests[Kind]["answer"]): void;
  reject(error: Error): void;
}

/** A worker thread that answers requests. */
class Connection {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private requests = 0;
  private ended: Error | undefined;

  constructor(worker: Worker) {
    this.worker = worker;
    worker.unref();
    worker.on("message", (response: Response) => this.settle(response));
    worker.on("error", (error) => this.end(error));
    worker.on("exit", () => this.end(new Error("The worker thread has ended.")));
  }

  async ask(kind: Kind, ask: Requests[Kind]["ask"], transfer: readonly Transferable[]): Promise<unknown> {
    if (this.ended !== undefined) throw this.ended;
    const id = this.requests++;
    // Only while an answer is to come does the worker keep the process from ending.
    this.worker.ref();
    try {
      return await new Promise<unknown>((resolve, reject) => {
        this.pending.set(id, { resolve, reject });
        this.worker.postMessage({ id, kind, ...ask }, transfer);
      });
    } finally {
      this.pending.delete(id);
      if (this.pending.size === 0) this.worker.unref();
    }
  }

  async terminate(): Promise<void> {
    await this.worker.terminate();
  }

  private settle(response: Response): void {
    const pending = this.pending.get(response.id);
    if ("error" in response) pending?.reject(new Error(response.error));
    else pending?.resolve(response.answer);
  }

  private end(reason: Error): void {
    this.ended ??= reason;
    for (const pending of this.pending.values()) pending.reject(reason);
  }
}

async function connect(): Promise<Connection> {
  const { Worker: WorkerThread } = await import("node:worker_threads");
  // Among TypeScript sources the worker is one of them; in a build it is a file of the build.
  const url = import.meta.url.endsWith(".ts")
    ? new URL("./worker.ts", import.meta.url)
    : new URL("./worker.js", import.meta.url);
  // Flags that say how a script came in would be taken for the worker's. All others it has from this thread; V8's could not be
  // given to it.
  const isOfScript = (flag: string) => flag.startsWith("--input-type");
  const execArgv = process.execArgv.filter((flag) => !isOfScript(flag));
  return new Connection(new WorkerThread(url, process.execArgv.some(isOfScript) ? { execArgv } : {}));
}

/** How long a worker in which nothing is in use waits for more, in milliseconds. It does not keep the process from ending. */
const patience = 1000;

/** A worker thread that starts when it is first asked and ends when nothing in it is in use any more. */
export class WorkerClient {
  private connection: Promise<Connection> | undefined;
  private ending: NodeJS.Timeout | undefined;
  private numbers = 0;
  private inUse = 0;

  /** A number for a new session or tensor in the worker, which is in use until it is given back. */
  claim(): number {
    this.inUse++;
    return this.numbers++;
  }

  /** Takes back as many claims. After the last one the worker ends, unless more is claimed soon. */
  giveBack(count: number): void {
    this.inUse -= count;
    if (this.inUse > 0) return;
    clearTimeout(this.ending);
    this.ending = setTimeout(() => void this.end(), patience).unref();
  }

  /** Asks the worker. It answers in the order in which it is asked. */
  async ask<K extends Kind>(
    kind: K,
    ask: Requests[K]["ask"],
    transfer: readonly Transferable[] = [],
  ): Promise<Requests[K]["answer"]> {
    this.connection ??= connect();
    const connection = await this.connection;
    return (await connection.ask(kind, ask, transfer)) as Requests[K]["answer"];
  }

  private async end(): Promise<void> {
    if (this.inUse > 0) return;
    const ending = this.connection;
    this.connection = undefined;
    await (await ending)?.terminate();
  }
}
