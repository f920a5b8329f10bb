import type { DType } from "@lamella/ir";

import { Emitter } from "./emitter.ts";

function integer(bytes: number, signed: boolean): Uint8Array {
  return new Emitter()
    .u8(0x10, signed ? 8 : 0, 0, 0)
    .u32(bytes)
    .u16(0, bytes * 8)
    .done();
}

/** @param exponent bits of the exponent */
function float(bytes: number, exponent: number): Uint8Array {
  const bits = bytes * 8;
  const mantissa = bits - 1 - exponent;
  return new Emitter()
    .u8(0x11, 0x20, bits - 1, 0)
    .u32(bytes)
    .u16(0, bits)
    .u8(mantissa, exponent, 0, mantissa)
    .u32(2 ** (exponent - 1) - 1)
    .done();
}

/** As h5py writes it: an enumeration of FALSE and TRUE in int8. */
function bool(): Uint8Array {
  return new Emitter().u8(0x18, 2, 0, 0).u32(1).raw(integer(1, true)).raw("FALSE\0\0\0TRUE\0\0\0\0").u8(0, 1).done();
}

const encodings: { readonly [D in DType]: () => Uint8Array } = {
  float16: () => float(2, 5),
  float32: () => float(4, 8),
  float64: () => float(8, 11),
  int32: () => integer(4, true),
  int64: () => integer(8, true),
  uint32: () => integer(4, false),
  uint8: () => integer(1, false),
  bool,
};

/** The body of a datatype message. */
export function encodeDType(dtype: DType): Uint8Array {
  return encodings[dtype]();
}

/** Texts of `bytes` bytes each, padded with zeros. */
export function encodeTextType(bytes: number): Uint8Array {
  return new Emitter().u8(0x13, 0x11, 0, 0).u32(bytes).done();
}

/** Texts of any length, which stand in a global heap. */
export function encodeTextsType(): Uint8Array {
  return new Emitter().u8(0x19, 1, 1, 0).u32(16).raw(integer(1, false)).done();
}

/** The body of a dataspace message; no sizes are a scalar. */
export function encodeShape(shape: readonly number[]): Uint8Array {
  return new Emitter()
    .u8(1, shape.length, 0, 0)
    .u32(0)
    .u64(...shape)
    .done();
}
