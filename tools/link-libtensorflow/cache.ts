import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Where a checkout keeps what it has built: `LAMELLA_CACHE`, or a folder of node_modules. */
export function cacheFolder(root: string, name: string): string {
  return resolve(root, process.env["LAMELLA_CACHE"] ?? "node_modules/.cache/lamella", name);
}

/**
 * Has `build` fill a folder unless it is there. It is filled aside and renamed, so that a folder is there whole or not at
 * all; where two do it at a time, the first one's stays. Gives whether it was built now.
 */
export function fillOnce(folder: string, build: (aside: string) => void): boolean {
  if (existsSync(folder)) return false;
  const aside = `${folder}.${process.pid}.part`;
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(aside);
  try {
    build(aside);
    try {
      renameSync(aside, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
    }
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return true;
}
