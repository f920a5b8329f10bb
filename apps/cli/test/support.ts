import { spawn, type SpawnOptions } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterAll, vi } from "vitest";

import { run } from "../src/run.ts";

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

// A process takes its time to start where many do.
vi.setConfig({ testTimeout: 60_000 });

const main = resolve(import.meta.dirname, "../src/main.ts");

/** The arguments that start the command from its sources. */
export const command = ["--conditions=@lamella/source", main] as const;

/** Runs the command as a user does: in a process of its own, in that folder. @param start what starts it */
export function lamella(
  folder: string,
  args: readonly string[],
  options: SpawnOptions = {},
  start: readonly string[] = command,
): Promise<Outcome> {
  const child = spawn(process.execPath, [...start, ...args], { cwd: folder, ...options });
  let [stdout, stderr] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((done, fail) => {
    child.on("error", fail).on("close", (code) => done({ code, stdout, stderr }));
  });
}

/** A folder for the tests of one file. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lamella-cli-"));
  afterAll(() => rm(folder, { recursive: true }));
  return folder;
}

/** Runs the command in this process, where what it imports is loaded already. Paths must be absolute. */
export async function lamellaHere(...args: readonly string[]): Promise<Outcome> {
  const texts = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      texts[name] += String(text);
      return true;
    }),
  );
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await run(args);
    return { code: process.exitCode, ...texts };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}
