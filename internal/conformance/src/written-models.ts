/** Prints what lamella writes of the cases for Keras, a line each: the configuration and the arrays. */
import { contentsFromModel } from "@lamella/keras";

import { cases } from "../cases/index.ts";
import { buildCase } from "./build-case.ts";

const wanted = new Set(process.argv.slice(2));

for (const layerCase of cases) {
  const { id } = layerCase;
  if (wanted.size > 0 && !wanted.has(id.split("/")[0]!)) continue;
  const { model, weights } = await contentsFromModel(buildCase(layerCase));
  const arrays = weights!.arrays.paths.map((path) => {
    const { shape, dtype, data } = weights!.arrays.read(path);
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return [path, { shape, dtype, data: bytes.toString("base64") }] as const;
  });
  process.stdout.write(`${JSON.stringify({ id, config: model, weights: Object.fromEntries(arrays) })}\n`);
}
