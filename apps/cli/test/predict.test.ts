import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { readNpy, readNpz } from "@lamella/data";
import { GraphBuilder, ReduceSum, Tensor } from "@lamella/ir";
import { toOnnx } from "@lamella/onnx";
import { dense, embedding, flatten, input, model, reference, rescaling, sequential } from "lamella";
import { expect, test, vi } from "vitest";

import { run } from "../src/run.ts";
import { numbers, writeNpy, writeNpz } from "./arrays.ts";
import { writeTwo } from "./models.ts";
import { lamella, lamellaHere, testFolder } from "./support.ts";

const folder = await testFolder();
const at = (name: string) => join(folder, name);
const elsewhere = ["--backend", "reference"];
const net = await writeTwo(folder);
net.compile({ loss: "mse", backend: reference() });
const inputs = { a: numbers("a", [13, 8]), b: numbers("b", [13, 4]) };
await writeNpz(at("x.npz"), { ...inputs, labels: numbers("labels", [13]) });
for (const [name, tensor] of Object.entries(inputs)) await writeNpy(at(`${name}.npy`), tensor);
const expected = await net.predict(inputs);

/** Float32 on another backend: sums of at most 14 products of numbers up to 2, and a softmax. */
const close = (actual: Tensor, wanted: Tensor) => {
  expect([actual.dtype, actual.shape]).toEqual([wanted.dtype, wanted.shape]);
  const largest = Math.max(...wanted.toNumbers().map((value, i) => Math.abs(value - Number(actual.data[i]))));
  expect(largest).toBeLessThan(1e-5);
};

