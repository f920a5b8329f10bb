import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { fillOnce } from "../link-libtensorflow/cache.ts";
import { run } from "../link-libtensorflow/command.ts";
import { hasOwnParts, linkParts } from "../link-libtensorflow/link.ts";
import { LinkProblem } from "../link-libtensorflow/problem.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lamella-link-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const remedy = "Install it.";
const failure = "The shell failed";

describe("a program", () => {
  const shell = (script: string, limitSeconds?: number) => () =>
    run({ program: "sh", args: ["-c", script], remedy, failure, ...(limitSeconds !== undefined && { limitSeconds }) });

  test("that succeeds says nothing", () => {
    expect(shell("exit 0")).not.toThrow();
  });

  test("that is missing is named, with what to do", () => {
    const missing = () => run({ program: "no-such-program", args: [], remedy, failure });
    expect(missing).toThrow(new LinkProblem("no-such-program is missing. Install it."));
  });

  test("that fails is told by its first line about an error, or its last", () => {
    expect(shell("echo one >&2; echo 'ERROR: two.' >&2; echo three >&2; exit 1")).toThrow(
      new LinkProblem("The shell failed: ERROR: two."),
    );
    expect(shell("echo one >&2; echo two >&2; exit 3")).toThrow(new LinkProblem("The shell failed: two."));
    expect(shell("exit 3")).toThrow(new LinkProblem("The shell failed: it printed nothing."));
  });

  test("that takes too long is stopped", () => {
    expect(shell("sleep 20", 0.1)).toThrow(new LinkProblem("The shell failed within 0.1 seconds."));
  });
});

describe("the cache", () => {
  const fill = (target: string) =>
    fillOnce(target, (aside) => {
      writeFileSync(join(aside, "file"), "");
    });

  test("is filled once", () => {
    const target = join(folder, "deep/cache");
    expect([fill(target), fill(target)]).toEqual([true, false]);
    expect(readdirSync(join(folder, "deep"))).toEqual(["cache"]);
  });

  test("holds nothing when filling it fails", () => {
    const broken = () =>
      fillOnce(join(folder, "cache"), (aside) => {
        writeFileSync(join(aside, "file"), "");
        throw new LinkProblem("stop");
      });
    expect(broken).toThrow("stop");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("keeps what another process put there in the meantime", () => {
    const target = join(folder, "cache");
    fillOnce(target, (aside) => {
      writeFileSync(join(aside, "late"), "");
      mkdirSync(target);
      writeFileSync(join(target, "early"), "");
    });
    expect(readdirSync(folder)).toEqual(["cache"]);
    expect(readdirSync(target)).toEqual(["early"]);
  });
});

describe("an installed package", () => {
  test("is linked once, and again to other parts", () => {
    expect(hasOwnParts(folder)).toBe(false);
    expect([linkParts(folder, "/one"), linkParts(folder, "/one"), linkParts(folder, "/two")]).toEqual([
      true,
      false,
      true,
    ]);
    expect(["lib", "deps"].map((name) => readlinkSync(join(folder, name)))).toEqual(["/two/lib", "/two/deps"]);
    expect(hasOwnParts(folder)).toBe(false);
  });

  test("keeps native parts of its own, but not half of them", () => {
    mkdirSync(join(folder, "deps"));
    expect(hasOwnParts(folder)).toBe(false);
    mkdirSync(join(folder, "lib"));
    expect(hasOwnParts(folder)).toBe(true);
  });
});

describe.runIf(process.platform === "linux" && process.arch === "x64")("the command", () => {
  const programs = () => join(folder, "bin");
  const fake = (name: string, script: string) => {
    mkdirSync(programs(), { recursive: true });
    writeFileSync(join(programs(), name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(programs(), name), 0o755);
  };
  const command = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [resolve(import.meta.dirname, "../link-libtensorflow.ts"), ...args],
      { encoding: "utf8", env: { PATH: programs(), LAMELLA_CACHE: join(folder, "cache") } },
    );
    return { status, stdout, stderr };
  };
  const problems = {
    "python3 is missing. Install Python 3 with pip (apt-get install python3-pip).": () => {},
    "python3 has no pip (apt-get install python3-pip): /usr/bin/python3: No module named pip.": () =>
      fake("python3", "echo '/usr/bin/python3: No module named pip' >&2; exit 1"),
    "g++ is missing. Install a C++ compiler (apt-get install g++).": () => fake("python3", "exit 0"),
    "pip could not fetch TensorFlow 2.15.1 from its registry: ERROR: No matching distribution found.": () => {
      fake("g++", "exit 0");
      fake(
        "python3",
        '[ "$3" = --version ] && exit 0; echo WARNING: retrying >&2; echo ERROR: No matching distribution found >&2; exit 1',
      );
    },
  };

  test.for(Object.entries(problems))("says: %s", ([problem, prepare]) => {
    prepare();
    expect(command()).toEqual({
      status: 1,
      stdout: "",
      stderr: `@tensorflow/tfjs-node cannot be linked: ${problem}\n`,
    });
    expect(command("--if-possible")).toEqual({
      status: 0,
      stdout: `@tensorflow/tfjs-node is left out: ${problem}\n`,
      stderr: "",
    });
    expect(existsSync(join(folder, "cache")) ? readdirSync(join(folder, "cache")) : []).toEqual([]);
  });
});
