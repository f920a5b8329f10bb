import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { access, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { readModelFile } from "@lamella/format";
import { Tensor } from "@lamella/ir";
import { dense, dropout, input, loadModel, model, sequential } from "lamella";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { numbers, writeNpz } from "./arrays.ts";
import { command, lamellaHere, testFolder } from "./support.ts";

const folder = await testFolder();
const at = (name: string) => join(folder, name);
const isThere = (name: string) =>
  access(at(name)).then(
    () => true,
    () => false,
  );

const x = numbers("x", [240, 6]);
const y = new Tensor(
  "int32",
  [240],
  Int32Array.from({ length: 240 }, (_, i) => (x.data[6 * i]! > 0 ? 1 : 0) + (x.data[6 * i + 1]! > 0 ? 1 : 0)),
);
await writeNpz(at("d.npz"), { x, y });
await sequential([
  input({ shape: [6], name: "point" }),
  dense(16, { activation: "relu" }),
  dropout(0.2),
  dense(3, { activation: "softmax", name: "class" }),
]).save(at("new.lamella"));
const data = ["--data", at("d.npz")];
const compiled = "--loss sparseCategoricalCrossentropy --optimizer adam:learningRate=0.01 --metrics accuracy --seed 3"
  .concat(" --batch-size 16 --validation-split 0.2 --epochs 16 --backend reference")
  .split(" ");
const sparse = ["--loss", "sparseCategoricalCrossentropy"];

interface Report {
  readonly epoch: number[];
  readonly history: Record<string, number[]>;
  readonly resumedIn: number | null;
}

/** Trains in a process of its own, and sends it a signal after so many epochs. */
function interrupted(args: readonly string[], signal: NodeJS.Signals, after: number) {
  const child = spawn(process.execPath, [...command, "train", ...args], { cwd: folder });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (!child.killed && stderr.match(/^Epoch /gm)?.length === after) child.kill(signal);
  });
  return new Promise<{ code: number | null; signal: string | null; stderr: string }>((done) => {
    child.on("close", (code, ended) => done({ code, signal: ended, stderr }));
  });
}

test("a run that Ctrl-C and kill -9 end goes on, and ends with the weights and the history of one without a break", async () => {
  const common = [at("new.lamella"), ...data, ...compiled];
  const whole = await lamellaHere("train", ...common, "-o", at("whole.lamella"), "--json");
  expect([whole.code, whole.stderr]).toEqual([0, ""]);
  const args = [...common, "-o", at("parts.lamella"), "--history", at("h.json")];
  const stopped = await interrupted(args, "SIGINT", 3);
  expect([stopped.code, stopped.signal]).toEqual([130, null]);
  expect(stopped.stderr).toMatch(/error: epoch \d+.*: Training was stopped.*\n.*the same command and --resume/);
  expect([await isThere("parts.lamella"), await isThere("parts.lamella.backup")]).toEqual([false, true]);
  const [, stoppedIn, step] = /error: epoch (\d+), step (\d+)/.exec(stopped.stderr) ?? [];
  const { training } = await readModelFile(at("parts.lamella.backup/latest.lamella"));
  const { epoch: inEpoch, batch } = training!.config["position"] as { readonly epoch: number; readonly batch: number };
  // A signal that comes while the epoch is validated or saved is in no step.
  const told = step === undefined ? [inEpoch, batch] : [Number(stoppedIn) - 1, Number(step)];
  expect([inEpoch, batch]).toEqual(told);
  const killed = await interrupted([...args, "--resume"], "SIGKILL", 4);
  expect(killed.signal).toBe("SIGKILL");
  const other = await lamellaHere("train", ...args, "--resume", "--batch-size", "8");
  expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/begun with another batchSize.\n.*16\n.*8\n/)]);
  const ended = await lamellaHere("train", ...args, "--resume", "--json");
  expect(ended.code).toBe(0);
  const { resumedIn } = JSON.parse(ended.stdout) as Report;
  expect(resumedIn).toBeGreaterThan(5);

  const { epoch, history } = JSON.parse(whole.stdout) as Report;
  expect(JSON.parse(await readFile(at("h.json"), "utf8"))).toEqual({ epoch, history });
  expect(history["loss"]!.at(-1)).toBeLessThan(history["loss"]![0]! / 2);
  const [one, two] = [await loadModel(at("whole.lamella")), await loadModel(at("parts.lamella"))];
  expect(await Promise.all(two.weights.map((weight) => weight.read()))).toEqual(
    await Promise.all(one.weights.map((weight) => weight.read())),
  );
  expect(await isThere("parts.lamella.backup")).toBe(false);
  expect((await readdir(folder)).filter((name) => name.includes(".tmp"))).toEqual([]);
});

