import { stat } from "node:fs/promises";
import { dirname } from "node:path";

import { type JsonObject, modelToData, setRandomSeed } from "@lamella/ir";
import { type Callback, callbacks as callbacksOf, type FitOptions } from "@lamella/train";

import { readSamples } from "../arrays/read-samples.ts";
import type { BackendChoice } from "../backend-options.ts";
import { checkOutName, saveFile, writeOut } from "../files/save-file.ts";
import { type OpenedTrainer, openTrainer } from "../models/open-trainer.ts";
import { readyBackend } from "../models/ready-backend.ts";
import { note, printResult, tableText } from "../output.ts";
import { withProgress } from "../progress.ts";
import type { CompileChoice } from "../specs/compile-specs.ts";
import { BackupFolder, type RunRecord } from "./backup-folder.ts";
import { checkSettings } from "./check-settings.ts";
import { Interruptible } from "./interruptible.ts";
import { RunRecorder } from "./run-recorder.ts";

export interface TrainOptions extends CompileChoice, BackendChoice {
  readonly data: string;
  readonly output: string;
  readonly epochs: number;
  readonly batchSize?: number | undefined;
  readonly validationSplit?: number | undefined;
  readonly validationData?: string | undefined;
  readonly shuffle: boolean;
  readonly seed?: number | undefined;
  /** Batches between two backups; epochs where it is left out. */
  readonly saveFreq?: number | undefined;
  /** A file for what the epochs reported. */
  readonly history?: string | undefined;
  /** A folder for TensorBoard. */
  readonly tensorboard?: string | undefined;
  readonly resume?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Trains a model on samples from a file and writes it. What is interrupted can go on, and ends with the same weights. */
export async function trainFile(path: string, options: TrainOptions): Promise<void> {
  const { json = false, output, seed } = options;
  const tell = json ? () => undefined : note;
  checkOutName(output);
  for (const file of [output, options.history]) if (file !== undefined) await stat(dirname(file));
  const backend = await readyBackend(options);
  if (seed !== undefined) setRandomSeed(seed);
  const opened = await openTrainer(path, backend, options);
  const { model, trainer } = opened;
  await using _ = trainer;
  opened.notes.forEach(tell);
  const { x, y, types } = await readSamples(options.data, model, tell);
  const fit = await fitOptions(options, opened, tell);
  const folder = new BackupFolder(output);
  const settings = settingsOf(options, opened.config, types);
  const before = await prepare(folder, settings, options.resume === true, tell);
  const recorder = new RunRecorder(folder, settings, before);
  const interruptible = new Interruptible(folder.file, tell);
  const backup = callbacksOf.backupAndRestore({
    backupDir: folder.path,
    deleteCheckpoint: false,
    ...(options.saveFreq === undefined ? {} : { saveFreq: options.saveFreq }),
  });
  const board: readonly Callback[] =
    options.tensorboard === undefined ? [] : [callbacksOf.tensorBoard({ logDir: options.tensorboard })];
  const started = performance.now();
  await interruptible.during(() =>
    withProgress(json ? 0 : 1, (shown) =>
      trainer.fit(x, y, { ...fit, verbose: 0, callbacks: [recorder, backup, ...board, ...shown, interruptible] }),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  const notes = await saveFile(output, await modelToData(model, await trainer.trainingState()));
  notes.forEach(tell);
  const { history } = recorder;
  if (options.history !== undefined) {
    await writeOut(options.history, [new TextEncoder().encode(`${JSON.stringify(history, null, 2)}\n`)]);
  }
  await folder.clear();
  const firstEpoch = before === undefined ? null : (recorder.first ?? options.epochs);
  const result = { file: output, backend: backend.name, seconds, resumedIn: firstEpoch, ...history };
  await printResult({ json }, result, async () => `${await lossTable(history)}\n${output}: written`);
}

async function fitOptions(
  { epochs, batchSize, shuffle, validationSplit, validationData }: TrainOptions,
  { model }: OpenedTrainer,
  tell: (text: string) => void,
): Promise<FitOptions> {
  const validation = validationData === undefined ? undefined : await readSamples(validationData, model, tell);
  return {
    epochs,
    shuffle,
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(validationSplit === undefined ? {} : { validationSplit }),
    ...(validation === undefined ? {} : { validationData: [validation.x, validation.y] }),
  };
}

/** What decides the weights that a run ends with, beside the number of its epochs. */
function settingsOf(
  { batchSize, shuffle, validationSplit, validationData, seed }: TrainOptions,
  { optimizer = null, loss = null, metrics = null }: JsonObject,
  types: Readonly<Record<string, string>>,
): JsonObject {
  return {
    data: types,
    optimizer,
    loss,
    metrics,
    shuffle,
    batchSize: batchSize ?? null,
    validationSplit: validationSplit ?? null,
    validationData: validationData ?? null,
    seed: seed ?? null,
  };
}

/** Makes way for a run, or finds the one that goes on. */
async function prepare(
  folder: BackupFolder,
  settings: JsonObject,
  resume: boolean,
  tell: (text: string) => void,
): Promise<RunRecord | undefined> {
  const isInterrupted = await folder.exists();
  if (!resume) {
    if (isInterrupted) tell(`${folder.path}: the interrupted run in there is given up; --resume would go on with it`);
    await folder.clear();
    return undefined;
  }
  if (!isInterrupted) {
    tell("No run was interrupted: training begins anew.");
    await folder.clear();
    return undefined;
  }
  const record = (await folder.readRecord()) ?? { settings, epochs: [] };
  checkSettings(settings, record.settings);
  return record;
}

/** The values of the first and of the last epoch. */
function lossTable({ epoch, history }: RunRecorder["history"]): Promise<string> {
  const shown = epoch.length > 1 ? [0, epoch.length - 1] : [0];
  const columns = shown.map((index) => ({ title: `Epoch ${epoch[index]! + 1}`, align: "right" as const }));
  const rows = Object.entries(history).map(([name, values]) => {
    const ends = shown.length > 1 ? [values[0]!, values.at(-1)!] : [values.at(-1)!];
    return [name].concat(ends.map((value) => value.toPrecision(6)));
  });
  return tableText(["Value", ...columns], rows);
}
