import { locate, type SavedModel } from "@lamella/ir";

import type { FormatVersion } from "./header.ts";

/** Brings a model that an older version wrote to what `to` means by the same data. */
export interface Migration {
  /** The first version whose files do not need this. */
  readonly to: FormatVersion;
  readonly apply: (model: SavedModel) => SavedModel;
}

/** All migrations, oldest first. */
const migrations: readonly Migration[] = [];

function isOlder(a: FormatVersion, b: FormatVersion): boolean {
  return a.major < b.major || (a.major === b.major && a.minor < b.minor);
}

/** Applies, in order, the migrations that a file of version `from` needs. */
export function migrate(model: SavedModel, from: FormatVersion, list = migrations): SavedModel {
  return list
    .filter(({ to }) => isOlder(from, to))
    .reduce((current, { to, apply }) => {
      const step = `migration from format ${from.major}.${from.minor} to ${to.major}.${to.minor}`;
      return locate(step, () => apply(current));
    }, model);
}
