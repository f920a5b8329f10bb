import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { dense, sequential } from "lamella";
import { expect, test } from "vitest";

import { BackupFolder } from "../src/train/backup-folder.ts";
import { RunRecorder } from "../src/train/run-recorder.ts";
import { numbers, writeNpz } from "./arrays.ts";
import { lamellaHere, testFolder } from "./support.ts";

const root = await testFolder();

test("a run that goes on forgets what was reported after its backup", async () => {
  const folder = new BackupFolder(join(root, "one.lamella"));
  const before = { settings: {}, epochs: [0, 1, 2].map((epoch) => ({ epoch, logs: { loss: 3 - epoch } })) };
  const recorder = new RunRecorder(folder, { seed: 1 }, before);
  recorder.onEpochBegin(2);
  await recorder.onEpochEnd(2, { loss: 0.5, val_loss: 0.75 });
  recorder.onEpochBegin(3);
  expect(recorder.first).toBe(2);
  expect(recorder.history).toEqual({ epoch: [0, 1, 2], history: { loss: [3, 2, 0.5], val_loss: [0.75] } });
  expect(await folder.readRecord()).toEqual({
    settings: { seed: 1 },
    epochs: [...before.epochs.slice(0, 2), { epoch: 2, logs: { loss: 0.5, val_loss: 0.75 } }],
  });
  expect(await folder.exists()).toBe(false);
  await writeFile(folder.file, "");
  expect(await folder.exists()).toBe(true);
});

test("what runs left is removed, temporary files too, and nothing else", async () => {
  const folder = new BackupFolder(join(root, "two.lamella"));
  await folder.clear();
  await mkdir(folder.path);
  for (const name of ["latest.lamella", ".latest.lamella.1-2.tmp", "run.json", "notes.txt"]) {
    await writeFile(join(folder.path, name), "");
  }
  await folder.clear();
  expect(await readdir(folder.path)).toEqual(["notes.txt"]);
});

test("an interrupted run is given up without --resume, and with it a damaged record is refused", async () => {
  const at = (name: string) => join(root, name);
  await sequential([dense(1, { inputShape: [2] })]).save(at("new.lamella"));
  await writeNpz(at("d.npz"), { x: numbers("x", [4, 2]), y: numbers("y", [4, 1]) });
  const backup = at("out.lamella.backup");
  await mkdir(backup);
  await writeFile(join(backup, "latest.lamella"), "damaged");
  await writeFile(join(backup, "run.json"), "{");
  const train = (...rest: readonly string[]) => {
    const args = ["--data", at("d.npz"), "--loss", "mse", "-o", at("out.lamella"), "--backend", "reference", ...rest];
    return lamellaHere("train", at("new.lamella"), ...args);
  };
  const damaged = await train("--resume");
  expect([damaged.code, damaged.stderr]).toEqual([3, expect.stringContaining("run.json: The record")]);
  await writeFile(join(backup, "run.json"), JSON.stringify({ settings: {}, epochs: [] }));
  expect((await train("--resume")).stderr).toContain("begun with another data");
  const anew = await train();
  expect([anew.code, anew.stderr]).toEqual([0, expect.stringContaining("is given up; --resume would go on with it")]);
  expect((await readdir(root)).includes("out.lamella.backup")).toBe(false);
  expect((await train("--resume")).stderr).toContain("No run was interrupted");
});
