import { ByteBuffer } from "flatbuffers";

/** Longer texts are left to a TextDecoder, which takes longer to call than to decode. */
const longest = 64;

/** A ByteBuffer that reads numbers as a whole, and gives short ASCII texts as strings, all others as their bytes, whatever is asked for. */
export class FlatBytes extends ByteBuffer {
  private readonly view: DataView;
  private readonly all: Uint8Array;

  constructor(bytes: Uint8Array) {
    super(bytes);
    this.all = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  override readInt16(offset: number): number {
    return this.view.getInt16(offset, true);
  }
  override readUint16(offset: number): number {
    return this.view.getUint16(offset, true);
  }
  override readInt32(offset: number): number {
    return this.view.getInt32(offset, true);
  }
  override readUint32(offset: number): number {
    return this.view.getUint32(offset, true);
  }
  override readInt64(offset: number): bigint {
    return this.view.getBigInt64(offset, true);
  }
  override readUint64(offset: number): bigint {
    return this.view.getBigUint64(offset, true);
  }
  override readFloat64(offset: number): number {
    return this.view.getFloat64(offset, true);
  }

  override __offset(table: number, slot: number): number {
    const vtable = table - this.view.getInt32(table, true);
    return slot < this.view.getInt16(vtable, true) ? this.view.getInt16(vtable + slot, true) : 0;
  }

  override __string(offset: number): string | Uint8Array {
    const start = offset + this.view.getInt32(offset, true) + 4;
    const end = start + this.view.getInt32(start - 4, true);
    if (end - start <= longest) {
      let at = start;
      while (at < end && this.all[at]! < 128) at++;
      if (at === end) return String.fromCharCode.apply(undefined, this.all.subarray(start, end) as never);
    }
    return this.all.subarray(start, end);
  }
}
