import { unzlibSync } from "fflate";

import { checkGrowth } from "../limits.ts";
import { Cursor, cursorAt, damaged, notUnderstood, type Space } from "./cursor.ts";
import type { Extent } from "./datasets.ts";

interface Filter {
  readonly id: number;
  readonly values: readonly number[];
}

const filterNames: Readonly<Record<number, string>> = {
  4: "szip",
  5: "nbit",
  6: "scale-offset",
  32_000: "lzf",
  32_001: "blosc",
  32_004: "lz4",
  32_008: "bitshuffle",
  32_015: "zstd",
};

/** The elements of an array that is stored in blocks, each packed by filters, under a B-tree. Blocks that lack are zeros. */
export function readChunks(space: Space, cursor: Cursor, extent: Extent): Uint8Array<ArrayBuffer> {
  const { shape, type, size } = extent;
  const rank = cursor.u8();
  const root = cursor.address();
  const chunk = Array.from({ length: rank }, () => cursor.u32()).slice(0, -1);
  if (chunk.length !== shape.length || chunk.some((length) => length === 0)) {
    throw damaged("The blocks of an array do not fit it.", `${shape.length} sizes`, `[${chunk.join(", ")}]`);
  }
  const filters = extent.filters === undefined ? [] : readFilters(new Cursor(extent.filters, space));
  const chunkSize = chunk.reduce((product, length) => product * length, type.bytes);
  checkGrowth(`A block of [${chunk.join(", ")}] elements`, space.source.size, chunkSize);
  const all = new Uint8Array(size);
  const visited = new Set<number>();
  const visit = (address: number, above: number): void => {
    if (visited.has(address)) throw damaged("The tree of an array leads in circles.", "a node", "one seen before");
    visited.add(address);
    const head = cursorAt(space, address, 8);
    head.signature("TREE");
    if (head.u8() !== 1) throw damaged("The tree of an array is broken.", "a tree of blocks", "another");
    const level = head.u8();
    if (level >= above) throw damaged("The tree of an array is broken.", `a level below ${above}`, `${level}`);
    const count = head.u16();
    const entry = 8 + rank * 8 + space.offsetSize;
    const entries = cursorAt(space, address + 8 + 2 * space.offsetSize, count * entry);
    for (let i = 0; i < count; i++) {
      const stored = entries.u32();
      const skipped = entries.u32();
      const place = Array.from({ length: rank }, () => entries.uint(8)).slice(0, -1);
      const child = entries.address();
      if (child === undefined) throw damaged("The tree of an array is broken.", "an address", "none");
      if (level > 0) visit(child, level);
      else {
        if (visited.has(child)) throw damaged("Two blocks of an array lie in one place.", "a place each", "one");
        visited.add(child);
        const active = filters.filter((_, at) => (skipped & (1 << at)) === 0);
        putChunk(all, unpacked(space.source.read(child, stored), active, chunkSize), {
          shape,
          chunk,
          place,
          width: type.bytes,
        });
      }
    }
  };
  if (root !== undefined) visit(root, 256);
  return all;
}

function readFilters(cursor: Cursor): Filter[] {
  const version = cursor.version("filter pipeline", 1, 2);
  const count = cursor.u8();
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => {
    const id = cursor.u16();
    const hasName = version === 1 || id >= 256;
    const nameLength = hasName ? cursor.u16() : 0;
    cursor.skip(2);
    const values = cursor.u16();
    cursor.skip(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
    const found = Array.from({ length: values }, () => cursor.u32());
    if (version === 1 && values % 2 === 1) cursor.skip(4);
    return { id, values: found };
  });
}

/** Undoes the filters, the last one first. */
function unpacked(stored: Uint8Array, filters: readonly Filter[], size: number): Uint8Array {
  let bytes = stored;
  for (const { id, values } of filters.toReversed()) {
    if (id === 1) bytes = inflated(bytes, size);
    else if (id === 2) bytes = unshuffled(bytes, values[0] ?? 1);
    else if (id === 3) bytes = bytes.subarray(0, Math.max(0, bytes.length - 4));
    else throw notUnderstood(`arrays packed with ${filterNames[id] ?? `filter ${id}`}`);
  }
  if (bytes.length < size) throw damaged("A block of an array is too small.", `${size} bytes`, `${bytes.length}`);
  return bytes;
}

/** At most 4 bytes more than the block: its checksum. */
function inflated(bytes: Uint8Array, size: number): Uint8Array {
  try {
    return unzlibSync(bytes, { out: new Uint8Array(size + 4) });
  } catch (cause) {
    throw damaged(
      "A block of an array cannot be inflated.",
      `${size} bytes`,
      cause instanceof Error ? cause.message : "",
    );
  }
}

function unshuffled(bytes: Uint8Array, width: number): Uint8Array {
  const count = Math.floor(bytes.length / Math.max(width, 1));
  const whole = bytes.slice();
  if (width > 1) for (let i = 0; i < count * width; i++) whole[(i % count) * width + Math.floor(i / count)] = bytes[i]!;
  return whole;
}

interface Placement {
  readonly shape: readonly number[];
  readonly chunk: readonly number[];
  readonly place: readonly number[];
  /** Bytes of an element. */
  readonly width: number;
}

/** Copies a block, row by row, as far as it lies within the array. */
function putChunk(all: Uint8Array, bytes: Uint8Array, { shape, chunk, place, width }: Placement): void {
  const last = shape.length - 1;
  const outside = place.some((start, axis) => start >= shape[axis]!);
  if (outside) return;
  if (last < 0) {
    all.set(bytes.subarray(0, width));
    return;
  }
  const row = Math.min(chunk[last]!, shape[last]! - place[last]!) * width;
  const copy = (axis: number, from: number, to: number): void => {
    if (axis === last) {
      const target = (to + place[last]!) * width;
      all.set(bytes.subarray(from * width, from * width + row), target);
      return;
    }
    const rows = Math.min(chunk[axis]!, shape[axis]! - place[axis]!);
    for (let i = 0; i < rows; i++) {
      copy(axis + 1, (from + i) * chunk[axis + 1]!, (to + place[axis]! + i) * shape[axis + 1]!);
    }
  };
  copy(0, 0, 0);
}
