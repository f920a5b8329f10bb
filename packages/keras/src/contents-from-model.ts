import { type AnyLayer, type AnyModel, LamellaError, type SavedTraining } from "@lamella/ir";

import { Notes } from "./config/notes.ts";
import { LayerWriter } from "./config/write-layer.ts";
import type { KerasContents } from "./contents.ts";
import { writeTraining } from "./training/write-training.ts";
import { writeWeights } from "./weights/write-weights.ts";

/** The version of Keras whose form is written. */
const writtenVersion = "3.15.1";

export interface WriteOptions {
  /** How the model was compiled, and the state of its optimizer. */
  readonly training?: SavedTraining | undefined;
  /** Whether what cannot be carried over is an error, or a note. Default true. */
  readonly strict?: boolean;
}

/** The layers that stand in several models. */
function sharedLayers(model: AnyModel): ReadonlySet<AnyLayer> {
  const places = new Map<AnyLayer, number>();
  const models = new Set<AnyLayer>();
  const enter = (inner: AnyModel): void => {
    if (models.has(inner)) return;
    models.add(inner);
    for (const layer of inner.operations) {
      places.set(layer, (places.get(layer) ?? 0) + 1);
      if (layer.modelType !== undefined) enter(layer as AnyModel);
    }
  };
  enter(model);
  return new Set([...places].flatMap(([layer, count]) => (count > 1 ? [layer] : [])));
}

/**
 * What a Keras file of a model holds: the configuration as Keras 3.15 writes and loads it, and the newest weights.
 *
 * @throws LamellaError `state` for a model without a shape, `unsupported` for what Keras does not have
 */
export async function contentsFromModel(model: AnyModel, options: WriteOptions = {}): Promise<KerasContents> {
  if (!model.built) {
    throw new LamellaError("state", {
      where: model.label,
      problem: "The model has no shape yet.",
      hint: "Build it before it is written.",
    });
  }
  const { training, strict = true } = options;
  const notes = new Notes(strict);
  const shared = sharedLayers(model);
  if (shared.size > 0) {
    notes.lose("unsupported", {
      where: model.name,
      problem: `Layers stand in more than one of its models: ${Array.from(shared, ({ name }) => name).join(", ")}.`,
      hint: "Keras does not load such a file. For one that lamella reads, pass { strict: false }.",
    });
  }
  const object = new LayerWriter(notes, shared).layer(model);
  const { compileConfig, optimizer, inner } = training === undefined ? {} : writeTraining(model, training, notes);
  return {
    model: compileConfig === undefined ? object : { ...object, compile_config: compileConfig },
    kerasVersion: writtenVersion,
    weights: await writeWeights(model, inner),
    ...(optimizer === undefined ? {} : { optimizer }),
    notes: [...notes.converted, ...notes.ignored],
  };
}
