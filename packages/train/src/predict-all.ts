import { type AnyModel, concatRows, type Tensor } from "@lamella/ir";
import type { Predictor } from "@lamella/runtime";

import { type Batches, type BatchStream, isBatchStream, openPass, passesOf } from "./batch-source.ts";
import { batchesOf, type Samples } from "./batches.ts";
import type { CallbackList } from "./callbacks/callback-list.ts";
import { nextTurn } from "./event-loop.ts";
import { batchSizeFor, inputSamples, inputTensors } from "./prepare.ts";
import { grouped, stopIfAborted } from "./run-steps.ts";
import type { PredictOptions } from "./trainer-options.ts";

/** Inputs in batches. */
export interface InputBatches {
  /** How many, when known. */
  readonly steps: number | undefined;
  readonly batches: Batches<Samples>;
}

/** Inputs batch by batch, from arrays or from batches that come one by one. */
export function inputBatches(model: AnyModel, x: unknown, options: PredictOptions): InputBatches {
  if (isBatchStream(x)) return { steps: passesOf(x).steps, batches: preparedInputs(model, x) };
  const inputs = inputSamples(model, x);
  const size = batchSizeFor(model, options, inputs);
  return { steps: Math.ceil(inputs.count / size), batches: batchesOf(inputs, size) };
}

/** As in Keras, what stands beside the inputs of a batch is left out. */
async function* preparedInputs(model: AnyModel, stream: BatchStream<unknown>): AsyncGenerator<Samples> {
  for await (const item of openPass(stream, 0)) {
    yield inputTensors(model, Array.isArray(item) && item.length > 1 ? item[0] : item);
  }
}

/** Several batches of results as one. */
function joined(parts: readonly Readonly<Record<string, Tensor>>[]): readonly Tensor[] {
  return Object.keys(parts[0] ?? {}).map((name) => concatRows(parts.map((part) => part[name]!)));
}

/** What a model gives for all batches, output by output. @param together batches that callbacks see as one */
export async function predictAll(
  predictor: Predictor,
  { batches }: InputBatches,
  { signal, steps = Infinity, together = 1 }: PredictOptions & { readonly together?: number | undefined },
  callbacks: CallbackList,
): Promise<readonly Tensor[]> {
  const parts: Record<string, Tensor>[] = [];
  await callbacks.begin("Predict");
  for await (const group of grouped(batches, () => together, steps)) {
    stopIfAborted(signal, "predict");
    const first = parts.length;
    await callbacks.batchBegin("Predict", first);
    for (const batch of group) parts.push(await predictor.run(batch));
    await callbacks.predictBatchEnd(parts.length - 1, { outputs: joined(parts.slice(first)) });
    await nextTurn();
  }
  await callbacks.end("Predict", {});
  return joined(parts);
}
