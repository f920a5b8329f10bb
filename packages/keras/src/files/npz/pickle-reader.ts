import type { ByteSource } from "../byte-source.ts";
import type { PickleBytes } from "./pickle-values.ts";

const windowSize = 4096;

const newline = 0x0a;

/** Names of Python's modules and classes are shorter; what goes on is no name that is known. */
const longestLine = 1000;

const decoder = new TextDecoder();

/** Reads the fields of a pickle one after another. @throws LamellaError `format` where the source ends before them */
export class PickleReader {
  at: number;
  private readonly source: ByteSource;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private viewAt = 0;

  constructor(source: ByteSource, at: number) {
    this.source = source;
    this.at = at;
  }

  /** Moves over some bytes, and gives where they stand in a view of them. */
  private field(length: number): number {
    const from = this.at;
    if (from < this.viewAt || from + length > this.viewAt + this.view.byteLength) {
      const left = Math.max(length, this.source.size - from);
      const bytes = this.source.read(from, Math.min(left, windowSize));
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.viewAt = from;
    }
    this.at = from + length;
    return from - this.viewAt;
  }

  u8(): number {
    const from = this.field(1);
    return this.view.getUint8(from);
  }

  u16(): number {
    const from = this.field(2);
    return this.view.getUint16(from, true);
  }

  u32(): number {
    const from = this.field(4);
    return this.view.getUint32(from, true);
  }

  i32(): number {
    const from = this.field(4);
    return this.view.getInt32(from, true);
  }

  /** Numbers above 2^53 are too large for any file, and are refused where they are used. */
  u64(): number {
    const from = this.field(8);
    return Number(this.view.getBigUint64(from, true));
  }

  f64(): number {
    const from = this.field(8);
    return this.view.getFloat64(from);
  }

  /** A whole number of up to 8 bytes, two's complement. */
  long(length: number): bigint {
    const bytes = this.source.read(this.skip(length).at, length);
    const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    return BigInt.asIntN(length * 8, value);
  }

  /** Moves over bytes without reading them: what comes behind them tells whether they are there. */
  skip(length: number): PickleBytes {
    const at = this.at;
    this.at += length;
    return { kind: "bytes", at, length };
  }

  text(length: number): string {
    return decoder.decode(this.source.read(this.skip(length).at, length));
  }

  /** A text up to the end of the line. */
  line(): string {
    const bytes: number[] = [];
    for (let byte = this.u8(); byte !== newline && bytes.length < longestLine; byte = this.u8()) bytes.push(byte);
    return decoder.decode(Uint8Array.from(bytes));
  }
}
