/** Writes little-endian fields one after another into a buffer that grows. */
export class Emitter {
  private bytes: Uint8Array = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private at = 0;
  length = 0;

  /** Makes room at the end; `at` is where it begins. */
  private room(length: number): DataView {
    this.at = this.length;
    this.length += length;
    if (this.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length));
      grown.set(this.bytes);
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return this.view;
  }

  u8(...values: readonly number[]): this {
    for (const value of values) this.room(1).setUint8(this.at, value);
    return this;
  }

  u16(...values: readonly number[]): this {
    for (const value of values) this.room(2).setUint16(this.at, value, true);
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) this.room(4).setUint32(this.at, value, true);
    return this;
  }

  /** Sizes and addresses; undefined is the address that is not set. */
  u64(...values: readonly (number | undefined)[]): this {
    for (const value of values) {
      this.room(8).setBigUint64(this.at, value === undefined ? 2n ** 64n - 1n : BigInt(value), true);
    }
    return this;
  }

  raw(bytes: Uint8Array | string): this {
    const part = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    this.room(part.length);
    this.bytes.set(part, this.at);
    return this;
  }

  zeros(count: number): this {
    this.room(Math.max(0, count));
    return this;
  }

  align(): this {
    return this.zeros((8 - (this.length % 8)) % 8);
  }

  done(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
