/** The types of WebAssembly's values that are used here. */
export type WasmType = "i32" | "v128";

const types = { i32: 0x7f, v128: 0x7b } as const;

/** Bytes of a number, and of a vector of four. */
export const word = 4;
export const vectorSize = 16;

/** Instructions without operands of their own; those from 0x100 on have the prefix of vectors. */
const plain = {
  "i32.lt_u": 0x49,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.and": 0x71,
  "i32x4.eq": 0x137,
  "f32x4.eq": 0x141,
  "f32x4.lt": 0x143,
  "f32x4.gt": 0x144,
  "f32x4.le": 0x145,
  "f32x4.ge": 0x146,
  "v128.not": 0x14d,
  "v128.and": 0x14e,
  "v128.andnot": 0x14f,
  "v128.or": 0x150,
  "v128.bitselect": 0x152,
  "f64x2.promote_low_f32x4": 0x15f,
  "i8x16.narrow_i16x8_s": 0x165,
  "i8x16.neg": 0x161,
  "i16x8.narrow_i32x4_s": 0x185,
  "i16x8.extend_low_i8x16_s": 0x187,
  "i32x4.neg": 0x1a1,
  "i32x4.extend_low_i16x8_s": 0x1a7,
  "i32x4.shl": 0x1ab,
  "f32x4.floor": 0x168,
  "f32x4.nearest": 0x16a,
  "f32x4.abs": 0x1e0,
  "f32x4.neg": 0x1e1,
  "f32x4.sqrt": 0x1e3,
  "f32x4.add": 0x1e4,
  "f32x4.sub": 0x1e5,
  "f32x4.mul": 0x1e6,
  "f32x4.div": 0x1e7,
  "f32x4.min": 0x1e8,
  "f32x4.max": 0x1e9,
  "f32x4.pmin": 0x1ea,
  "f32x4.pmax": 0x1eb,
  "f64x2.add": 0x1f0,
  "f32x4.relaxed_madd": 0x205,
} as const;

/** Instructions that read or write at an address. */
const memory = {
  "i32.load": 0x28,
  "i32.store": 0x36,
  "v128.load": 0x100,
  "v128.load8_splat": 0x107,
  "v128.load32_splat": 0x109,
  "v128.store": 0x10b,
  "v128.load32_zero": 0x15c,
} as const;

/** Instructions that write one lane of a vector at an address. */
const lane = {
  "v128.store8_lane": 0x158,
  "v128.store32_lane": 0x15a,
} as const;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...bytes, rest & 127];
    bytes.push((rest & 127) | 128);
  }
}

const vector = (items: readonly (readonly number[])[]) => [...unsigned(items.length), ...items.flat()];
const named = (name: string) => vector([...new TextEncoder().encode(name)].map((byte) => [byte]));
const section = (id: number, content: readonly number[]) => [id, ...unsigned(content.length), ...content];

function opcode(code: number): number[] {
  return code < 0x100 ? [code] : [0xfd, ...unsigned(code - 0x100)];
}

/** "\0asm", and the version. */
const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A local variable or a parameter. */
export type Local = number & { readonly local: unique symbol };

/** The body of a function that gives nothing, as it is written. */
export class Code {
  readonly parameters: readonly Local[];
  private readonly locals: WasmType[] = [];
  private readonly constants = new Map<string, { readonly local: Local; readonly value: number }>();
  private readonly bytes: number[] = [];

  constructor(parameters: number) {
    this.parameters = Array.from({ length: parameters }, (_, i) => i as Local);
  }

  local(type: WasmType = "i32"): Local {
    this.locals.push(type);
    return (this.parameters.length + this.locals.length - 1) as Local;
  }

  get(...locals: readonly Local[]): this {
    for (const local of locals) this.bytes.push(0x20, ...unsigned(local));
    return this;
  }

  set(local: Local): this {
    this.bytes.push(0x21, ...unsigned(local));
    return this;
  }

  constant(value: number): this {
    this.bytes.push(0x41, ...signed(value));
    return this;
  }

  /** A vector of the same float four times. It is made once: within a loop that would take longer than what it is for. */
  floats(value: number): this {
    const key = Object.is(value, -0) ? "-0" : String(value);
    const known = this.constants.get(key) ?? { local: this.local("v128"), value };
    this.constants.set(key, known);
    return this.get(known.local);
  }

  /** The upper halves of two vectors. */
  upperHalf(): this {
    const half = [8, 9, 10, 11, 12, 13, 14, 15];
    this.bytes.push(...opcode(0x10d), ...half, ...half.map((i) => i + 16));
    return this;
  }

  do(name: keyof typeof plain): this {
    this.bytes.push(...opcode(plain[name]));
    return this;
  }

  /** Reads or writes at the address on the stack plus an offset in bytes. */
  at(name: keyof typeof memory, offset = 0): this {
    this.bytes.push(...opcode(memory[name]), 0, ...unsigned(offset));
    return this;
  }

  /** Writes the first lane of a vector at the address on the stack. */
  atFirstLane(name: keyof typeof lane): this {
    this.bytes.push(...opcode(lane[name]), 0, 0, 0);
    return this;
  }

  /** Adds a number or a variable to a variable. */
  advance(local: Local, by: number | Local, kind: "constant" | "local" = "constant"): this {
    this.get(local);
    if (kind === "constant") this.constant(by);
    else this.get(by as Local);
    return this.do("i32.add").set(local);
  }

  /** Repeats work while an address or a count is below another. */
  whileBelow(local: Local, end: Local, work: () => void): this {
    this.bytes.push(0x02, 0x40, 0x03, 0x40);
    this.get(local, end).do("i32.lt_u");
    this.bytes.push(0x45, 0x0d, 1);
    work();
    this.bytes.push(0x0c, 0, 0x0b, 0x0b);
    return this;
  }

  /** One of two ways, by whether a variable is not 0. */
  choose(local: Local, then: () => void, otherwise: () => void): this {
    this.get(local);
    this.bytes.push(0x04, 0x40);
    then();
    this.bytes.push(0x05);
    otherwise();
    this.bytes.push(0x0b);
    return this;
  }

  finish(): number[] {
    const locals = vector(this.locals.map((type) => [1, types[type]]));
    const constants: number[] = [];
    for (const { local, value } of this.constants.values()) {
      const lanes = new Uint8Array(new Float32Array(4).fill(value).buffer);
      constants.push(...opcode(0x10c), ...lanes, 0x21, ...unsigned(local));
    }
    const body = [...locals, ...constants, ...this.bytes, 0x0b];
    return [...unsigned(body.length), ...body];
  }
}

/** A module that imports its memory as `host.memory` and exports functions of 32-bit integers by their numbers. */
export function assemble(codes: readonly Code[]): Uint8Array<ArrayBuffer> {
  const signatures = codes.map(({ parameters }) => [0x60, ...vector(parameters.map(() => [types.i32])), 0]);
  const exports = codes.map((_, i) => [...named(String(i)), 0, ...unsigned(i)]);
  return Uint8Array.from([
    ...header,
    ...section(1, vector(signatures)),
    ...section(2, vector([[...named("host"), ...named("memory"), 2, 0, 0]])),
    ...section(3, vector(codes.map((_, i) => unsigned(i)))),
    ...section(7, vector(exports)),
    ...section(10, vector(codes.map((code) => code.finish()))),
  ]);
}
