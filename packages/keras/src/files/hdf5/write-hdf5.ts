import { LamellaError, type Tensor } from "@lamella/ir";

import { Emitter } from "./emitter.ts";
import { encodeDType, encodeShape, encodeTextsType, encodeTextType } from "./encode-types.ts";
import { messageTypes } from "./object-header.ts";
import { leafHalf, treeHalf, writeSymbolTable } from "./write-symbol-table.ts";

/** What attributes can be written. A list of texts takes one header message, 64 kB at most. */
type WrittenAttribute = string | number | readonly string[];

export interface Hdf5Content {
  /** By path without a leading slash. Groups come to be where a path needs them. */
  readonly arrays: Iterable<readonly [path: string, tensor: Tensor]>;
  /** By path of a group or array; "" is the root. Groups that hold nothing else come to be, too. */
  readonly attributes?: ReadonlyMap<string, Readonly<Record<string, WrittenAttribute>>>;
}

interface Group {
  readonly members: Map<string, Group | Tensor>;
}

const largestMessage = 64_000;
const fillValueType = 5;

/** The bytes of an HDF5 file, in pieces, as Keras writes them: the first file version, arrays in one block each. */
export function writeHdf5({ arrays, attributes = new Map() }: Hdf5Content): Uint8Array[] {
  const root: Group = { members: new Map() };
  for (const [path, tensor] of arrays) put(root, path, tensor);
  for (const path of attributes.keys()) if (path !== "") put(root, path, undefined);
  const file = new FileSpace();
  const texts = new TextHeap();
  // Superblock: 96 bytes, written last, when the root's address and the end are known.
  file.reserve(96);
  const heapAddress = file.reserve(texts.sizeFor(attributes));
  const address = writeGroup(file, texts, heapAddress, root, "", attributes);
  file.place(heapAddress, texts.bytes());
  const superblock = new Emitter()
    .raw(Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a))
    .u8(0, 0, 0, 0, 0, 8, 8, 0)
    .u16(leafHalf, treeHalf)
    .u32(0)
    .u64(0, undefined, file.end, undefined)
    .u64(0, address)
    .u32(0, 0)
    .zeros(16);
  file.place(0, superblock.done());
  return file.pieces();
}

function put(root: Group, path: string, tensor: Tensor | undefined): void {
  let group = root;
  const parts = path.split("/");
  const fail = (problem: string) => new LamellaError("name", { where: path, problem });
  if (parts.some((part) => part === "" || part === "." || part === "..")) throw fail("The path has an empty name.");
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1;
    const known = group.members.get(part);
    if (isLast && tensor !== undefined) {
      if (known !== undefined) throw fail("Two things have this path.");
      group.members.set(part, tensor);
      return;
    }
    if (known !== undefined && !("members" in known)) {
      if (isLast) return;
      throw fail("A part of the path is an array.");
    }
    const next: Group = known ?? { members: new Map() };
    group.members.set(part, next);
    group = next;
  }
}

/** The file while it is laid out: blocks one after another, at multiples of 8. */
export class FileSpace {
  end = 0;
  private readonly blocks: { readonly address: number; readonly bytes: Uint8Array }[] = [];

  reserve(size: number): number {
    const address = this.end;
    this.end += Math.ceil(size / 8) * 8;
    return address;
  }

  place(address: number, bytes: Uint8Array): void {
    if (bytes.length > 0) this.blocks.push({ address, bytes });
  }

  write(bytes: Uint8Array): number {
    const address = this.reserve(bytes.length);
    this.place(address, bytes);
    return address;
  }

  pieces(): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let at = 0;
    for (const { address, bytes } of this.blocks.toSorted((a, b) => a.address - b.address)) {
      if (address > at) pieces.push(new Uint8Array(address - at));
      pieces.push(bytes);
      at = address + bytes.length;
    }
    if (this.end > at) pieces.push(new Uint8Array(this.end - at));
    return pieces;
  }
}

/** All texts of variable length, in one collection. */
class TextHeap {
  private readonly objects = new Emitter();
  private count = 0;
  private size = 0;

  sizeFor(attributes: ReadonlyMap<string, Readonly<Record<string, WrittenAttribute>>>): number {
    const texts = [...attributes.values()].flatMap((some) =>
      Object.values(some).filter((value) => typeof value === "string"),
    );
    if (texts.length === 0) return 0;
    const encoder = new TextEncoder();
    const used = texts.reduce((sum, value) => sum + 16 + Math.ceil(encoder.encode(value).length / 8) * 8, 16);
    this.size = Math.max(4096, used + 16);
    return this.size;
  }

