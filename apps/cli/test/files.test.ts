import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { encode, readModelFile, writeModelFile } from "@lamella/format";
import type { JsonObject, SavedModel } from "@lamella/ir";
import { dense, exportOnnx, inputLayer, loadModel, resetNames, sequential, tensor } from "lamella";
import { describe, expect, test } from "vitest";

import { twoInputs, writeTwo } from "./models.ts";
import { lamellaHere, testFolder } from "./support.ts";

const folder = await testFolder();
const at = (name: string) => join(folder, name);
await writeTwo(folder);

const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await lamellaHere(...args, "--json");
  expect(stderr).toBe("");
  return { code, data: JSON.parse(stdout) as Record<string, unknown> };
};

/** Writes `two.lamella` again with something changed. */
async function changed(name: string, change: (saved: SavedModel) => SavedModel): Promise<string> {
  await writeModelFile(at(name), change(await readModelFile(at("two.lamella"))));
  return at(name);
}

/** A file that real Keras wrote. */
const fixture = (name: string) => resolve(import.meta.dirname, "../../../packages/keras/test/fixtures", name);

describe("summary", () => {
  test("of layers is Keras's table", async () => {
    const { stdout } = await lamellaHere("summary", at("two.lamella"));
    let printed = "";
    twoInputs().summary({ print: (text) => (printed = text) });
    expect(stdout).toBe(`${printed}\n`);
    expect(stdout).not.toContain("└ first");
    const expanded = await lamellaHere("summary", at("two.lamella"), "--expand-nested", "--show-weights");
    expect(expanded.stdout).toContain("└ first (Dense)");
    expect(expanded.stdout).toMatch(/kernel: float32 +│ \(8, 6\)/);
  });

  test("as JSON has inputs, outputs and sizes", async () => {
    const { data } = await json("summary", at("two.lamella"));
    expect(data).toMatchObject({
      format: "lamella",
      name: "two",
      inputs: [
        { name: "a", shape: ["batch", 8], dtype: "float32" },
        { name: "b", shape: ["batch", 4] },
      ],
      outputs: [{ name: "out", shape: ["batch", 3] }],
      total: { params: 147, bytes: 588 },
      nonTrainable: { params: 12 },
    });
  });

  test("of an .onnx file, known by its content, lists operators", async () => {
    await writeFile(at("renamed"), await readFile(at("two.onnx")));
    const { data } = await json("summary", at("renamed"));
    expect(data).toMatchObject({ format: "onnx", inputs: [{ name: "a" }, { name: "b" }], operators: { Relu: 1 } });
    const { stdout } = await lamellaHere("summary", at("renamed"));
    expect(stdout).toMatch(/^input +a +\(None, 8\) +float32$/m);
    expect(stdout).toMatch(/^Relu +1$/m);
  });

  test("of Keras's files, of any age, is the same table", async () => {
    const tables: string[] = [];
    for (const name of ["2.15.0/nested.h5", "3.0.5/nested.keras", "3.15.1/nested.h5", "3.15.1/nested.json"]) {
      const { stdout } = await lamellaHere("summary", fixture(name), "--expand-nested");
      // Keras 2 calls an input without a name input_1.
      tables.push(stdout.replace("│ input_1     ", "│ input_layer "));
    }
    expect(tables[0]).toContain("└ norm (BatchNormalization)");
    expect(tables[0]).toContain("Total params: 127 (508.00 B)");
    expect(new Set(tables).size).toBe(1);
  });

  test("needs no weights: those of a file that holds nonsense for them are not read", async () => {
    const bytes = await readFile(at("two.lamella"));
    const flatBuffer = Number(bytes.readBigUInt64LE(16));
    bytes.fill(0xff, Math.ceil((32 + flatBuffer) / 64) * 64);
    await writeFile(at("nonsense.lamella"), bytes);
    const [good, bad] = [
      await lamellaHere("summary", at("two.lamella")),
      await lamellaHere("summary", at("nonsense.lamella")),
    ];
    expect(bad).toEqual(good);
  });
});