test("outputs go to a file, in batches or not, from layers and from operators, the same ones", async () => {
  const { code, stdout, stderr } = await lamella(folder, [
    "predict",
    "two.lamella",
    "--inputs",
    "x.npz",
    "-o",
    "y.npz",
  ]);
  expect([code, stdout]).toEqual([0, "y.npz: out, float32 (13, 3)\n"]);
  expect(stderr).toBe("x.npz: labels left out: no input of the model\n");
  close((await readNpz(at("y.npz"), ["out"])).out, expected);
  const files = ["a", "b"].flatMap((name) => ["--input", `${name}=${at(`${name}.npy`)}`]);
  const operators = await lamellaHere(
    "predict",
    at("two.onnx"),
    ...files,
    "--batch-size",
    "5",
    "-o",
    at("y.npy"),
    ...elsewhere,
    "--json",
  );
  expect(JSON.parse(operators.stdout)).toEqual({
    backend: "reference",
    file: at("y.npy"),
    outputs: { out: { dtype: "float32", shape: [13, 3] } },
  });
  close(await readNpy(at("y.npy")), expected);
  expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("stdout gets a table of the first rows, JSON, or one .npy", async () => {
  const predict = ["predict", at("two.lamella"), "--inputs", at("x.npz"), ...elsewhere];
  const table = (await lamellaHere(...predict)).stdout.split("\n");
  expect(table[0]).toBe("out: float32 (13, 3)");
  expect(table).toContain("... and 3 more rows; -o FILE.npz writes all");
  expect(table.find((line) => line.startsWith("9  "))).toContain(
    String(Number(expected.toNumbers()[27]!.toPrecision(6))),
  );
  const { outputs } = JSON.parse((await lamellaHere(...predict, "--json")).stdout) as {
    outputs: Record<string, unknown>;
  };
  expect(outputs).toEqual({ out: { dtype: "float32", shape: [13, 3], values: expected.toArray() } });
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  await run([...predict, "-o", "-"]);
  const [[bytes]] = written.mock.calls as unknown as [[Uint8Array]];
  written.mockRestore();
  expect(await readNpy(bytes)).toEqual(expected);
});

test("what is missing or does not fit is named, with what was expected", async () => {
  await writeNpy(at("b5.npy"), numbers("b", [13, 5]));
  const predict = (...rest: string[]) => lamellaHere("predict", at("two.lamella"), ...rest);
  const missing = await predict("--input", `a=${at("a.npy")}`);
  expect(missing).toMatchObject({ code: 5, stdout: "" });
  expect(missing.stderr).toMatch(/nothing for input 'b'.\n {2}expected: b: float32 \(None, 4\)\n {2}received: a\n/);
  const shape = await predict("--input", `a=${at("a.npy")}`, "--input", `b=${at("b5.npy")}`);
  expect(shape.code).toBe(5);
  expect(shape.stderr).toMatch(/input 'b'.*\n {2}expected: \(None, 4\)\n {2}received: \(13, 5\)/);
  const stranger = await predict("--input", `c=${at("a.npy")}`);
  expect([stranger.code, stranger.stderr]).toEqual([2, expect.stringContaining("Unknown input 'c'")]);
  const unnamed = await predict("--input", at("a.npy"));
  expect([unnamed.code, unnamed.stderr]).toEqual([2, expect.stringContaining("NAME one of a, b")]);
  const ending = await predict("--inputs", at("x.npz"), "-o", at("y.txt"));
  expect([ending.code, ending.stderr]).toEqual([2, expect.stringContaining(".npz or .npy")]);
  const nowhere = await predict("--inputs", at("none.npz"));
  expect([nowhere.code, nowhere.stderr]).toEqual([3, expect.stringContaining("none.npz")]);
  const backend = await predict("--inputs", at("x.npz"), "--backend", "tfjs", "--device", "webgl");
  expect([backend.code, backend.stderr]).toEqual([4, expect.stringContaining("use device")]);
});

test("whole numbers stay whole, and several outputs need an archive", async () => {
  const words = input({ shape: [3], dtype: "int32", name: "words" });
  const seen = flatten()(embedding(7, 2)(words));
  const both = model({ inputs: words, outputs: [dense(2, { name: "p" })(seen), dense(1, { name: "q" })(seen)] });
  await both.save(at("words.lamella"));
  await writeNpy(at("fractions.npy"), new Tensor("float32", [1, 3], Float32Array.of(1, 2.5, 3)));
  await writeFile(at("words.csv"), "first,second,third\n1,2,3\n6,5,4\n");
  const predict = (...rest: string[]) => lamellaHere("predict", at("words.lamella"), ...elsewhere, ...rest);
  const fractions = await predict("--input", at("fractions.npy"));
  expect([fractions.code, fractions.stderr]).toEqual([
    5,
    expect.stringMatching(/input 'words'.*whole numbers.*\n.*int32\n.*2.5/),
  ]);
  const single = await predict("--input", at("words.csv"), "-o", at("y.npy"));
  expect([single.code, single.stderr]).toEqual([2, expect.stringContaining("2 outputs")]);
  expect((await predict("--input", at("words.csv"), "-o", at("pq.npz"))).code).toBe(0);
  const { p, q } = await readNpz(at("pq.npz"), ["p", "q"]);
  expect([p.shape, q.shape]).toEqual([
    [2, 2],
    [2, 1],
  ]);
});

test("images take the size and the colours of the input", async () => {
  const bytes = JSON.parse(
    await readFile(new URL("../../../packages/data/test/goldens/images.json", import.meta.url), "utf8"),
  ) as { decoded: { name: string; bytes: string }[] };
  await writeFile(at("rgb.png"), Buffer.from(bytes.decoded.find(({ name }) => name === "rgb.png")!.bytes, "base64"));
  await sequential([input({ shape: [2, 2, 1], name: "image" }), rescaling(1 / 255), flatten({ name: "flat" })]).save(
    at("image.lamella"),
  );
  const twice = ["--input", at("rgb.png"), "--input", `image=${at("rgb.png")}`];
  const { code, stdout, stderr } = await lamellaHere(
    "predict",
    at("image.lamella"),
    ...twice,
    ...elsewhere,
    "-o",
    "-",
    "--json",
  );
  expect([code, stderr]).toEqual([0, ""]);
  const { flat } = (JSON.parse(stdout) as { outputs: Record<"flat", { shape: number[]; values: number[][] }> }).outputs;
  expect(flat.shape).toEqual([2, 4]);
  for (const value of flat.values.flat()) expect(value > 0 && value < 1).toBe(true);
  const told = await lamellaHere("predict", at("image.lamella"), "--input", at("rgb.png"), ...elsewhere);
  expect(told.stderr).toContain("4 x 5 pixels, resized to 2 x 2");
  await writeFile(at("pixels.csv"), "255,0,51,102\n");
  const table = await lamellaHere("predict", at("image.lamella"), "--input", at("pixels.csv"), ...elsewhere);
  expect(table.stdout).toMatch(/^0 +1 +0 +0.2 +0.4$/m);
  const none = await lamellaHere("predict", at("two.lamella"), "--input", `a=${at("rgb.png")}`);
  expect([none.code, none.stderr]).toEqual([5, expect.stringContaining("The input takes no images")]);
});

test("an architecture without weights gives nothing, since it would be by chance", async () => {
  const layers = [
    { class_name: "InputLayer", config: { batch_shape: [null, 2], name: "x" } },
    { class_name: "Dense", config: { units: 1, name: "only" } },
  ];
  await writeFile(at("arch.json"), JSON.stringify({ class_name: "Sequential", config: { name: "bare", layers } }));
  await writeNpz(at("xy.npz"), { x: numbers("x", [4, 2]), y: numbers("y", [4, 1]) });
  for (const args of [
    ["predict", at("arch.json"), "--inputs", at("xy.npz")],
    ["evaluate", at("arch.json"), "--data", at("xy.npz"), "--loss", "mse"],
  ]) {
    const { code, stdout, stderr } = await lamellaHere(...args, ...elsewhere);
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(/arch.json: The file lacks weights of its model: only\/kernel and 1 more/);
  }
  const trained = ["train", at("arch.json"), "--data", at("xy.npz"), "--loss", "mse", "-o", at("bare.lamella")];
  expect((await lamellaHere(...trained, ...elsewhere)).code).toBe(0);
  expect((await lamellaHere("predict", at("bare.lamella"), "--inputs", at("xy.npz"), ...elsewhere)).code).toBe(0);
});

test("what is no row for each sample is not put together from batches", async () => {
  const builder = new GraphBuilder("total");
  const x = builder.input("x", ["batch", 2], "float32");
  await writeFile(at("total.onnx"), toOnnx(builder.finish({ sum: ReduceSum(x, { axes: [0], keepdims: true }) })));
  await writeNpz(at("rows.npz"), { x: numbers("x", [40, 2]) });
  const predict = ["predict", at("total.onnx"), "--inputs", at("rows.npz"), ...elsewhere];
  const batches = await lamellaHere(...predict);
  expect([batches.code, batches.stderr]).toEqual([6, expect.stringContaining("--batch-size 40")]);
  expect((await lamellaHere(...predict, "--batch-size", "40")).stdout).toMatch(/^sum: float32 \(1, 2\)\n/);
});
