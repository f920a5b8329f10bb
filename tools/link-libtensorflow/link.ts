import { lstatSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

import { layout } from "./addon.ts";

/** The folders that hold a package's native parts. */
const folders = [layout.addon, layout.libraries].map((path) => path.split("/")[0]!);

function targetOf(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isSymbolicLink() ? readlinkSync(path) : dirname(path);
}

/** Whether the package has native parts of its own, from its install script. */
export function hasOwnParts(packageFolder: string): boolean {
  return folders.every((folder) => targetOf(join(packageFolder, folder)) === packageFolder);
}

/** Gives an installed package the native parts that `built` holds. Gives whether anything had to change. */
export function linkParts(packageFolder: string, built: string): boolean {
  let changed = false;
  for (const folder of folders) {
    const link = join(packageFolder, folder);
    const target = join(built, folder);
    const current = targetOf(link);
    if (current === target) continue;
    if (current !== undefined) rmSync(link, { recursive: true });
    symlinkSync(target, link);
    changed = true;
  }
  return changed;
}
