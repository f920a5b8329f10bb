import { Cursor, cursorAt, damaged, notUnderstood, readPart, type Space } from "./cursor.ts";

/** A fractal heap, where newer files keep the links and attributes of objects that have many. */
interface Heap {
  readonly space: Space;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly width: number;
  readonly startSize: number;
  readonly largestDirect: number;
  readonly root: number | undefined;
  readonly rootRows: number;
  readonly blockHeader: number;
  /** Objects that are too large for its blocks, by their numbers. */
  readonly huge: () => ReadonlyMap<number, Uint8Array>;
}

/** How many bytes a number up to `largest` takes. */
function bytesFor(largest: number): number {
  return Math.floor(Math.log2(Math.max(largest, 1)) / 8) + 1;
}

function readHeap(space: Space, address: number): Heap {
  const { offsetSize, lengthSize } = space;
  const cursor = cursorAt(space, address, 22 + 12 * lengthSize + 3 * offsetSize);
  cursor.signature("FRHP");
  cursor.version("fractal heap", 0);
  cursor.skip(2);
  if (cursor.u16() > 0) throw notUnderstood("a compressed fractal heap");
  cursor.skip(1);
  const largestObject = cursor.u32();
  cursor.skip(lengthSize);
  const hugeTree = cursor.address();
  cursor.skip(lengthSize + offsetSize + lengthSize * 8);
  const width = cursor.u16();
  const startSize = cursor.length();
  const largestDirect = cursor.length();
  const heapBits = cursor.u16();
  cursor.skip(2);
  const root = cursor.address();
  const rootRows = cursor.u16();
  if (heapBits > 64 || width === 0 || startSize === 0 || !Number.isSafeInteger(largestDirect)) {
    throw damaged("A fractal heap has no sizes.", "a table of blocks", `${width} blocks of ${startSize} bytes`);
  }
  const offsetBytes = Math.ceil(heapBits / 8);
  const lengthBytes = Math.min(Math.ceil(Math.log2(largestDirect) / 8), bytesFor(largestObject));
  const blockHeader = 5 + offsetSize + offsetBytes;
  let found: ReadonlyMap<number, Uint8Array> | undefined;
  const huge = () => (found ??= hugeObjects(space, hugeTree));
  return { space, offsetBytes, lengthBytes, width, startSize, largestDirect, root, rootRows, blockHeader, huge };
}

/** The bytes of an object of the heap. */
function heapObject(heap: Heap, id: Uint8Array): Uint8Array {
  const cursor = new Cursor(id, heap.space);
  const kind = (cursor.u8() >> 4) & 3;
  if (kind === 2) return cursor.take(Math.min((id[0]! & 15) + 1, cursor.left));
  if (kind === 1) {
    const object = heap.huge().get(cursor.uint(cursor.left));
    if (object === undefined) throw damaged("A fractal heap lacks a large object.", "its place", "none");
    return object;
  }
  const offset = cursor.uint(heap.offsetBytes);
  const length = cursor.uint(heap.lengthBytes);
  return readPart(heap.space, placeOf(heap, offset), length);
}

/** Where an offset within the heap lies in the file: down the blocks of blocks. */
function placeOf(heap: Heap, offset: number): number {
  const { width, startSize, largestDirect, space } = heap;
  let address = heap.root;
  if (heap.rootRows === 0) {
    if (address === undefined) throw damaged("A fractal heap is empty.", "a block", "none");
    return address + offset;
  }
  let within = offset;
  for (let depth = 0; depth < 16; depth++) {
    const row = within < width * startSize ? 0 : Math.floor(Math.log2(within / (width * startSize))) + 1;
    const size = row === 0 ? startSize : startSize * 2 ** (row - 1);
    const rowStart = row === 0 ? 0 : width * size;
    const column = Math.floor((within - rowStart) / size);
    const entry = row * width + column;
    const at = (address ?? 0) + heap.blockHeader + entry * space.offsetSize;
    if (address === undefined || cursorAt(space, address, 4).string(4) !== "FHIB") {
      throw damaged("A fractal heap lacks a block.", "FHIB", "something else");
    }
    address = cursorAt(space, at, space.offsetSize).address();
    within -= rowStart + column * size;
    if (size > largestDirect) continue;
    if (address === undefined) throw damaged("A fractal heap lacks a block.", "its address", "none");
    return address + within;
  }
  throw damaged("A fractal heap is too deep.", "at most 16 levels", "more");
}

