import { stat } from "node:fs/promises";

import { LamellaError } from "@lamella/ir";

import { readFileOf } from "./files/read-file.ts";
import { checkOutName, saveFile, type SaveOptions } from "./files/save-file.ts";
import { note, printResult } from "./output.ts";

/** Converts a model file to the format that the second name says. */
export async function convertFile(
  from: string,
  to: string,
  { json = false, ...options }: SaveOptions & { readonly json?: boolean },
): Promise<void> {
  checkOutName(to);
  const opened = await readFileOf(from);
  if (opened.kind === "graph") {
    throw new LamellaError("unsupported", {
      where: from,
      problem: "An .onnx file holds operators: the layers that they came from are not to be found in it any more.",
      expected: "a .lamella, .keras, .h5 or TensorFlow.js model.json file",
    });
  }
  const { saved, report } = opened;
  const notes = [...opened.notes, ...(await saveFile(to, saved, options))];
  const { size } = await stat(to);
  const data = {
    from,
    to,
    layers: saved.layers.length - 1,
    weights: saved.weights.length,
    bytes: size,
    notes,
    ...(report === undefined ? {} : { report }),
  };
  if (!json) for (const line of notes) note(line);
  await printResult({ json }, data, () => `${to}: ${size.toLocaleString("en-US")} bytes`);
}
