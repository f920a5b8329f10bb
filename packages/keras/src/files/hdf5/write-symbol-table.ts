import { Emitter } from "./emitter.ts";
import type { Link } from "./links.ts";
import type { FileSpace } from "./write-hdf5.ts";

/** Half of what a node of links, and a node of the tree above them, holds. The superblock says so, too. */
export const leafHalf = 4;
export const treeHalf = 16;

interface Child {
  readonly address: number;
  /** Where the largest name below it stands among the names. */
  readonly last: number;
}

/** The members of a group as a tree in the order of their bytes, and the heap of their names. @returns the addresses of both */
export function writeSymbolTable(
  file: FileSpace,
  links: readonly Link[],
): { readonly tree: number; readonly names: number } {
  const encoder = new TextEncoder();
  const names = new Emitter().zeros(8);
  const entries = links
    .map(({ name, address }) => ({ bytes: encoder.encode(name), address }))
    .toSorted((a, b) => compareBytes(a.bytes, b.bytes))
    .map(({ bytes, address }) => {
      const at = names.length;
      names.raw(bytes).u8(0).align();
      return { at, address };
    });
  const segment = file.write(names.done());
  const heap = file.write(new Emitter().raw("HEAP").u8(0, 0, 0, 0).u64(names.length, 1, segment).done());

  let children: Child[] = groupsOf(entries, leafHalf * 2).map((some) => {
    const node = new Emitter().raw("SNOD").u8(1, 0).u16(some.length);
    for (const { at, address } of some) node.u64(at, address).u32(0, 0).zeros(16);
    node.zeros((leafHalf * 2 - some.length) * 40);
    return { address: file.write(node.done()), last: some.at(-1)!.at };
  });
  for (let level = 0; level === 0 || children.length > 1; level++) children = writeLevel(file, level, children);
  return { tree: children[0]!.address, names: heap };
}

function writeLevel(file: FileSpace, level: number, below: readonly Child[]): Child[] {
  const size = 24 + (treeHalf * 2 + 1) * 8 + treeHalf * 2 * 8;
  const groups = below.length === 0 ? [[]] : groupsOf(below, treeHalf * 2);
  const addresses = groups.map(() => file.reserve(size));
  let smallest = 0;
  return groups.map((some, i) => {
    const node = new Emitter()
      .raw("TREE")
      .u8(0, level)
      .u16(some.length)
      .u64(addresses[i - 1], addresses[i + 1]);
    node.u64(smallest);
    for (const { address, last } of some) node.u64(address, last);
    node.zeros(size - node.length);
    file.place(addresses[i]!, node.done());
    smallest = some.at(-1)?.last ?? 0;
    return { address: addresses[i]!, last: smallest };
  });
}

function groupsOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
