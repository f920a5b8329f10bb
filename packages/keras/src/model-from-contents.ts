import { type AnyModel, LamellaError, type Registry, type SavedTraining } from "@lamella/ir";

import { withActivationLayers } from "./config/activation-layers.ts";
import { Notes } from "./config/notes.ts";
import { LayerReader } from "./config/read-layer.ts";
import { refuseUnreadable } from "./config/refuse.ts";
import { withVocabularies } from "./config/vocabularies.ts";
import type { KerasContents } from "./contents.ts";
import { type ImportReport, reportOn } from "./report.ts";
import { readTraining } from "./training/read-training.ts";
import { fillVariables } from "./weights/fill-variables.ts";
import { orderIn } from "./weights/order-in-file.ts";
import { type Order, structureOf } from "./weights/structure.ts";

export interface ReadOptions {
  /** The layer and model types that the file may name. */
  readonly registry: Registry;
  /** Whether what cannot be carried over is an error, or a line in the report. Default true. */
  readonly strict?: boolean;
}

export interface ReadModel {
  readonly model: AnyModel;
  /** How it was compiled, and the state of its optimizer, where the file says so. */
  readonly training?: SavedTraining;
  readonly report: ImportReport;
}

/** Without the state of the optimizer where it goes by another order of variables than the model has. */
function withFittingState(contents: KerasContents, model: AnyModel, order: Order, notes: Notes): KerasContents {
  const { optimizer, ...rest } = contents;
  const own = structureOf(model);
  const inFile = structureOf(model, order);
  if (optimizer === undefined || own.every(({ variable }, i) => variable === inFile[i]!.variable)) return contents;
  notes.ignore(model.name, "the state of its optimizer: its layers stand in another order here than in the file.");
  return rest;
}

/**
 * A model from what a file of Keras or TensorFlow.js holds. Nothing of it is executed, and no array is read before the whole
 * architecture is made.
 *
 * @throws LamellaError `unknown-layer` that names all types missing from the registry; `unsupported`, `format`, `config`,
 * `shape` or `data` that name the layer
 */
export function modelFromContents(contents: KerasContents, options: ReadOptions): ReadModel {
  const { weights } = contents;
  const notes = new Notes(options.strict ?? true);
  const reader = new LayerReader(options.registry, notes);
  refuseUnreadable(reader, contents.model);
  const object = withActivationLayers(withVocabularies(contents), notes);
  if (reader.modelType(object) === undefined) {
    throw new LamellaError("format", {
      problem: "The file holds no model.",
      expected: "a Functional or Sequential model",
      received: object.class_name,
    });
  }
  const model = reader.layer(object) as AnyModel;
  const order = orderIn(object, model);
  const filled =
    weights === undefined
      ? new Map<never, string>()
      : fillVariables(model, weights, notes, contents.kerasVersion, order);
  const training = readTraining(withFittingState(contents, model, order, notes), model, notes);
  const report = reportOn(model, contents, notes, filled);
  return training === undefined ? { model, report } : { model, training, report };
}
