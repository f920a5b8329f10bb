import { mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { run } from "./command.ts";

/** The release of TensorFlow; requirements.txt says the same with the wheel's hash. */
export const version = "2.15.1";

const python = { program: "python3", remedy: "Install Python 3 with pip (apt-get install python3-pip)." };
const libraries = {
  "libtensorflow_cc.so.2": "libtensorflow.so",
  "libtensorflow_framework.so.2": "libtensorflow_framework.so",
};
const headers = ["tensorflow/c/", "tensorflow/core/platform/", "tsl/c/", "tsl/platform/"];

export function requirePip(): void {
  run({ ...python, args: ["-m", "pip", "--version"], failure: "python3 has no pip (apt-get install python3-pip)" });
}

/** Fetches TensorFlow's wheel and puts its libraries into `lib`, its C headers into `include`, two folders to be. */
export function fetchTensorflow(scratch: string, lib: string, include: string): void {
  const wheel = join(scratch, "wheel");
  const tree = join(scratch, "tree");
  run({
    ...python,
    args: [
      ..."-m pip download --quiet --disable-pip-version-check --no-cache-dir --retries=1 --timeout=15".split(" "),
      ..."--no-deps --only-binary=:all: --platform=manylinux2014_x86_64 --python-version=3.11".split(" "),
      `--dest=${wheel}`,
      "--require-hashes",
      "--requirement",
      join(import.meta.dirname, "requirements.txt"),
    ],
    failure: `pip could not fetch TensorFlow ${version} from its registry`,
  });
  const members = [...Object.keys(libraries), ...headers.map((folder) => `include/${folder}`)];
  run({
    ...python,
    args: [join(import.meta.dirname, "unpack.py"), wheel, tree, ...members.map((name) => `tensorflow/${name}`)],
    failure: "The wheel of TensorFlow could not be unpacked",
  });
  mkdirSync(lib, { recursive: true });
  for (const [file, alias] of Object.entries(libraries)) {
    renameSync(join(tree, "tensorflow", file), join(lib, file));
    symlinkSync(file, join(lib, alias));
  }
  renameSync(join(tree, "tensorflow/include"), include);
  rmSync(wheel, { recursive: true });
  rmSync(tree, { recursive: true });
}
