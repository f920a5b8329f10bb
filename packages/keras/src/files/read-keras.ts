import { type AnyModel, LamellaError, modelToData, type SavedModel, sizeOf } from "@lamella/ir";

import { modelFromContents, type ReadOptions } from "../model-from-contents.ts";
import type { ImportReport, LayerReport } from "../report.ts";
import { type KerasSource, readingFrom } from "./open-source.ts";
import { contentsIn } from "./read-contents.ts";

export interface ReadKeras {
  /** The model as plain data: what `loadModel` takes and what @lamella/format writes. */
  readonly saved: SavedModel;
  readonly report: ImportReport;
}

/**
 * Reads a model of Keras or TensorFlow.js: `.keras` of Keras 2.12 and later (or the folder of an unpacked one), `.h5` of Keras
 * 1 to 3, `model.json` of TensorFlow.js, or the JSON of an architecture alone. The content decides, not the name. Nothing in a
 * file is executed; a file names no other file but those that stand beside it; arrays are read one by one.
 *
 * @throws LamellaError `format` for anything but an intact model file, `unknown-layer` that names all types missing from the
 *   registry, `unsupported` for what has no counterpart, `unavailable` when the file cannot be read
 */
export async function readKeras(source: KerasSource, options: ReadOptions): Promise<ReadKeras> {
  return readingFrom(source, async (opened) => {
    const { model, training, report } = modelFromContents(contentsIn(opened), options);
    checkUnfilled(report.model);
    return { saved: await modelToData(model, training), report };
  });
}

/**
 * The model of such a file with fresh weights: those of the file are not read, so that the time does not depend on their size.
 *
 * @throws LamellaError as `readKeras` does, but for what is wrong with weights
 */
export async function readKerasArchitecture(source: KerasSource, options: ReadOptions): Promise<AnyModel> {
  return readingFrom(source, (opened) => {
    const { model, kerasVersion, notes } = contentsIn(opened);
    const contents = { model, notes, ...(kerasVersion === undefined ? {} : { kerasVersion }) };
    return modelFromContents(contents, options).model;
  });
}

/** Weights for which the file has no values get new ones, one by one, in memory: no more than this of them. */
const mostUnfilled = 2 ** 28;

function unfilledIn({ weights, layers = [] }: LayerReport): number {
  const own = weights.filter(({ from }) => from === undefined).map(({ shape }) => sizeOf(shape));
  return [...own, ...layers.map(unfilledIn)].reduce((sum, count) => sum + count, 0);
}

function checkUnfilled(model: LayerReport): void {
  const count = unfilledIn(model);
  if (count <= mostUnfilled) return;
  throw new LamellaError("unsupported", {
    where: model.name,
    problem: "The file describes a model without weights that is too large to make new ones for.",
    expected: `at most ${mostUnfilled} numbers`,
    received: `${count}`,
    hint: "Read a file that holds the weights too.",
  });
}
