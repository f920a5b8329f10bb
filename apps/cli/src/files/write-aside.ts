import { rmSync } from "node:fs";
import { mkdtemp, readdir, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { LamellaError } from "@lamella/ir";

import { exitCodes } from "../exit-codes.ts";

/**
 * Lets something write a file, or one with others beside it, into a folder aside, and moves what is there into place once all of
 * it is complete: Ctrl-C leaves what was there before.
 */
export async function writeAside<T>(path: string, write: (aside: string) => Promise<T>): Promise<T> {
  const target = await realpath(path).catch(() => path);
  const folder = await mkdtemp(join(dirname(target), `.${basename(target)}.`)).catch((cause: Error) => {
    const problem = `The file cannot be written: ${cause.message.split(", mkdtemp")[0]}.`;
    throw new LamellaError("unavailable", { where: path, problem, cause });
  });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const stop = () => {
    remove();
    process.exit(exitCodes.interrupted);
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const result = await write(join(folder, basename(target)));
    const files = await readdir(folder);
    // What names the others comes last.
    const ordered = [...files.filter((name) => name !== basename(target)), basename(target)];
    for (const name of ordered) await rename(join(folder, name), join(dirname(target), name));
    return result;
  } catch (error) {
    throw inPlace(error, join(folder, basename(target)), path);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await rm(folder, { recursive: true, force: true });
  }
}

/** An error that names the file where it was to be. */
function inPlace(error: unknown, aside: string, path: string): unknown {
  if (!(error instanceof LamellaError)) return error;
  const { code, problem, expected, received, hint, cause } = error;
  const where = error.where?.replace(aside, path);
  return new LamellaError(code, { where, problem, expected, received, hint, cause });
}
