import { parentPort } from "node:worker_threads";

import { freeData } from "./free-data.ts";
import { openSession, type OrtSession, type PlainTensor } from "./ort.ts";
import type { Request, Requests, Kind, RemoteFeed } from "./protocol.ts";

const sessions = new Map<number, OrtSession>();
const tensors = new Map<number, PlainTensor>();

function stored(feed: RemoteFeed): PlainTensor {
  if (typeof feed !== "number") return feed;
  const tensor = tensors.get(feed);
  if (tensor === undefined) throw new Error("The tensor has been disposed.");
  return tensor;
}

async function answer(request: Request): Promise<Requests[Kind]["answer"]> {
  switch (request.kind) {
    case "open":
      sessions.set(request.session, await openSession(request.model, request.options));
      return undefined;
    case "run": {
      const results = await sessions.get(request.session)!.run(request.inputs.map(stored));
      for (const [i, tensor] of request.outputs.entries()) tensors.set(tensor, results[i]!);
      return results.map(({ dtype, shape }) => ({ dtype, shape }));
    }
    case "release":
      await sessions.get(request.session)?.release();
      sessions.delete(request.session);
      return undefined;
    case "store":
      tensors.set(request.tensor, request.value);
      return undefined;
    case "read":
      return stored(request.tensor);
    case "free":
    default:
      for (const number of request.tensors) {
        const tensor = tensors.get(number);
        tensors.delete(number);
        if (tensor !== undefined) freeData(tensor.data);
      }
      return undefined;
  }
}

async function respond(request: Request): Promise<void> {
  try {
    parentPort?.postMessage({ id: request.id, answer: await answer(request) }, []);
  } catch (error) {
    parentPort?.postMessage({ id: request.id, error: error instanceof Error ? error.message : String(error) }, []);
  }
}

// One request after the other, in the order in which they came.
let last = Promise.resolve();
parentPort?.on("message", (request: Request) => {
  last = last.then(() => respond(request));
});
