import { readModelFile, writeModelFile } from "@lamella/format";
import { type AnyModel, type JsonObject, LamellaError, type SavedTraining } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";
import { Trainer } from "@lamella/train";

import { modelOf, readFileOf } from "../files/read-file.ts";
import { type CompileChoice, compileConfig } from "../specs/compile-specs.ts";
import { requireWeights } from "./require-weights.ts";

/** A model that can be trained and evaluated. */
export interface OpenedTrainer {
  readonly model: AnyModel;
  readonly trainer: Trainer;
  /** What it was compiled with. */
  readonly config: JsonObject;
  /** What was converted or ignored when the file was read. */
  readonly notes: readonly string[];
}

export interface TrainerOptions extends CompileChoice {
  readonly seed?: number | undefined;
  /** What weights are that the file lacks. Default: fresh ones where it lacks all, else an error. */
  readonly missingWeights?: "refuse" | "initialize";
}

/**
 * A model from a file, compiled as the file says with what is chosen put in its place. The state of the optimizer stays unless another
 * optimizer is chosen.
 *
 * @throws LamellaError that names the file, or the option; `config` without any loss
 */
export async function openTrainer(path: string, backend: Backend, options: TrainerOptions): Promise<OpenedTrainer> {
  const opened = await readFileOf(path);
  if (opened.kind === "graph") {
    throw new LamellaError("unsupported", {
      where: path,
      problem: "An .onnx file holds operators, and no layers that can be trained or evaluated.",
      expected: "a .lamella, .keras, .h5 or TensorFlow.js model.json file",
    });
  }
  if (options.missingWeights === "refuse") requireWeights(opened);
  const model = await modelOf(opened, options.missingWeights);
  const { saved, notes } = opened;
  const training = chosen(saved.training, options, model.outputNames, path);
  const trainer = new Trainer(model, backend, { read: readModelFile, write: writeModelFile });
  trainer.restore(training);
  return { model, trainer, config: training.config, notes };
}

function chosen(
  saved: SavedTraining | undefined,
  options: TrainerOptions,
  outputs: readonly string[],
  path: string,
): SavedTraining {
  const given = compileConfig(options, outputs);
  const { seed } = options;
  const config: JsonObject = { ...saved?.config, ...given, ...(seed === undefined ? {} : { seed }) };
  if ((config["loss"] ?? null) === null) {
    throw new LamellaError("config", {
      where: path,
      problem: "The model was not compiled: there is no loss to measure it by.",
      expected: "--loss",
      hint: "For instance --loss mse or --loss sparseCategoricalCrossentropy.",
    });
  }
  return { config, state: "optimizer" in given ? new Map() : (saved?.state ?? new Map()) };
}
