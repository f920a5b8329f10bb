import { LamellaError } from "@lamella/ir";

/**
 * Writes a file, in Node: beside the old one first, which it replaces once it is complete and on the disk.
 *
 * @throws LamellaError `unavailable` when it cannot be written; the old file stays as it was
 */
export async function writeFile(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const { open, realpath, rename, rm, stat } = await import("node:fs/promises");
  const { default: paths } = await import("node:path");
  const target = await realpath(path).catch(() => path);
  const old = await stat(target).catch(() => undefined);
  const temporary = paths.join(paths.dirname(target), `.${paths.basename(target)}.${crypto.randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, "wx", old === undefined ? 0o666 : old.mode & 0o777);
    try {
      await handle.writeFile(pieces);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (cause instanceof LamellaError) throw cause;
    throw new LamellaError("unavailable", {
      where: path,
      problem: `The file cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      cause,
    });
  }
}
