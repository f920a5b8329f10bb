import { LamellaError, type SavedModel } from "@lamella/ir";

/** Reads a file of Keras or TensorFlow.js. */
export async function readKerasFile(
  path: string,
): Promise<{ readonly saved: SavedModel; readonly notes: readonly string[] }> {
  throw notYet(path);
}

/** The bytes of a file of Keras or TensorFlow.js; its name says which. */
export async function encodeKerasFile(_saved: SavedModel, path: string): Promise<Iterable<Uint8Array>> {
  throw notYet(path);
}

function notYet(path: string): LamellaError {
  return new LamellaError("unsupported", {
    where: path,
    problem: "Files of Keras and TensorFlow.js are not read yet.",
  });
}
