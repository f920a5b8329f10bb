import type { AnyModel, SavedModel } from "@lamella/ir";
import type { ImportReport } from "@lamella/keras";

import { registry } from "./registry.ts";

/** What a file of Keras or TensorFlow.js holds, and what became of it. */
export interface KerasFile {
  readonly saved: SavedModel;
  readonly report: ImportReport;
  /** What was put in other words or left out, a sentence each. */
  readonly notes: readonly string[];
}

/** Reads a file of Keras or TensorFlow.js. */
export async function readKerasFile(path: string): Promise<KerasFile> {
  const { readKeras } = await import("@lamella/keras");
  const { saved, report } = await readKeras(path, { registry });
  return { saved, report, notes: [...report.converted, ...report.ignored] };
}

/** The model of a file of Keras or TensorFlow.js with fresh weights, whatever the size of those in the file. */
export async function readKerasStructure(path: string): Promise<AnyModel> {
  const { readKerasArchitecture } = await import("@lamella/keras");
  return readKerasArchitecture(path, { registry });
}

/** Writes a file of Keras or TensorFlow.js; its name says which. Gives what was put in other words, a sentence each. */
export async function writeKerasFile(path: string, saved: SavedModel): Promise<readonly string[]> {
  const { writeKeras } = await import("@lamella/keras");
  return (await writeKeras(path, saved, { registry })).notes;
}