describe("verify", () => {
  test("says which checks a good file passed", async () => {
    for (const name of ["two.lamella", "two.onnx"]) {
      const { code, data } = await json("verify", at(name));
      expect(code).toBe(0);
      expect(data).toMatchObject({ valid: true, findings: [] });
    }
    const { stdout } = await lamellaHere("verify", at("two.lamella"));
    expect(stdout).toBe(
      `${at("two.lamella")} is valid; checked: file, layers, graph, shapes, weights, computation, training\n`,
    );
  });

  test("finds damage, with the place in the file", async () => {
    const bytes = await readFile(at("two.lamella"));
    bytes.writeUInt32LE(0x7fffffff, 32);
    await writeFile(at("damaged.lamella"), bytes);
    const { code, data } = await json("verify", at("damaged.lamella"));
    expect(code).toBe(3);
    expect(data).toMatchObject({ valid: false, checks: ["file"] });
    expect(JSON.stringify(data["findings"])).toMatch(/damaged\.lamella, model \(byte \d+\)/);
  });

  test("finds layers that cannot be, shapes that are not so, and weights that are not there", async () => {
    const broken = await changed("broken.lamella", (saved) => ({
      ...saved,
      layers: saved.layers.map((layer) =>
        layer.name === "side" ? { ...layer, config: { ...layer.config, units: -3 } } : layer,
      ),
    }));
    const layers = await json("verify", broken);
    expect(layers).toMatchObject({ code: 3, data: { findings: [{ level: "error", check: "layers" }] } });
    expect(JSON.stringify(layers.data)).toContain("side");

    const shapes = await changed("shapes.lamella", (saved) => ({
      ...saved,
      layers: saved.layers.map((layer) =>
        layer.graph === undefined || layer.name !== "two"
          ? layer
          : {
              ...layer,
              graph: {
                ...layer.graph,
                values: layer.graph.values.map((value) =>
                  value.shape[1] === 12 ? { ...value, shape: ["batch", 13] } : value,
                ),
              },
            },
      ),
    }));
    expect(await json("verify", shapes)).toMatchObject({
      code: 3,
      data: {
        findings: [
          { check: "shapes", where: "two/join" },
          { check: "shapes", where: "two/drop" },
        ],
      },
    });

    const missing = await changed("missing.lamella", (saved) => ({
      ...saved,
      weights: saved.weights.filter(({ layer, name }) => saved.layers[layer]!.name !== "norm" || name !== "gamma"),
    }));
    expect(await json("verify", missing)).toMatchObject({
      code: 3,
      data: { findings: [{ check: "weights", where: expect.stringMatching(/norm\/gamma$/) }] },
    });
  });

  test("finds a training configuration that cannot be", async () => {
    const broken = await changed("training.lamella", (saved) => {
      const text = JSON.stringify(saved.training!.config).replace('"Adam"', '"Adamant"');
      return { ...saved, training: { ...saved.training!, config: JSON.parse(text) as JsonObject } };
    });
    const { code, data } = await json("verify", broken);
    expect([code, data["findings"]]).toMatchObject([3, [{ check: "training" }]]);
    expect(JSON.stringify(data)).toContain("Adamant");
  });

  test("warns of numbers that are none, and calls the file valid", async () => {
    const infinite = await changed("infinite.lamella", (saved) => ({
      ...saved,
      weights: saved.weights.map((weight) =>
        saved.layers[weight.layer]!.name === "side" && weight.name === "bias"
          ? { ...weight, tensor: tensor([0, 1, Number.NaN, Number.POSITIVE_INFINITY, 0, 0]) }
          : weight,
      ),
    }));
    const { code, stdout } = await lamellaHere("verify", infinite);
    expect(code).toBe(0);
    expect(stdout).toContain("warning (weights): side/bias: 2 of 6 numbers are NaN or infinite.");
    const net = await loadModel(infinite);
    await exportOnnx(net, at("infinite.onnx"));
    expect((await lamellaHere("verify", at("infinite.onnx"))).stdout).toContain("2 of 6 numbers");
  });
});

describe("diff", () => {
  test("of equal models says so, across formats too", async () => {
    await writeFile(at("copy"), encode(await readModelFile(at("two.lamella"))));
    for (const other of ["copy", "two.onnx"]) {
      expect(await lamellaHere("diff", at("two.lamella"), at(other))).toMatchObject({
        code: 0,
        stdout: "The models are the same.\n",
      });
    }
  });

  test("finds weights, within a tolerance", async () => {
    const other = await changed("other.lamella", (saved) => ({
      ...saved,
      weights: saved.weights.map((weight) =>
        saved.layers[weight.layer]!.name === "side" && weight.name === "bias"
          ? { ...weight, tensor: tensor([0, 0.25, 0, -0.5, 0, 0]) }
          : weight,
      ),
    }));
    expect(await json("diff", at("two.lamella"), other)).toMatchObject({
      code: 1,
      data: {
        same: false,
        differences: [{ kind: "values", where: "side/bias", a: "2 of 6 numbers", largest: 0.5 }],
      },
    });
    const near = await json("diff", at("two.lamella"), other, "--tolerance", "0.25");
    expect(near.data).toMatchObject({ differences: [{ a: "1 of 6 numbers" }] });
    expect((await lamellaHere("diff", at("two.lamella"), other, "--tolerance", "0.5")).code).toBe(0);
    const { stdout } = await lamellaHere("diff", other, at("two.onnx"));
    expect(stdout).toMatch(/side\/.* values +2 of 6 numbers/);
    expect(stdout).toContain("the same architecture; 1 weight of other values, by up to 0.500");
  });

  test("finds layers, configurations, connections, names and ports", async () => {
    const layers = (activation: "relu" | "tanh", name: string, ...more: number[]) =>
      sequential([
        ...(activation === "tanh" ? [inputLayer([null, 3], { name: "other" })] : []),
        dense(4, { name: "first", inputShape: [3], activation }),
        dense(2, { name, kernelInitializer: "zeros" }),
        ...more.map((units) => dense(units, { name: `more${units}`, kernelInitializer: "zeros" })),
      ]);
    resetNames();
    await layers("relu", "last").save(at("small.lamella"));
    await layers("tanh", "end", 5).save(at("large.lamella"));
    const { code, data } = await json("diff", at("small.lamella"), at("large.lamella"));
    expect(code).toBe(1);
    const differences = data["differences"] as { readonly kind: string; readonly where: string }[];
    expect(differences.map(({ kind, where }) => `${kind} ${where}`)).toEqual([
      "port input input_layer",
      "port output last",
      "port input other",
      "port output more5",
      "layer more5",
      "config first: activation",
      "name last",
      "values first/kernel",
    ]);
    const unnamed = await json("diff", at("small.lamella"), at("large.lamella"), "--ignore-names");
    expect(JSON.stringify(unnamed.data)).not.toContain('"name"');
  });
});

