import { LamellaError } from "@lamella/ir";

import { type Field, type ModelFields, type TableName, tables, type Text } from "./gen/field-tables.ts";
import { formatVersion, versionError } from "./header.ts";

const identifier = "LMLA";
const deepest = 256;
/**
 * Parts of a FlatBuffer may be used several times, so a small one can unfold to much more. What all its tables, vectors
 * and strings take when each is counted as often as it is used must stay below this many times its length.
 */
const largestUnfolding = 16;

/** Longer texts are left to a TextDecoder, which takes longer to call than to decode. */
const longestAscii = 64;

/**
 * Reads every part of a FlatBuffer that the schema knows, and proves on the way that it can be read: offsets are aligned
 * and within the buffer, required fields are there, and neither depth nor size of what it unfolds to is out of bounds. Fields
 * that a newer minor version added are skipped. What texts and numbers say is not checked.
 *
 * @param base the buffer's place in the file, for messages.
 * @throws LamellaError `format` where it breaks a rule, `version` when its major version is newer.
 */
export function readFlatBuffer(bytes: Uint8Array, base: number): ModelFields {
  return new Reader(bytes, base).read();
}

interface Table {
  readonly position: number;
  readonly size: number;
  readonly vtable: number;
  readonly vtableSize: number;
}

type Fields = Readonly<Record<string, unknown>>;

const scalars: Partial<Record<Field["element"], (view: DataView, at: number) => unknown>> = {
  bool: (view, at) => view.getUint8(at) !== 0,
  ubyte: (view, at) => view.getUint8(at),
  ushort: (view, at) => view.getUint16(at, true),
  uint: (view, at) => view.getUint32(at, true),
  long: (view, at) => view.getBigInt64(at, true),
  ulong: (view, at) => view.getBigUint64(at, true),
  double: (view, at) => view.getFloat64(at, true),
};

class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly base: number;
  private readonly path: (string | number)[] = [];
  private budget: number;

  constructor(bytes: Uint8Array, base: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.base = base;
    this.budget = bytes.length * largestUnfolding;
  }

  read(): ModelFields {
    if (this.view.byteLength < 8) this.fail(0, "The FlatBuffer is too short.");
    const found = String.fromCharCode(...[4, 5, 6, 7].map((at) => this.view.getUint8(at)));
    if (found !== identifier) this.fail(4, `The file identifier is ${JSON.stringify(found)}, not "${identifier}".`);
    const root = this.target(0);
    this.version(this.header(root));
    return this.table(root, "Model", 1);
  }

  private version(model: Table): void {
    const [major, minor] = [0, 1].map((slot) => {
      const offset = this.offset(model, slot);
      return offset === 0 ? 0 : this.view.getUint16(this.place(model, slot, offset, 2), true);
    }) as [number, number];
    if (major > formatVersion.major) throw versionError("format", `${major}.${minor}`, `${formatVersion.major}.x`);
    if (major < 1) this.fail(model.position, "The format version is missing.");
  }

  private table(position: number, name: TableName, depth: number): Fields {
    if (depth > deepest) this.fail(position, `Tables are nested more than ${deepest} deep.`);
    const table = this.header(position);
    this.spend(table.size, position);
    const fields = tables[name];
    const read: Record<string, unknown> = {};
    for (let slot = 0; slot < fields.length; slot++) {
      const field = fields[slot]!;
      const offset = this.offset(table, slot);
      if (offset === 0 && !field.required) continue;
      this.path.push(field.name);
      read[field.name] = this.member(table, slot, offset, field, depth);
      this.path.pop();
    }
    return read;
  }

  private header(position: number): Table {
    this.range(position, 4, 4);
    const vtable = position - this.view.getInt32(position, true);
    this.range(vtable, 4, 2);
    const vtableSize = this.view.getUint16(vtable, true);
    if (vtableSize < 4 || vtableSize % 2 !== 0) this.fail(vtable, `A vtable cannot have ${vtableSize} bytes.`);
    this.range(vtable, vtableSize, 2);
    const size = this.view.getUint16(vtable + 2, true);
    if (size < 4) this.fail(vtable + 2, `A table cannot have ${size} bytes.`);
    this.range(position, size, 4);
    return { position, size, vtable, vtableSize };
  }

  /** Where a field stands in its table, or 0 when the table does not have it. */
  private offset({ vtable, vtableSize }: Table, slot: number): number {
    const entry = 4 + 2 * slot;
    return entry + 2 > vtableSize ? 0 : this.view.getUint16(vtable + entry, true);
  }

  private place(table: Table, slot: number, offset: number, size: number): number {
    if (offset < 4 || offset + size > table.size) {
      this.fail(table.vtable + 4 + 2 * slot, "The field lies outside its table.");
    }
    this.range(table.position + offset, size, size);
    return table.position + offset;
  }

  private member(table: Table, slot: number, offset: number, field: Field, depth: number): unknown {
    if (offset === 0) this.fail(table.position, "The field is missing.");
    const { element, size, vector } = field;
    const at = this.place(table, slot, offset, vector ? 4 : size);
    return vector ? this.vector(this.target(at), field, depth) : this.element(at, element, depth);
  }

  /** What stands at a place, or where its offset points to. */
  private element(at: number, element: Field["element"], depth: number): unknown {
    if (element === "string") return this.string(this.target(at));
    const scalar = scalars[element];
    return scalar === undefined ? this.table(this.target(at), element as TableName, depth + 1) : scalar(this.view, at);
  }

  private vector(position: number, { element, size }: Field, depth: number): unknown[] {
    this.range(position, 4, 4);
    const count = this.view.getUint32(position, true);
    this.range(position + 4, count * size, size);
    this.spend(4 + count * size, position);
    const read: unknown[] = [];
    for (let i = 0; i < count; i++) {
      this.path.push(i);
      read.push(this.element(position + 4 + size * i, element, depth));
      this.path.pop();
    }
    return read;
  }

  private string(position: number): Text {
    this.range(position, 4, 4);
    const length = this.view.getUint32(position, true);
    this.range(position + 4, length + 1, 1);
    if (this.view.getUint8(position + 4 + length) !== 0) this.fail(position, "A string does not end with 0.");
    this.spend(4 + length, position);
    return this.text(position + 4, position + 4 + length);
  }

  private text(start: number, end: number): Text {
    const bytes = this.bytes.subarray(start, end);
    if (bytes.length > longestAscii) return bytes;
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i]! > 127) return bytes;
    }
    return String.fromCharCode.apply(undefined, bytes as never);
  }

  /** Where the offset at `at` points to. */
  private target(at: number): number {
    const offset = this.view.getUint32(at, true);
    if (offset === 0) this.fail(at, "An offset is 0.");
    return at + offset;
  }

  private range(position: number, length: number, alignment: number): void {
    if (position < 0 || position + length > this.view.byteLength) {
      this.fail(position, `${length} bytes here lie outside the FlatBuffer.`);
    }
    if (position % alignment !== 0) this.fail(position, `What stands here must be aligned to ${alignment} bytes.`);
  }

  private spend(bytes: number, position: number): void {
    this.budget -= bytes;
    if (this.budget < 0) this.fail(position, "The FlatBuffer unfolds to many times its size.");
  }

  private fail(position: number, problem: string): never {
    const steps = this.path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`));
    const where = `model${steps.join("")} (byte ${this.base + position})`;
    throw new LamellaError("format", { where, problem });
  }
}
