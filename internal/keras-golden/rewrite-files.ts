// Reads the model files of several versions of Keras and writes each again, for model_files/check.py.
// Usage: node --conditions=@lamella/source rewrite-files.ts FIXTURES FOLDER
import { mkdirSync, readdirSync, readFileSync } from "node:fs";

import { readKeras, writeKeras } from "../../packages/keras/src/index.ts";
import { registry } from "../conformance/src/registry.ts";

const [fixtures, folder] = process.argv.slice(2);
if (fixtures === undefined || folder === undefined) throw new Error("Two folders are needed.");
mkdirSync(folder, { recursive: true });
for (const version of readdirSync(fixtures)) {
  const goldens = JSON.parse(readFileSync(`${fixtures}/${version}/goldens.json`, "utf8")) as Readonly<
    Record<string, { readonly files?: readonly string[] }>
  >;
  for (const file of Object.values(goldens).flatMap(({ files = [] }) => files)) {
    const { saved } = await readKeras(`${fixtures}/${version}/${file}`, { registry });
    await writeKeras(`${folder}/${version}-${file}.keras`, saved, { registry });
  }
}
