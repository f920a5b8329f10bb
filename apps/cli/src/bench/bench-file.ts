import type { Tensor } from "@lamella/ir";
import { progressFor } from "@lamella/train";

import { readFileOf } from "../files/read-file.ts";
import { generatedInputs } from "../models/generated-inputs.ts";
import { programOf } from "../models/program.ts";
import { type Running, runnableOf } from "../models/runnable.ts";
import { type NamedBackend, severalBackends } from "../models/several-backends.ts";
import { printResult, tableText } from "../output.ts";
import { barOnTerminal } from "../progress.ts";
import { machine, versions } from "./machine.ts";
import { measureInTurns, type Times } from "./measure.ts";

export interface BenchOptions {
  readonly backends: string;
  /** Batch sizes, one after the other. */
  readonly batch: readonly number[];
  /** Size of other axes that the model leaves open. */
  readonly size: number;
  /** Most runs of each backend. */
  readonly runs: number;
  /** When no further round begins, for each batch size. */
  readonly seconds: number;
  readonly json?: boolean | undefined;
}

/** What one backend took for one batch size, in milliseconds. */
interface Measured extends Times {
  readonly backend: string;
  readonly batch: number;
  /** From the model in memory to the end of the first run. */
  readonly first: number;
}

type Tensors = Readonly<Record<string, Tensor>>;

/** Measures how long a run takes, in turns on all backends, with inputs and outputs in memory of the host. */
export async function benchFile(path: string, options: BenchOptions): Promise<void> {
  const { json = false, batch: sizes, size } = options;
  const opened = await readFileOf(path);
  const runnable = await runnableOf(opened, "initialize");
  const program = await programOf(opened);
  const backends = await severalBackends(options.backends, 1);
  const fixed = runnable.inputs[0]?.shape[0];
  const results: Measured[] = [];
  for (const batch of typeof fixed === "number" ? [fixed] : sizes) {
    const inputs = generatedInputs(program, { samples: batch, size, seed: 0 });
    results.push(...(await measureAll(backends, (backend) => runnable.open(backend), { ...options, batch, inputs })));
  }
  const about = { machine: machine(), versions: versions() };
  await printResult({ json }, { ...about, file: path, results }, async () => {
    const { cpu, threads } = about.machine;
    return `${await resultTable(results)}\n\n${cpu}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
  });
}

async function measureAll(
  backends: readonly NamedBackend[],
  open: (backend: NamedBackend["backend"]) => Promise<Running>,
  options: Omit<BenchOptions, "batch"> & { readonly batch: number; readonly inputs: Tensors },
): Promise<Measured[]> {
  const { batch, inputs, runs, seconds, json = false } = options;
  const opened: { readonly backend: string; readonly first: number; readonly running: Running }[] = [];
  const progress = await progressFor(barOnTerminal(json), process.stderr);
  try {
    for (const { label, backend } of backends) {
      const started = performance.now();
      const running = await open(backend);
      opened.push({
        backend: label,
        running,
        first: await running.run(inputs).then(() => performance.now() - started),
      });
    }
    progress.begin(`Batch ${batch}`, runs);
    const works = opened.map(
      ({ running }) =>
        () =>
          running.run(inputs),
    );
    const times = await measureInTurns(works, { runs, seconds, onRound: (done) => progress.step(done, {}) });
    return opened.map(({ backend, first }, i) => ({ backend, batch, ...times[i]!, first }));
  } finally {
    progress.stop();
    for (const { running } of opened) await running[Symbol.asyncDispose]();
  }
}

function resultTable(results: readonly Measured[]): Promise<string> {
  const titles = ["Batch", "ms a run", "least", "most", "Samples/s", "Runs", "First run, ms"];
  const short = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
  return tableText(
    ["Backend", ...titles.map((title) => ({ title, align: "right" as const }))],
    results.map(({ backend, batch, median: middle, least, most, runs, first }) => [
      backend,
      batch,
      short(middle),
      short(least),
      short(most),
      short((1000 * batch) / middle),
      runs,
      short(first),
    ]),
  );
}
