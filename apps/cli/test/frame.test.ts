import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";

import { expect, test } from "vitest";

import { commands } from "../src/commands/index.ts";
import { writeTwo } from "./models.ts";
import { command, lamella, lamellaHere, testFolder } from "./support.ts";

const folder = await testFolder();
await writeTwo(folder);
/** Not what the terminal of those who run the tests says. */
const env = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined };
const help = await lamella(folder, ["--help"], { env });

test("--help lists the commands and what exit codes mean", () => {
  const { code, stdout, stderr } = help;
  expect([code, stderr]).toEqual([0, ""]);
  for (const name of Object.keys(commands)) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
  expect(stdout).toMatch(/^ {2}3 {4}a file cannot be read/m);
});

test("every command has examples of itself in its help, and --json", async () => {
  for (const [name, entry] of Object.entries(commands)) {
    const { Command } = await import("@commander-js/extra-typings");
    const declared = new Command(name).option("--json");
    entry.declare(declared);
    let shown = "";
    declared.configureOutput({ writeOut: (text) => (shown += text) }).outputHelp();
    expect(shown).toMatch(new RegExp(`\nExamples:\n  lamella ${name}`));
    expect(shown).toContain("--json");
  }
});

test("a command line that cannot be used exits with 2 and says what was meant", async () => {
  const unknown = await lamella(folder, ["sumary", "two.lamella"]);
  expect(unknown).toEqual({
    code: 2,
    stdout: "",
    stderr: "error: unknown command 'sumary'\n(Did you mean summary?)\n",
  });
  const option = await lamellaHere("summary", "two.lamella", "--expand-nestd");
  expect(option.code).toBe(2);
  expect(option.stderr).toContain("(Did you mean --expand-nested?)");
  expect((await lamellaHere("summary")).stderr).toContain("missing required argument 'file'");
});

test("a bad file exits with 3, as text or as JSON on stderr", async () => {
  await writeFile(join(folder, "notes.txt"), "no model");
  const text = await lamella(folder, ["summary", "notes.txt"]);
  expect(text).toEqual({
    code: 3,
    stdout: "",
    stderr:
      "error: notes.txt: This is no model file, by its content or by its name.\n" +
      "  expected: .lamella, .keras, .h5, model.json (TensorFlow.js) or .onnx\n",
  });
  const json = await lamellaHere("summary", "missing.lamella", "--json");
  expect(json.code).toBe(3);
  expect(JSON.parse(json.stderr)).toMatchObject({ error: { exitCode: 3, code: "ENOENT", where: "missing.lamella" } });
});

test("backends says what can run here, and for the rest what to install", async () => {
  const { code, stdout } = await lamella(folder, ["backends", "--json"]);
  const { backends } = JSON.parse(stdout) as {
    readonly backends: readonly { backend: string; device: string | null; available: boolean; problem?: string }[];
  };
  const named = (backend: string, device: string | null) =>
    backends.find((row) => row.backend === backend && row.device === device);
  expect(code).toBe(0);
  expect(named("reference", null)).toEqual({ backend: "reference", device: null, available: true });
  expect(named("onnxruntime", "cpu")?.available).toBe(true);
  expect(named("tfjs", "wasm")?.available).toBe(true);
  expect(named("tfjs", "webgl")).toMatchObject({ available: false, problem: expect.stringContaining("browsers only") });
});

test("colours are for terminals and who asks for them, and never where NO_COLOR is set", async () => {
  const escape = "\u001B[";
  const forced = await lamella(folder, ["--help"], { env: { ...env, FORCE_COLOR: "1" } });
  const refused = await lamella(folder, ["--help"], { env: { ...env, NO_COLOR: "1" } });
  expect([help, forced, refused].map(({ stdout }) => stdout.includes(escape))).toEqual([false, true, false]);
});

test("nobody reading on is no error", async () => {
  const child = spawn(process.execPath, [...command, "summary", "two.lamella"], { cwd: folder });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const code = await new Promise((done) => void child.on("close", done));
  expect([code, stderr]).toEqual([0, ""]);
});

test("bash completes commands, options, their choices, and names of files", async () => {
  const { code, stdout } = await lamellaHere("complete", "bash");
  expect(code).toBe(0);
  await writeFile(join(folder, "complete.bash"), stdout);
  const lines = [
    "lamella su",
    "lamella summary --exp",
    "lamella plot --direction ",
    "lamella summary two.l",
    "lamella complete z",
  ];
  const program = `source complete.bash
    while IFS= read -r line; do
      IFS=' ' read -ra COMP_WORDS <<< "$line"
      [[ $line == *' ' ]] && COMP_WORDS+=('')
      COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
      _lamella
      echo "\${COMPREPLY[*]}"
    done
    complete -p lamella`;
  const bash = spawn("bash", ["-c", program], { cwd: folder });
  bash.stdin.end(`${lines.join("\n")}\n`);
  const answers = await textOf(bash.stdout);
  // Bash itself puts names of files where there is nothing.
  const files = "complete -o default -F _lamella lamella";
  expect(answers.split("\n")).toEqual(["summary", "--expand-nested", "TB LR", "", "zsh", files, ""]);
});

test("zsh and fish get every command and option, and no quote ends too early", async () => {
  for (const shell of ["zsh", "fish"]) {
    const { stdout } = await lamellaHere("complete", shell);
    for (const [name, { about }] of Object.entries(commands)) {
      expect(stdout).toContain(name);
      expect(stdout).toContain(about.replaceAll("'", shell === "zsh" ? String.raw`'\''` : String.raw`\'`));
    }
    expect(stdout).toMatch(shell === "zsh" ? /--expand-nested'\[/ : /-l expand-nested -d '/);
    const unescaped = stdout.replaceAll(shell === "zsh" ? String.raw`'\''` : String.raw`\'`, "");
    expect(unescaped.split("'").length % 2).toBe(1);
  }
});