test("a file goes on as it was compiled, unless it is told otherwise", async () => {
  const elsewhere = [...data, "--backend", "reference"];
  const train = (from: string, to: string, ...rest: readonly string[]) => {
    const args = ["-o", at(to), "--epochs", "2", "--seed", "1", ...elsewhere, ...rest];
    return lamellaHere("train", at(from), ...args);
  };
  const first = await train("new.lamella", "one.lamella", ...sparse, "--optimizer", "sgd:momentum=0.9");
  expect(first.stdout).toMatch(/^Value +Epoch 1 +Epoch 2\nloss +[\d.]+ +[\d.]+\n.*one.lamella: written\n$/);
  const onward = await train("one.lamella", "two.lamella", "--no-shuffle", "--json", "--metrics", "accuracy");
  const { history } = JSON.parse(onward.stdout) as Report;
  expect(Object.keys(history)).toEqual(["loss", "accuracy"]);
  // What the optimizer counted went on, too: 8 batches in each of 4 epochs.
  const { training } = await readModelFile(at("two.lamella"));
  expect([training!.config["optimizer"], Number(training!.state.get("iteration")!.data[0])]).toMatchObject([
    { type: "SGD", config: { momentum: 0.9 } },
    32,
  ]);

  const again = await loadModel(at("two.lamella"));
  const own = await again.evaluate(x, y, { verbose: 0 });
  const evaluate = (...rest: readonly string[]) => lamellaHere("evaluate", at("two.lamella"), ...elsewhere, ...rest);
  const { samples, values } = JSON.parse((await evaluate("--json")).stdout) as Record<string, unknown>;
  expect(samples).toBe(240);
  expect(values).toEqual({ loss: expect.closeTo(own["loss"]!, 5), accuracy: own["accuracy"] });
  const others = await evaluate("--metrics", "sparseTopKCategoricalAccuracy:k=3,name=top");
  expect(others.stdout).toMatch(/^Value +240 samples\nloss +[\d.]+\ntop +1.00000\n$/);
});

describe("what cannot be trained is refused, and says why", () => {
  const refused: readonly (readonly [what: string, code: number, message: RegExp, args: readonly string[]])[] = [
    ["no loss", 2, /no loss to measure it by.*\n.*--loss/, data],
    ["an unknown loss", 2, /Unknown loss 'huberr'/, [...data, "--loss", "huberr"]],
    [
      "data of another model",
      5,
      /nothing for output 'class'.*\n.*None, 3.*\n.*received: x, z/,
      ["--data", at("z.npz"), "--loss", "mse"],
    ],
    ["targets that do not fit", 5, /The shape of the targets/, [...data, "--loss", "mse"]],
    ["a share of more than all", 2, /between 0 and 1/, [...data, "--loss", "mse", "--validation-split", "2"]],
    ["no data", 2, /required option '--data/, []],
    ["a loss that becomes NaN", 7, /epoch 1, step/, [...data, ...sparse, "--optimizer", "sgd:learningRate=1e38"]],
  ];
  test.each(refused)("%s", async (_, code, message, args) => {
    await writeNpz(at("z.npz"), { x, z: y });
    const outcome = await lamellaHere(
      "train",
      at("new.lamella"),
      "-o",
      at("no.lamella"),
      "--backend",
      "reference",
      ...args,
    );
    expect([outcome.code, outcome.stdout]).toEqual([code, ""]);
    expect(outcome.stderr).toMatch(message);
    expect(await isThere("no.lamella")).toBe(false);
  });

  test("a folder that is not there, a name that says no format, and operators", async () => {
    const train = (from: string, to: string) => lamellaHere("train", at(from), ...data, "--loss", "mse", "-o", at(to));
    expect(await train("new.lamella", "none/out.lamella")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("none"),
    });
    expect(await train("new.lamella", "out.txt")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(".lamella"),
    });
    const { exportOnnx } = await import("lamella");
    await exportOnnx(await loadModel(at("new.lamella")), at("new.onnx"));
    expect(await train("new.onnx", "out.lamella")).toMatchObject({
      code: 6,
      stderr: expect.stringContaining("no layers"),
    });
  });
});

test("several outputs have losses, metrics and arrays of their own names", async () => {
  const seen = input({ shape: [6], name: "seen" });
  const both = model({ inputs: seen, outputs: [dense(1, { name: "p" })(seen), dense(1, { name: "q" })(seen)] });
  await both.save(at("both.lamella"));
  await writeNpz(at("both.npz"), { x, p: numbers("p", [240, 1]), q: numbers("q", [240, 1]) });
  const files = ["--data", at("both.npz"), "-o", at("both2.lamella"), "--tensorboard", at("logs")];
  const specs = ["--loss", "p=mse", "--loss", "q=huber:delta=2", "--metrics", "q=mae"];
  const outcome = await lamellaHere(
    "train",
    at("both.lamella"),
    ...files,
    ...specs,
    "--backend",
    "reference",
    "--json",
  );
  const { history } = JSON.parse(outcome.stdout) as Report;
  expect(Object.keys(history).toSorted()).toEqual(["loss", "p_loss", "q_loss", "q_mae"]);
  expect((await readdir(at("logs"), { recursive: true })).some((name) => name.includes("tfevents"))).toBe(true);
});

describe("the README's examples with data run, one after the other", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const examples = /^## With data\n.*?^```sh\n(?<lines>.*?)^```$/ms.exec(readme)!.groups!["lines"]!.trim().split("\n");
  const home = process.cwd();
  beforeAll(async () => {
    await mkdir(at("readme"));
    await copyFile(at("new.lamella"), at("readme/model.lamella"));
    await copyFile(at("d.npz"), at("readme/train.npz"));
    await writeFile(at("readme/x.csv"), "1,2,3,4,5,6\n0,0,0,0,0,0\n");
    process.chdir(at("readme"));
  });
  afterAll(() => process.chdir(home));

  test.each(examples)("%s", async (line) => {
    const [name, ...args] = line.split(" ");
    const { code, stdout } = await lamellaHere(...args);
    expect([name, code, stdout === ""]).toEqual(["lamella", 0, false]);
  });
});
