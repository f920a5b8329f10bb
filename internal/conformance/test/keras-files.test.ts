import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { modelFromData, type SavedModel, Tensor } from "@lamella/ir";
import { readKeras } from "@lamella/keras";
import { Predictor, reference, VariableStore } from "@lamella/runtime";
import { describe, expect, test } from "vitest";

import { expectClose } from "../src/compare.ts";
import { registry } from "../src/registry.ts";
import { valueTolerance } from "../src/tolerance.ts";

interface Stored {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32" | "int64";
  readonly data: string;
}

interface Golden {
  readonly files: readonly string[];
  readonly inputs: readonly Stored[];
  readonly outputs: readonly Stored[];
}

/** Files of several versions of Keras, and what the models in them gave there (internal/keras-golden/generate-files.sh). */
const folder = fileURLToPath(new URL("../../../packages/keras/test/fixtures/", import.meta.url));

function goldensOf(version: string): readonly (readonly [file: string, golden: Golden])[] {
  const { versions: _, ...goldens } = JSON.parse(readFileSync(`${folder}${version}/goldens.json`, "utf8")) as {
    readonly versions: unknown;
  } & Readonly<Record<string, Golden>>;
  return Object.values(goldens).flatMap((golden) => golden.files.map((file) => [file, golden] as const));
}

const arrays = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array };

function tensorOf({ shape, dtype, data }: Stored): Tensor {
  return new Tensor(dtype, shape, new arrays[dtype](new Uint8Array(Buffer.from(data, "base64")).buffer));
}

async function expectOutputs(saved: SavedModel, { inputs, outputs }: Golden): Promise<void> {
  const model = modelFromData(saved, registry);
  const backend = reference();
  await using predictor = new Predictor(model, backend, new VariableStore(backend));
  const given = model.inputNames.map((name, i) => [name, tensorOf(inputs[i]!)]);
  const found = await predictor.run(Object.fromEntries(given) as Record<string, Tensor>);
  expect(model.outputNames.length).toBe(outputs.length);
  for (const [i, name] of model.outputNames.entries()) {
    const expected = tensorOf(outputs[i]!);
    // Older versions count in int64 what newer ones count in int32.
    const actual = expected.dtype === "int64" ? found[name]!.cast("int64") : found[name]!;
    expectClose(name, actual, expected, valueTolerance);
  }
}

describe.each(readdirSync(folder))("models that Keras %s saved give what they gave there", (version) => {
  test.each(goldensOf(version))("%s", async (file, golden) => {
    const { saved, report } = await readKeras(`${folder}${version}/${file}`, { registry });
    expect(report.kerasVersion).toBe(version);
    await expectOutputs(saved, golden);
  });
});
