import { LamellaError } from "@lamella/ir";

/** The bytes of a file, in Node. @throws LamellaError `unavailable`, naming the file */
export async function readBytes(path: string): Promise<Uint8Array> {
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(path);
  } catch (cause) {
    throw unreadable("file", path, cause);
  }
}

/** The bytes that were given, or those of a file. */
export async function bytesOf(source: string | Uint8Array): Promise<Uint8Array> {
  return typeof source === "string" ? await readBytes(source) : source;
}

export function unreadable(what: "file" | "folder", path: string, cause: unknown): LamellaError {
  return new LamellaError("unavailable", {
    where: path,
    problem: `The ${what} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
    hint: `Paths are relative to the folder that the program runs in.`,
    cause,
  });
}

/** Whether an error comes from the file system. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
