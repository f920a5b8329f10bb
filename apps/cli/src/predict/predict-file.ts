import { concatRows, LamellaError, type Tensor } from "@lamella/ir";
import { batchesOf, batchSizeFor, progressFor, samplesFor } from "@lamella/train";

import { type InputOptions, readInputs } from "../arrays/read-inputs.ts";
import type { BackendChoice } from "../backend-options.ts";
import { readFileOf } from "../files/read-file.ts";
import { readyBackend } from "../models/ready-backend.ts";
import { requireWeights } from "../models/require-weights.ts";
import { type Runnable, runnableOf } from "../models/runnable.ts";
import { note } from "../output.ts";
import { barOnTerminal } from "../progress.ts";
import { checkTarget, giveOutputs } from "./give-outputs.ts";

export interface PredictOptions extends InputOptions, BackendChoice {
  readonly batchSize?: number | undefined;
  /** An .npz or .npy file, or '-' for stdout. */
  readonly output?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Runs a model on inputs from files, and prints or writes what it gives. */
export async function predictFile(path: string, options: PredictOptions): Promise<void> {
  const { json = false, output } = options;
  const tell = json ? () => undefined : note;
  const opened = await readFileOf(path);
  requireWeights(opened);
  if (opened.kind === "layers") opened.notes.forEach(tell);
  const runnable = await runnableOf(opened, "refuse");
  checkTarget(output, runnable.outputs);
  const backend = await readyBackend(options);
  const inputs = await readInputs(runnable.inputs, options, tell);
  await using running = await runnable.open(backend);
  const progress = await progressFor(barOnTerminal(json), process.stderr);
  try {
    const { samples, batches, steps } = batchesFor(runnable, inputs, options.batchSize);
    progress.begin("Predict", steps);
    const parts: Record<string, Tensor>[] = [];
    for (const batch of batches) {
      parts.push(await running.run(batch));
      progress.step(parts.length, {});
    }
    progress.stop();
    await giveOutputs(joined(parts, samples), { json, output, backend: backend.name });
  } finally {
    progress.stop();
  }
}

function batchesFor(runnable: Runnable, inputs: Readonly<Record<string, Tensor>>, batchSize: number | undefined) {
  const set = samplesFor(runnable.inputs, inputs);
  const size = batchSizeFor(runnable, batchSize === undefined ? {} : { batchSize }, set);
  return { samples: set.count, steps: Math.ceil(set.count / size), batches: batchesOf(set, size) };
}

/** The outputs of all batches. */
function joined(parts: readonly Readonly<Record<string, Tensor>>[], samples: number): Record<string, Tensor> {
  const [first] = parts;
  if (parts.length === 1) return { ...first! };
  return Object.fromEntries(
    Object.keys(first!).map((name) => {
      const tensors = parts.map((part) => part[name]!);
      const rows = tensors.reduce((sum, { shape: [own = 0] }) => sum + own, 0);
      if (rows === samples) return [name, concatRows(tensors)];
      throw new LamellaError("unsupported", {
        where: `output '${name}'`,
        problem: "The output has no row for each sample: it cannot be put together from batches.",
        hint: `Predict in one batch: --batch-size ${samples}.`,
      });
    }),
  );
}