describe("convert", () => {
  test("gives the same model in another format, and says what it wrote", async () => {
    expect((await lamellaHere("convert", at("two.lamella"), at("made.onnx"), "--opset", "22")).code).toBe(0);
    expect((await lamellaHere("diff", at("two.onnx"), at("made.onnx"))).code).toBe(0);
    const { data } = await json("convert", at("two.lamella"), at("made.lamella"));
    expect(data).toMatchObject({ to: at("made.lamella"), bytes: (await readFile(at("made.lamella"))).length });
    expect(await readFile(at("made.lamella"))).toEqual(await readFile(at("two.lamella")));
  });

  test("goes to Keras and back, with the state of training", async () => {
    const net = twoInputs();
    const x = { a: tensor([[1, 2, 3, 4, 5, 6, 7, 8]]), b: tensor([[4, 3, 2, 1]]) };
    await net.fit(x, tensor([[1, 0, 0]]), { verbose: 0 });
    await net.save(at("trained.lamella"));
    expect((await lamellaHere("convert", at("trained.lamella"), at("trained.keras"))).code).toBe(0);
    const { data } = await json("convert", at("trained.keras"), at("back.lamella"));
    expect(data["report"]).toMatchObject({ kerasVersion: "3.15.1", ignored: [] });
    expect((await lamellaHere("diff", at("trained.lamella"), at("trained.keras"))).stdout).toContain("are the same");
    expect((await lamellaHere("verify", at("trained.keras"))).code).toBe(0);
    const [before, after] = [await readModelFile(at("trained.lamella")), await readModelFile(at("back.lamella"))];
    const moments = (saved: SavedModel) => [...saved.training!.state.values()].map((value) => value.toNumbers());
    expect(moments(after).flat().length).toBeGreaterThan(2 * 135);
    expect(moments(after)).toEqual(moments(before));
    expect((await lamellaHere("convert", at("trained.keras"), at("model.json"))).code).toBe(0);
    expect(await readdir(folder)).toContain("group1-shard1of1.bin");
    expect((await lamellaHere("diff", at("trained.lamella"), at("model.json"))).stdout).toContain("are the same");
    expect((await lamellaHere("convert", at("back.lamella"), at("only.weights.h5"))).code).toBe(0);
    expect((await lamellaHere("summary", at("only.weights.h5"))).stderr).toContain("weights without a model");
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^\./));
  });

  test("tells on stderr what was put in other words", async () => {
    const old = fixture("2.15.0/sequences.keras");
    const { code, stderr } = await lamellaHere("convert", old, at("sequences.lamella"));
    expect([code, stderr]).toEqual([0, expect.stringContaining("gru_before: hard_sigmoid")]);
  });

  test("refuses what cannot be", async () => {
    const unnamed = await lamellaHere("convert", at("two.lamella"), at("made.xyz"));
    expect(unnamed.code).toBe(2);
    expect(unnamed.stderr).toContain("does not say its format");
    const back = await lamellaHere("convert", at("two.onnx"), at("back.lamella"));
    expect(back.code).toBe(6);
    expect(back.stderr).toContain("holds operators");
    expect((await lamellaHere("convert", at("two.lamella"), at("x.lamella"), "--opset", "22")).code).toBe(2);
    const opset = await lamellaHere("convert", at("two.lamella"), at("x.onnx"), "--opset", "7");
    expect(opset.code).toBe(2);
    expect(opset.stderr).toContain("one of 21, 22, 23, 24");
    const old = await lamellaHere("convert", at("two.lamella"), at("old.h5"));
    expect([old.code, old.stderr]).toEqual([2, expect.stringContaining(`error: ${at("old.h5")}: `)]);
    for (const name of ["no/folder.lamella", "no/folder.keras", "no/folder.onnx"]) {
      const outcome = await lamellaHere("convert", at("two.lamella"), at(name));
      expect([outcome.code, outcome.stderr]).toEqual([3, expect.stringContaining(`${at(name)}: The file cannot be`)]);
    }
  });
});
