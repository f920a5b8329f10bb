import { LamellaError } from "@lamella/ir";

import { type ByteSource, sourceOf, unreadable } from "./byte-source.ts";
import { openFolder } from "./folder.ts";
import type { Members } from "./members.ts";

/** A model file by its path, in Node, or by its bytes; or the path of a folder that one was unpacked to. */
export type KerasSource = string | Uint8Array | ArrayBuffer;

/** What a source turned out to be, and the end of its use. */
export interface Opened {
  readonly file?: ByteSource;
  readonly folder?: Members;
  /** The files beside the file, for those that consist of several. */
  readonly beside?: Members;
  close(): void;
}

/** @throws LamellaError `unavailable` for what cannot be read */
export async function openSource(source: KerasSource): Promise<Opened> {
  if (typeof source !== "string") {
    return { file: sourceOf(source instanceof ArrayBuffer ? new Uint8Array(source) : source), close: () => undefined };
  }
  const fs = await import("node:fs");
  const { default: paths } = await import("node:path");
  let isFolder: boolean;
  try {
    isFolder = fs.statSync(source).isDirectory();
  } catch (cause) {
    throw unreadable(source, cause);
  }
  const opened: ByteSource[] = [];
  const kept = (members: Members): Members => ({
    ...members,
    open: (name) => {
      const file = members.open(name);
      opened.push(file);
      return file;
    },
  });
  const close = () => opened.forEach((file) => file.close());
  if (isFolder) return { folder: kept(await openFolder(source)), close };
  const beside = kept(await openFolder(paths.dirname(source)));
  return { file: beside.open(paths.basename(source)), beside, close };
}

/**
 * Runs what reads a file: errors name it, and a stack that a file exhausts by its nesting is the file's fault.
 *
 * @throws LamellaError
 */
export async function readingFrom<T>(source: KerasSource, work: (opened: Opened) => T | Promise<T>): Promise<T> {
  try {
    const opened = await openSource(source);
    try {
      return await work(opened);
    } finally {
      opened.close();
    }
  } catch (error) {
    throw named(error, source);
  }
}

function named(error: unknown, source: KerasSource): unknown {
  if (error instanceof RangeError && error.message.includes("call stack")) {
    const problem = "The file is nested too deeply.";
    return named(new LamellaError("format", { problem, cause: error }), source);
  }
  if (!(error instanceof LamellaError) || typeof source !== "string" || error.where === source) return error;
  const { code, where, problem, expected, received, hint } = error;
  const place = where === undefined ? source : `${source}, ${where}`;
  return new LamellaError(code, { where: place, problem, expected, received, hint, cause: error });
}
