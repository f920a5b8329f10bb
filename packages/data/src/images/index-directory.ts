import { LamellaError, randomKey, shuffledIndices } from "@lamella/ir";

import { unreadable } from "../files.ts";

/** Image files with the numbers of their classes. */
export interface Index {
  readonly paths: readonly string[];
  /** Undefined when there are no labels. */
  readonly labels: readonly number[] | undefined;
  readonly classNames: readonly string[];
}

export interface IndexOptions {
  readonly labels: "inferred" | readonly number[] | null;
  readonly classNames: readonly string[] | undefined;
  readonly followLinks: boolean;
}

const formats = /\.(?:png|jpe?g|bmp|gif)$/i;

/** The images of a folder, in Keras's order: class by class, in each by folder and name. (Keras: index_directory.) */
export async function indexDirectory(directory: string, options: IndexOptions): Promise<Index> {
  const { labels, classNames, followLinks } = options;
  const { default: paths } = await import("node:path");
  if (labels !== "inferred") {
    const files = await imagesIn(directory, followLinks);
    if (labels !== null && labels.length !== files.length) {
      throw new LamellaError("data", {
        where: "labels",
        problem: `The labels do not fit the images of ${directory}.`,
        expected: `${files.length} labels, one an image`,
        received: String(labels.length),
      });
    }
    const names = [...new Set(labels ?? [])].toSorted((a, b) => a - b).map(String);
    return { paths: files, labels: labels ?? undefined, classNames: names };
  }
  const found = await classFolders(directory);
  const unknown = classNames?.find((name) => !found.includes(name));
  if (unknown !== undefined) {
    throw new LamellaError("name", {
      where: "classNames",
      problem: `There is no folder '${unknown}' in ${directory}.`,
      expected: found.join(", "),
      received: classNames!.join(", "),
    });
  }
  const names = classNames ?? found;
  const lists = await Promise.all(names.map((name) => imagesIn(paths.join(directory, name), followLinks)));
  return { paths: lists.flat(), labels: lists.flatMap((list, i) => list.map(() => i)), classNames: names };
}

async function entriesOf(directory: string) {
  const { readdir } = await import("node:fs/promises");
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.toSorted((a, b) => byName(a.name, b.name));
  } catch (cause) {
    throw unreadable("folder", directory, cause);
  }
}

const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

async function classFolders(directory: string): Promise<string[]> {
  const { stat } = await import("node:fs/promises");
  const { default: paths } = await import("node:path");
  const names: string[] = [];
  for (const entry of await entriesOf(directory)) {
    if (entry.name.startsWith(".")) continue;
    const isFolder = entry.isSymbolicLink()
      ? (await stat(paths.join(directory, entry.name)).catch(() => undefined))?.isDirectory() === true
      : entry.isDirectory();
    if (isFolder) names.push(entry.name);
  }
  if (names.length > 0) return names;
  throw new LamellaError("data", {
    where: directory,
    problem: "The folder has no sub-folders.",
    expected: "a folder for every class",
    hint: "For images without classes give labels: null.",
  });
}

/** Image files of a folder and those within, folder by folder, sorted. */
async function imagesIn(directory: string, followLinks: boolean): Promise<string[]> {
  const { stat } = await import("node:fs/promises");
  const { default: paths } = await import("node:path");
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of await entriesOf(directory)) {
    const path = paths.join(directory, entry.name);
    const isFolder = entry.isSymbolicLink()
      ? (await stat(path).catch(() => undefined))?.isDirectory()
      : entry.isDirectory();
    if (isFolder !== true) {
      if (formats.test(entry.name)) files.push(path);
    } else if (followLinks || !entry.isSymbolicLink()) folders.push(path);
  }
  for (const folder of folders) files.push(...(await imagesIn(folder, followLinks)));
  return files;
}

/** The same images in an order that the seed decides. */
export function shuffledIndex({ paths, labels, classNames }: Index, seed: number): Index {
  const order = Array.from(shuffledIndices(randomKey("images", seed), paths.length));
  return { paths: order.map((i) => paths[i]!), labels: labels && order.map((i) => labels[i]!), classNames };
}

/** The images before the last share, or that share. */
export function partOf(
  { paths, labels, classNames }: Index,
  validationSplit: number,
  part: "training" | "validation",
): Index {
  const count = paths.length - Math.trunc(validationSplit * paths.length);
  const cut = <T>(list: readonly T[]) => (part === "training" ? list.slice(0, count) : list.slice(count));
  return { paths: cut(paths), labels: labels && cut(labels), classNames };
}
