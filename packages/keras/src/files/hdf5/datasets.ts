import { readChunks } from "./chunks.ts";
import { Cursor, damaged, notUnderstood, type Space } from "./cursor.ts";
import { type Datatype, readDataspace, readDatatype } from "./datatype.ts";
import { bodies, type Message, messageTypes } from "./object-header.ts";

/** A block of elements in the file. */
export interface Dataset {
  readonly type: Datatype;
  readonly shape: readonly number[];
  /** Bytes of all elements. */
  readonly size: number;
  /** The bytes of all elements, row-major, in memory of their own. */
  read(): Uint8Array<ArrayBuffer>;
}

/**
 * @returns undefined for what is no dataset, or one without elements (`h5py.Empty`)
 * @throws LamellaError `format` for datasets that lie in other files
 */
export function readDataset(space: Space, messages: readonly Message[]): Dataset | undefined {
  const [typeBody] = bodies(space, messages, messageTypes.datatype);
  const [spaceBody] = bodies(space, messages, messageTypes.dataspace);
  const [layout] = bodies(space, messages, messageTypes.layout);
  if (typeBody === undefined || spaceBody === undefined || layout === undefined) return undefined;
  if (messages.some(({ type }) => type === messageTypes.externalFiles)) {
    throw damaged("The data of an array lie in another file.", "arrays in the file itself", "external storage");
  }
  const type = readDatatype(new Cursor(typeBody, space));
  const shape = readDataspace(new Cursor(spaceBody, space));
  if (shape === undefined) return undefined;
  const [filters] = bodies(space, messages, messageTypes.filters);
  const size = shape.reduce((product, length) => product * length, type.bytes);
  return { type, shape, size, read: () => readLayout(space, layout, { type, shape, size, filters }) };
}

export interface Extent {
  readonly type: Datatype;
  readonly shape: readonly number[];
  /** Bytes of all elements. */
  readonly size: number;
  readonly filters: Uint8Array | undefined;
}

function readLayout(space: Space, body: Uint8Array, extent: Extent): Uint8Array<ArrayBuffer> {
  const cursor = new Cursor(body, space);
  const version = cursor.version("data layout", 1, 2, 3, 4);
  if (version < 3) return readOldLayout(space, cursor, extent);
  const kind = cursor.u8();
  switch (kind) {
    case 0:
      return filled(cursor.take(cursor.u16()), extent.size);
    case 1:
      return contiguous(space, cursor.address(), extent.size);
    case 2:
      return version === 3 ? readChunks(space, cursor, extent) : newChunks(space, cursor, extent);
    case 3:
      throw damaged("An array is made of parts of other arrays.", "arrays with data of their own", "a virtual dataset");
    default:
      throw damaged("The layout of an array is not known.", "0 to 2", `${kind}`);
  }
}

function readOldLayout(space: Space, cursor: Cursor, extent: Extent): Uint8Array<ArrayBuffer> {
  const rank = cursor.u8();
  const kind = cursor.u8();
  cursor.skip(5);
  if (kind > 1) throw notUnderstood("chunks of the first HDF5 version");
  const address = kind === 0 ? undefined : cursor.address();
  cursor.skip(rank * 4);
  return kind === 0 ? filled(cursor.take(cursor.u32()), extent.size) : contiguous(space, address, extent.size);
}

/** An address that is not set stands for elements that were never written: zeros. */
function contiguous(space: Space, address: number | undefined, size: number): Uint8Array<ArrayBuffer> {
  return address === undefined ? new Uint8Array(size) : space.source.copy(address, size);
}

function filled(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  if (bytes.length < size) throw damaged("An array lacks elements.", `${size} bytes`, `${bytes.length}`);
  return bytes.slice(0, size);
}

/** Newer files index chunks in five ways; one chunk for all is what small arrays come to. */
function newChunks(space: Space, cursor: Cursor, extent: Extent): Uint8Array<ArrayBuffer> {
  const flags = cursor.u8();
  const rank = cursor.u8();
  const width = cursor.u8();
  for (let i = 0; i < rank; i++) cursor.uint(width);
  const isSingle = cursor.u8() === 1;
  if (!isSingle || (flags & 2) !== 0) throw notUnderstood("chunks as HDF5 1.10 and later index them");
  return contiguous(space, cursor.address(), extent.size);
}