/** Where the heap ID stands in the records of the trees that list links and attributes. */
const idPlaces: Readonly<Record<number, readonly [at: number, size: number]>> = {
  5: [4, 7],
  6: [8, 7],
  8: [0, 8],
  9: [0, 8],
};

/** Objects of which the heap keeps only numbers. Such trees have records of a place, a size and a number. */
function hugeObjects(space: Space, tree: number | undefined): Map<number, Uint8Array> {
  const objects = new Map<number, Uint8Array>();
  const { type, records } = readTree(space, tree);
  if (type !== 1) throw notUnderstood("a fractal heap of large objects that are packed");
  for (const record of records) {
    const cursor = new Cursor(record, space);
    const address = cursor.address();
    const bytes = cursorAt(space, address, cursor.length()).bytes;
    objects.set(cursor.length(), bytes);
  }
  return objects;
}

/** The objects of a fractal heap in the order of the tree that lists them. */
export function denseObjects(space: Space, heapAddress: number, treeAddress: number | undefined): Uint8Array[] {
  const heap = readHeap(space, heapAddress);
  const { type, recordSize, records } = readTree(space, treeAddress);
  const place = idPlaces[type];
  if (place === undefined || recordSize < place[0] + place[1]) {
    throw damaged("A B-tree has records that are not understood.", "links or attributes", `type ${type}`);
  }
  return records.map((record) => heapObject(heap, record.subarray(place[0], place[0] + place[1])));
}

interface Tree {
  readonly type: number;
  readonly recordSize: number;
  readonly records: readonly Uint8Array[];
}

/** The records of a B-tree of version 2, in their order. */
function readTree(space: Space, treeAddress: number | undefined): Tree {
  const header = cursorAt(space, treeAddress, 22 + space.offsetSize + space.lengthSize);
  header.signature("BTHD");
  header.version("B-tree", 0);
  const type = header.u8();
  const nodeSize = header.u32();
  const recordSize = header.u16();
  const depth = header.u16();
  header.skip(2);
  const root = header.address();
  const rootRecords = header.u16();
  if (recordSize === 0 || depth > 16 || recordSize + 10 > nodeSize) {
    throw damaged("A B-tree has records that are not understood.", "some to a node", `${recordSize} bytes each`);
  }
  const largest: { readonly records: number; readonly total: number; readonly pointer: number }[] = [];
  const leafRecords = Math.floor((nodeSize - 10) / recordSize);
  largest.push({ records: leafRecords, total: leafRecords, pointer: 0 });
  for (let level = 1; level <= depth; level++) {
    const below = largest[level - 1]!;
    const pointer = space.offsetSize + bytesFor(leafRecords) + (level > 1 ? bytesFor(below.total) : 0);
    const records = Math.floor((nodeSize - 10 - pointer) / (recordSize + pointer));
    largest.push({ records, total: (records + 1) * below.total + records, pointer });
  }
  const all: Uint8Array[] = [];
  const visited = new Set<number>();
  const visit = (address: number | undefined, records: number, level: number): void => {
    if (address === undefined || visited.has(address)) throw damaged("A B-tree leads in circles.", "a node", "none");
    visited.add(address);
    const node = cursorAt(space, address, nodeSize);
    node.signature(level === 0 ? "BTLF" : "BTIN");
    node.skip(2);
    const found = Array.from({ length: records }, () => node.take(recordSize));
    const children = Array.from({ length: level === 0 ? 0 : records + 1 }, () => {
      const child = node.address();
      const count = node.uint(bytesFor(leafRecords));
      if (level > 1) node.skip(bytesFor(largest[level - 1]!.total));
      return { child, count };
    });
    for (let i = 0; i <= records; i++) {
      const below = children[i];
      if (below !== undefined) visit(below.child, below.count, level - 1);
      const record = found[i];
      if (record !== undefined) all.push(record);
    }
  };
  if (root !== undefined && rootRecords > 0) visit(root, rootRecords, depth);
  return { type, recordSize, records: all };
}