  add(bytes: Uint8Array): number {
    this.count += 1;
    this.objects.u16(this.count, 1).u32(0).u64(bytes.length).raw(bytes).align();
    return this.count;
  }

  bytes(): Uint8Array {
    if (this.size === 0) return new Uint8Array();
    const heap = new Emitter().raw("GCOL").u8(1, 0, 0, 0).u64(this.size).raw(this.objects.done());
    const free = this.size - heap.length;
    return heap
      .u16(0, 0)
      .u32(0)
      .u64(free)
      .zeros(free - 16)
      .done();
  }
}

function writeGroup(
  file: FileSpace,
  texts: TextHeap,
  heapAddress: number,
  group: Group,
  path: string,
  attributes: NonNullable<Hdf5Content["attributes"]>,
): number {
  const links = [...group.members].map(([name, member]) => {
    const below = path === "" ? name : `${path}/${name}`;
    const address =
      "members" in member
        ? writeGroup(file, texts, heapAddress, member, below, attributes)
        : writeHeader(file, [...arrayMessages(file, member), ...attributesOf(below)]);
    return { name, address };
  });
  const table = writeSymbolTable(file, links);
  return writeHeader(file, [
    [messageTypes.symbolTable, new Emitter().u64(table.tree, table.names).done()],
    ...attributesOf(path),
  ]);

  function attributesOf(owner: string): Message[] {
    const own = Object.entries(attributes.get(owner) ?? {});
    return own.map(([name, value]) => [
      messageTypes.attribute,
      encodeAttribute(owner, name, value, texts, heapAddress),
    ]);
  }
}

type Message = readonly [type: number, body: Uint8Array];

function arrayMessages(file: FileSpace, tensor: Tensor): Message[] {
  const { data, shape, dtype } = tensor;
  const address =
    data.length === 0 ? undefined : file.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return [
    [messageTypes.dataspace, encodeShape(shape)],
    [messageTypes.datatype, encodeDType(dtype)],
    [fillValueType, Uint8Array.of(2, 2, 2, 0)],
    [messageTypes.layout, new Emitter().u8(3, 1).u64(address, data.byteLength).done()],
  ];
}

function writeHeader(file: FileSpace, messages: readonly Message[]): number {
  const body = new Emitter();
  for (const [type, bytes] of messages) {
    const size = Math.ceil(bytes.length / 8) * 8;
    body
      .u16(type, size)
      .u8(type === messageTypes.datatype ? 1 : 0, 0, 0, 0)
      .raw(bytes)
      .align();
  }
  return file.write(new Emitter().u8(1, 0).u16(messages.length).u32(1, body.length, 0).raw(body.done()).done());
}

function encodeAttribute(
  owner: string,
  name: string,
  value: WrittenAttribute,
  texts: TextHeap,
  heap: number,
): Uint8Array {
  const encoder = new TextEncoder();
  const nameBytes = encoder.encode(`${name}\0`);
  let type: Uint8Array;
  let shape: readonly number[] = [];
  let data: Uint8Array;
  if (typeof value === "string") {
    const bytes = encoder.encode(value);
    type = encodeTextsType();
    data = new Emitter().u32(bytes.length).u64(heap).u32(texts.add(bytes)).done();
  } else if (typeof value === "number") {
    const isWhole = Number.isSafeInteger(value);
    type = encodeDType(isWhole ? "int64" : "float64");
    data = new Uint8Array(isWhole ? BigInt64Array.of(BigInt(value)).buffer : Float64Array.of(value).buffer);
  } else {
    const all = value.map((text) => encoder.encode(text));
    const width = all.reduce((largest, bytes) => Math.max(largest, bytes.length), 1);
    type = encodeTextType(width);
    shape = [all.length];
    const emitter = new Emitter();
    for (const bytes of all) emitter.raw(bytes).zeros(width - bytes.length);
    data = emitter.done();
  }
  const space = encodeShape(shape);
  const body = new Emitter().u8(1, 0).u16(nameBytes.length, type.length, space.length);
  for (const part of [nameBytes, type, space, data]) body.raw(part).align();
  if (body.length > largestMessage) {
    throw new LamellaError("unsupported", {
      where: owner,
      problem: `The attribute '${name}' is too long for an HDF5 file.`,
      expected: `at most ${largestMessage} bytes`,
      received: `${body.length}`,
    });
  }
  return body.done();
}
