import type { Tensor } from "@lamella/ir";
import { samplesFor } from "@lamella/train";

import { readInputs } from "../arrays/read-inputs.ts";
import { exitCodes } from "../exit-codes.ts";
import { readFileOf } from "../files/read-file.ts";
import { generatedInputs } from "../models/generated-inputs.ts";
import { inputsOf, openProgram, type Program, programOf } from "../models/program.ts";
import { type NamedBackend, severalBackends } from "../models/several-backends.ts";
import { note, printResult, tableText } from "../output.ts";
import { paint } from "../paint.ts";
import { type Difference, differenceOf, largestOf } from "./difference.ts";
import { layerValues, withOutputs } from "./layer-values.ts";

export interface CompareOptions {
  readonly backends: string;
  /** An .npz file; generated where it is left out. */
  readonly inputs?: string | undefined;
  readonly samples: number;
  readonly size: number;
  readonly seed: number;
  readonly tolerance: number;
  readonly json?: boolean | undefined;
}

/** How far backends are from the first one in something. */
interface Row {
  readonly name: string;
  readonly differences: readonly (Difference & { readonly backend: string })[];
}

type Tensors = Readonly<Record<string, Tensor>>;

/** Runs a model on several backends and prints how far they are apart. Exit code 1 where outputs are too far. */
export async function compareFile(path: string, options: CompareOptions): Promise<void> {
  const { json = false, tolerance, seed } = options;
  const program = await programOf(await readFileOf(path));
  const backends = await severalBackends(options.backends, 2);
  const inputs = await inputsFor(program, options, json ? () => undefined : note);
  const layers = layerValues(
    program.graph,
    inputsOf(program).map(({ value }) => value),
  );
  const { graph, names } = withOutputs(
    program.graph,
    layers.flatMap(({ values }) => values),
  );
  const plain = await onEach(program, backends, inputs);
  const inside = await onEach({ ...program, graph }, backends, inputs);
  const labels = backends.map(({ label }) => label);
  const outputRows = program.graph.outputs.map(({ name }): Row => rowOf(name, [name], plain, labels));
  const layerRows = layers.map(({ layer, values }): Row => {
    const ports = values.map((value) => names.get(value)!);
    return rowOf(layer, ports, inside, labels);
  });
  const largest = largestOf(outputRows.flatMap(({ differences }) => differences));
  const agree = largest.relative <= tolerance;
  if (!agree) process.exitCode = exitCodes.no;
  const from = options.inputs ?? `generated, seed ${seed}`;
  const data = { backends: labels, inputs: from, tolerance, agree, outputs: outputRows, layers: layerRows };
  await printResult({ json }, data, async () => {
    const verdict = `${agree ? "The backends agree" : "The backends differ"}: by up to ${short(largest.relative)} in outputs, tolerance ${tolerance}`;
    const about = `Largest differences from ${labels[0]}: absolute, and in relation to the largest number (inputs: ${from})`;
    const tables = [await table("Layer", layerRows), await table("Output", outputRows)];
    return [about, ...tables, agree ? paint.good(verdict) : paint.bad(verdict)].join("\n\n");
  });
}

async function inputsFor(program: Program, options: CompareOptions, tell: (text: string) => void): Promise<Tensors> {
  if (options.inputs === undefined) return generatedInputs(program, options);
  const slots = inputsOf(program).map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const { samples, dtypes } = samplesFor(slots, await readInputs(slots, options, tell));
  return Object.fromEntries(Object.entries(samples).map(([name, tensor]) => [name, tensor.cast(dtypes[name]!)]));
}

/** What every backend gives. */
async function onEach(program: Program, backends: readonly NamedBackend[], inputs: Tensors): Promise<Tensors[]> {
  const results: Tensors[] = [];
  for (const { backend } of backends) {
    await using running = await openProgram(program, backend);
    results.push(await running.run(inputs));
  }
  return results;
}

function rowOf(name: string, ports: readonly string[], results: readonly Tensors[], labels: readonly string[]): Row {
  const [expected, ...others] = results;
  const differences = others.map((actual, i) => {
    const { absolute, relative } = largestOf(ports.map((port) => differenceOf(expected![port]!, actual[port]!)));
    return { backend: labels[i + 1]!, absolute, relative };
  });
  return { name, differences };
}

const short = (value: number) => (value === 0 ? "0" : value.toPrecision(2));

function table(title: string, rows: readonly Row[]): Promise<string> {
  const columns = (rows[0]?.differences ?? []).flatMap(({ backend }) => [
    { title: backend, align: "right" as const },
    { title: "relative", align: "right" as const },
  ]);
  return tableText(
    [title, ...columns],
    rows.map(({ name, differences }) =>
      [name].concat(differences.flatMap(({ absolute, relative }) => [short(absolute), short(relative)])),
    ),
  );
}
