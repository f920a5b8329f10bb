import { LamellaError, type PrimitiveGraph } from "@lamella/ir";
import { toOnnx } from "@lamella/onnx";
import { type Backend, type Executable, freezeInputs, hostTensor } from "@lamella/runtime";

import { deviceProblem } from "./device.ts";
import { ortError } from "./errors.ts";
import { InProcessExecutable } from "./in-process.ts";
import { uploadToWorker, WorkerExecutable } from "./in-worker.ts";
import type { OnnxRuntimeOptions } from "./options.ts";
import { openSession } from "./ort.ts";
import { WorkerClient } from "./worker-client.ts";

async function openInWorker(
  client: WorkerClient,
  graph: PrimitiveGraph,
  model: Uint8Array<ArrayBuffer>,
  options: OnnxRuntimeOptions,
): Promise<Executable> {
  const session = client.claim();
  try {
    await client.ask("open", { session, model, options }, [model.buffer]);
  } catch (error) {
    client.giveBack(1);
    throw error;
  }
  return new WorkerExecutable(graph, client, session);
}

/**
 * Runs primitive graphs through ONNX Runtime: onnxruntime-node, which is loaded when the first graph is compiled.
 *
 * @throws LamellaError from `compile`: `unavailable` where the device is not there, `unsupported` for what ONNX cannot say.
 */
export function onnxruntime(options: OnnxRuntimeOptions = {}): Backend {
  const { device = "cpu" } = options;
  const client = options.worker === true ? new WorkerClient() : undefined;
  let problem: Promise<string | undefined> | undefined;
  const check = (): Promise<string | undefined> => {
    problem ??= deviceProblem(device, options);
    return problem;
  };
  return {
    name: `onnxruntime-${device}`,
    copiesOutputs: device === "cpu",
    check,
    upload: (tensor) => (client === undefined ? hostTensor(tensor) : uploadToWorker(client, tensor)),
    compile: async (graph, { label, constants = {} } = {}) => {
      const reason = await check();
      if (reason !== undefined) throw new LamellaError("unavailable", { where: "onnxruntime", problem: reason });
      const frozen = freezeInputs(label === undefined ? graph : { ...graph, name: label }, constants);
      const model = toOnnx(frozen);
      try {
        if (client !== undefined) return await openInWorker(client, frozen, model, options);
        return new InProcessExecutable(frozen, await openSession(model, options));
      } catch (error) {
        throw ortError("unsupported", error, frozen.name);
      }
    },
  };
}
