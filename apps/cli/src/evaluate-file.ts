import { readSamples } from "./arrays/read-samples.ts";
import type { BackendChoice } from "./backend-options.ts";
import { openTrainer } from "./models/open-trainer.ts";
import { readyBackend } from "./models/ready-backend.ts";
import { note, printResult, tableText } from "./output.ts";
import { barOnTerminal, withProgress } from "./progress.ts";
import type { CompileChoice } from "./specs/compile-specs.ts";

export interface EvaluateOptions extends CompileChoice, BackendChoice {
  readonly data: string;
  readonly batchSize?: number | undefined;
  readonly json?: boolean | undefined;
}

/** Measures a model on samples from a file, and prints its loss and metrics. */
export async function evaluateFile(path: string, options: EvaluateOptions): Promise<void> {
  const { json = false, batchSize } = options;
  const tell = json ? () => undefined : note;
  const backend = await readyBackend(options);
  const { model, trainer, notes } = await openTrainer(path, backend, { ...options, missingWeights: "refuse" });
  await using _ = trainer;
  notes.forEach(tell);
  const { x, y } = await readSamples(options.data, model, tell);
  const values = await withProgress(barOnTerminal(json), (callbacks) =>
    trainer.evaluate(x, y, { verbose: 0, callbacks, ...(batchSize === undefined ? {} : { batchSize }) }),
  );
  const samples = Object.values(x)[0]!.shape[0]!;
  await printResult({ json }, { backend: backend.name, samples, values }, () =>
    tableText(["Value", { title: `${samples} samples`, align: "right" }], valueRows(values)),
  );
}

function valueRows(values: Readonly<Record<string, number>>): (readonly [name: string, value: string])[] {
  return Object.entries(values).map(([name, value]) => [name, value.toPrecision(6)]);
}
