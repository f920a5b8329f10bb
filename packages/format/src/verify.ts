import { LamellaError } from "@lamella/ir";

import { type Field, type TableName, tables } from "./gen/field-tables.ts";
import { formatVersion, versionError } from "./header.ts";

const identifier = "LMLA";
const deepest = 256;
/**
 * Parts of a FlatBuffer may be used several times, so a small one can unfold to much more. What all its tables, vectors
 * and strings take when each is counted as often as it is used must stay below this many times its length.
 */
const largestUnfolding = 16;

/**
 * Proves that the generated accessors can read every part of a FlatBuffer that the schema knows: offsets are aligned and
 * within the buffer, required fields are there, and neither depth nor size of what it unfolds to is out of bounds. Fields
 * that a newer minor version added are skipped.
 *
 * @param base the buffer's place in the file, for messages.
 * @throws LamellaError `format` where it breaks a rule, `version` when its major version is newer.
 */
export function verifyFlatBuffer(bytes: Uint8Array, base: number): void {
  new Verifier(bytes, base).verify();
}

interface Table {
  readonly position: number;
  readonly size: number;
  readonly vtable: number;
  readonly vtableSize: number;
}

class Verifier {
  private readonly view: DataView;
  private readonly base: number;
  private readonly path: (string | number)[] = [];
  private budget: number;

  constructor(bytes: Uint8Array, base: number) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.base = base;
    this.budget = bytes.length * largestUnfolding;
  }

  verify(): void {
    if (this.view.byteLength < 8) this.fail(0, "The FlatBuffer is too short.");
    const found = String.fromCharCode(...[4, 5, 6, 7].map((at) => this.view.getUint8(at)));
    if (found !== identifier) this.fail(4, `The file identifier is ${JSON.stringify(found)}, not "${identifier}".`);
    const root = this.target(0);
    this.version(this.header(root));
    this.table(root, "Model", 1);
  }

  private version(model: Table): void {
    const [major, minor] = [0, 1].map((slot) => {
      const at = this.field(model, slot, 2);
      return at === undefined ? 0 : this.view.getUint16(at, true);
    }) as [number, number];
    if (major > formatVersion.major) throw versionError("format", `${major}.${minor}`, `${formatVersion.major}.x`);
    if (major < 1) this.fail(model.position, "The format version is missing.");
  }

  private table(position: number, name: TableName, depth: number): void {
    if (depth > deepest) this.fail(position, `Tables are nested more than ${deepest} deep.`);
    const table = this.header(position);
    this.spend(table.size, position);
    const fields = tables[name];
    for (let slot = 0; slot < fields.length; slot++) {
      const field = fields[slot]!;
      if (!field.required && !this.has(table, slot)) continue;
      this.path.push(field.name);
      this.member(table, slot, field, depth);
      this.path.pop();
    }
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

  /** Whether a table has a field of its own. */
  private has({ vtable, vtableSize }: Table, slot: number): boolean {
    const entry = 4 + 2 * slot;
    return entry + 2 <= vtableSize && this.view.getUint16(vtable + entry, true) !== 0;
  }

  /** Where a field stands, or undefined when the table does not have it. */
  private field(table: Table, slot: number, size: number): number | undefined {
    if (!this.has(table, slot)) return undefined;
    const entry = 4 + 2 * slot;
    const offset = this.view.getUint16(table.vtable + entry, true);
    if (offset < 4 || offset + size > table.size) this.fail(table.vtable + entry, "The field lies outside its table.");
    this.range(table.position + offset, size, size);
    return table.position + offset;
  }

  private member(table: Table, slot: number, field: Field, depth: number): void {
    const { element, vector, required } = field;
    const at = this.field(table, slot, typeof element === "number" && !vector ? element : 4);
    if (at === undefined) {
      if (required) this.fail(table.position, "The field is missing.");
    } else if (vector) this.vector(this.target(at), element, depth);
    else if (element === "string") this.string(this.target(at));
    else if (typeof element === "string") this.table(this.target(at), element, depth + 1);
  }

  private vector(position: number, element: Field["element"], depth: number): void {
    this.range(position, 4, 4);
    const count = this.view.getUint32(position, true);
    const size = typeof element === "number" ? element : 4;
    this.range(position + 4, count * size, size);
    this.spend(4 + count * size, position);
    if (typeof element === "number") return;
    for (let i = 0; i < count; i++) {
      this.path.push(i);
      const target = this.target(position + 4 + 4 * i);
      if (element === "string") this.string(target);
      else this.table(target, element, depth + 1);
      this.path.pop();
    }
  }

  private string(position: number): void {
    this.range(position, 4, 4);
    const length = this.view.getUint32(position, true);
    this.range(position + 4, length + 1, 1);
    if (this.view.getUint8(position + 4 + length) !== 0) this.fail(position, "A string does not end with 0.");
    this.spend(4 + length, position);
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
