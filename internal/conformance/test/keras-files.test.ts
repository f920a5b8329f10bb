import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { allocate, modelFromData, modelToData, type SavedModel, Tensor } from "@lamella/ir";
import { encodeKeras, readKeras, readKerasWeights } from "@lamella/keras";
import { Predictor, reference, VariableStore } from "@lamella/runtime";
import { unzipSync } from "fflate";
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

function zeroed({ tensor, ...rest }: SavedModel["weights"][number]): SavedModel["weights"][number] {
  return { ...rest, tensor: new Tensor(tensor.dtype, tensor.shape, allocate(tensor.dtype, tensor.size)) };
}

/** A model without what can be written in two ways: formats that are the default, and losses by the names of outputs. */
function plain({ layers, training, ...rest }: SavedModel): unknown {
  return {
    ...rest,
    layers: layers.map(({ config, ...layer }) => ({ ...layer, config: { ...config, dataFormat: undefined } })),
    training: { optimizer: training?.config["optimizer"], state: training?.state },
  };
}

test.each(["2.15.0", "3.15.1"])("what Keras %s saved is written again as it was read", async (version) => {
  const files = new Set(goldensOf(version).map(([, { files: names }]) => names[0]!));
  for (const file of files) {
    const { saved } = await readKeras(`${folder}${version}/${file}`, { registry });
    const again = await readKeras(await encodeKeras(saved, "keras", { registry }), { registry });
    expect(again.report.ignored).toEqual([]);
    expect([file, plain(again.saved)]).toEqual([file, plain(saved)]);
  }
});

describe.each(readdirSync(folder))("weights alone of Keras %s", (version) => {
  const golden = goldensOf(version).find(([file]) => file === "nested.keras")![1];
  const files = readdirSync(folder + version).filter((file) => file.startsWith("nested") && !file.endsWith(".json"));

  test.each(files)("%s, into the model that its JSON describes", async (file) => {
    const { saved } = await readKeras(`${folder}${version}/nested.json`, { registry });
    const model = modelFromData(saved, registry);
    const { filled, ignored } = await readKerasWeights(`${folder}${version}/${file}`, model);
    expect([filled.size, ignored]).toEqual([saved.weights.length, []]);
    await expectOutputs(await modelToData(model), golden);
  });

  const sharded = readdirSync(folder + version).filter((file) => file.endsWith(".weights.json"));

  test.each(sharded)("%s, which names several files", async (file) => {
    const { saved } = await readKeras(`${folder}${version}/nested.keras`, { registry });
    const model = modelFromData((await readKeras(`${folder}${version}/nested.json`, { registry })).saved, registry);
    await readKerasWeights(`${folder}${version}/${file}`, model);
    expect((await modelToData(model)).weights).toEqual(saved.weights);
    await expect(readKeras(`${folder}${version}/${file}`, { registry })).rejects.toThrow(/without a model/);
    const list = readFileSync(`${folder}${version}/${file}`);
    await expect(readKerasWeights(list, model)).rejects.toThrow(
      /in other files.*sharded_00000.weights.h5.*Give the path/,
    );
    const elsewhere = join(mkdtempSync(join(tmpdir(), "lamella-keras-")), "x.weights.json");
    writeFileSync(elsewhere, list.toString().replaceAll("sharded_", "../sharded_"));
    await expect(readKerasWeights(elsewhere, model)).rejects.toThrow(/leads out of its folder/);
    rmSync(dirname(elsewhere), { recursive: true });
  });

  const npz = readdirSync(folder + version).filter((file) => file.endsWith(".npz.keras"));

  test.each(npz)("%s, its model.weights.npz alone", async (file) => {
    const archive = readFileSync(`${folder}${version}/${file}`);
    const { saved } = await readKeras(archive, { registry });
    const model = modelFromData({ ...saved, weights: saved.weights.map(zeroed) }, registry);
    const weights = unzipSync(archive)["model.weights.npz"]!;
    const { filled, ignored } = await readKerasWeights(weights, model);
    expect([filled.size, ignored]).toEqual([saved.weights.length, []]);
    expect((await modelToData(model)).weights).toEqual(saved.weights);
    await expect(readKeras(weights, { registry })).rejects.toThrow(/without a model.*readKerasWeights/);
  });

  test("are no model", async () => {
    const reading = readKeras(`${folder}${version}/nested.weights.h5`, { registry });
    await expect(reading).rejects.toThrow(
      /nested.weights.h5: The file holds weights without a model.*readKerasWeights/,
    );
  });

  test("are written and read", async () => {
    const { saved } = await readKeras(`${folder}${version}/nested.keras`, { registry });
    const model = modelFromData((await readKeras(`${folder}${version}/nested.json`, { registry })).saved, registry);
    await readKerasWeights(await encodeKeras(saved, "weights.h5", { registry }), model);
    expect((await modelToData(model)).weights).toEqual(saved.weights);
  });
});
