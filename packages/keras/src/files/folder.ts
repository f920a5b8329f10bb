import { LamellaError } from "@lamella/ir";

import { openFile, unreadable } from "./byte-source.ts";
import type { Members } from "./members.ts";

/** The files of a folder, such as one that an archive was unpacked to, in Node. */
export async function openFolder(folder: string): Promise<Members> {
  const fs = await import("node:fs");
  const { default: paths } = await import("node:path");
  const attempt = <T>(path: string, work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw cause instanceof LamellaError ? cause : unreadable(path, cause);
    }
  };
  const place = (name: string): string => {
    const parts = name.split("/");
    const isInside = name !== "" && !name.includes("\\") && !name.includes("\0") && !paths.isAbsolute(name);
    if (isInside && !parts.includes("..") && !parts.includes("")) return paths.join(folder, name);
    throw new LamellaError("format", {
      problem: "The name of a file leads out of its folder.",
      expected: "names within it",
      received: JSON.stringify(name),
    });
  };
  return {
    has: (name) => fs.existsSync(place(name)),
    open: (name) => openFile(fs, place(name)),
    read: (name) => {
      const path = place(name);
      return attempt(path, () => new Uint8Array(fs.readFileSync(path)));
    },
  };
}
