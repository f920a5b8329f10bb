import { LamellaError, locate, Tensor, type ValueType } from "@lamella/ir";

import type { ArraySource } from "../../contents.ts";
import type { ByteSource } from "../byte-source.ts";
import { checkGrowth } from "../limits.ts";
import { numbersOf, numberType, type NumberType } from "../numbers.ts";
import { type AttributeValue, readAttributes } from "./attributes.ts";
import { damaged, type Space } from "./cursor.ts";
import { type Dataset, readDataset } from "./datasets.ts";
import { readLinks } from "./links.ts";
import { type Message, readHeader } from "./object-header.ts";
import { readSuperblock } from "./superblock.ts";

/** An HDF5 file that was opened: its tree is known, its arrays are read when they are asked for. */
export interface Hdf5File {
  /** All arrays, by path without a leading slash, such as `layers/dense/vars/0`. */
  readonly arrays: ArraySource;
  /** Names of the groups and arrays in a group, in the order of the file. @param path "" is the root */
  members(path: string): readonly string[];
  /** Whether a group or an array stands there. */
  has(path: string): boolean;
  /** An attribute of a group or array; undefined where there is none, or one that is neither text nor number. */
  attribute(path: string, name: string): AttributeValue;
}

interface Entry {
  readonly messages: readonly Message[];
  readonly members: readonly string[];
  readonly dataset?: Dataset | undefined;
}

/** Deeper trees, and trees of more objects, are made to exhaust memory. */
const deepest = 64;
const most = 2 ** 20;

/**
 * Reads the tree of an HDF5 file.
 *
 * @throws LamellaError `format` for anything but an intact file whose objects all lie in itself, `unsupported` for parts of
 *   HDF5 that Keras never writes
 */
export function openHdf5(source: ByteSource): Hdf5File {
  const { space, root } = readSuperblock(source);
  const entries = new Map<string, Entry>();
  const visited = new Set<number>();
  const paths: string[] = [];
  let declared = 0;
  const visit = (address: number, path: string, depth: number): void => {
    if (visited.has(address)) throw damaged("An object stands in two places of its tree.", "one place each", path);
    if (depth > deepest || visited.size >= most) throw damaged("Its tree has no end.", `${deepest} levels`, "more");
    visited.add(address);
    const messages = readHeader(space, address);
    const links = readLinks(space, messages);
    const dataset = links === undefined ? readDataset(space, messages) : undefined;
    if (entries.has(path)) throw damaged("Two objects have one name.", "a name each", path);
    entries.set(path, { messages, members: (links ?? []).map(({ name }) => name), dataset });
    if (dataset !== undefined) {
      paths.push(path);
      declared += dataset.size;
      checkGrowth(`'${path}', of shape [${dataset.shape.join(", ")}],`, source.size, declared);
    }
    for (const link of links ?? []) {
      const below = path === "" ? link.name : `${path}/${link.name}`;
      locate(`'${below}'`, () => visit(link.address, below, depth + 1));
    }
  };
  visit(root, "", 0);
  const attributes = new Map<string, Map<string, AttributeValue>>();
  const attribute = (path: string, name: string): AttributeValue => {
    const messages = entries.get(path)?.messages ?? [];
    const known = attributes.get(path) ?? readAttributes(space, messages);
    attributes.set(path, known);
    return known.get(name);
  };
  return {
    arrays: arraysOf(space, paths, (path) => entries.get(path)?.dataset, attribute),
    members: (path) => entries.get(path)?.members ?? [],
    has: (path) => entries.has(path),
    attribute,
  };
}

function arraysOf(
  space: Space,
  paths: readonly string[],
  datasetAt: (path: string) => Dataset | undefined,
  attribute: (path: string, name: string) => AttributeValue,
): ArraySource {
  const found = (path: string): { dataset: Dataset; type: NumberType } => {
    const dataset = datasetAt(path);
    if (dataset === undefined) {
      throw new LamellaError("name", {
        where: path,
        problem: "The file has no such array.",
        expected: paths.slice(0, 8).join(", "),
      });
    }
    return { dataset, type: numbersAt(path, dataset, attribute) };
  };
  return {
    paths,
    type: (path): ValueType => {
      const { dataset, type } = found(path);
      return { shape: dataset.shape, dtype: type.dtype };
    },
    read: (path) => {
      const { dataset, type } = found(path);
      const bytes = locate(path, () => dataset.read());
      const count = dataset.shape.reduce((product, size) => product * size, 1);
      return new Tensor(type.dtype, dataset.shape, numbersOf(bytes, type, count));
    },
  };
}

/** Keras keeps bfloat16 as bytes without a meaning, which an attribute gives them. */
function numbersAt(
  path: string,
  { type }: Dataset,
  attribute: (path: string, name: string) => AttributeValue,
): NumberType {
  if (type.kind === "number") return type;
  if (type.kind === "opaque" && type.bytes === 2 && attribute(path, "dtype") === "bfloat16") {
    return numberType("bf2", true);
  }
  throw new LamellaError("dtype", {
    where: path,
    problem: "The array holds elements that no tensor has.",
    expected: "numbers or booleans",
    received: type.kind === "other" ? type.what : type.kind,
  });
}
