import { type AnyModel, LamellaError } from "@lamella/ir";
import type { Backend, WithTraining } from "lamella";

import { inFile, readFileOf } from "./read-file.ts";

/**
 * A model with Keras's methods from a file of any format that holds layers.
 *
 * @throws LamellaError that names the file; `unsupported` for .onnx files, of which `readFileOf` gives the graph
 */
export async function openModel(path: string, backend?: Backend): Promise<WithTraining<AnyModel>> {
  const opened = await readFileOf(path);
  if (opened.kind === "graph") {
    throw new LamellaError("unsupported", {
      where: path,
      problem: "An .onnx file holds operators, not layers.",
      expected: "a .lamella, .keras, .h5 or TensorFlow.js model.json file",
    });
  }
  const { loadModel } = await import("lamella");
  return inFile(path, () => loadModel(opened.saved, backend === undefined ? {} : { backend }));
}
