import { isStoredNumber, numberType, type NumberType, type StoredNumber } from "../numbers.ts";
import { type Cursor, damaged } from "./cursor.ts";

/** An element type of HDF5. `bytes` is what one element takes in the file. */
export type Datatype = { readonly bytes: number } & (
  | ({ readonly kind: "number" } & NumberType)
  | { readonly kind: "text" }
  | { readonly kind: "texts" } // variable length, in a global heap
  | { readonly kind: "opaque" }
  | { readonly kind: "other"; readonly what: string }
);

const otherClasses: Readonly<Record<number, string>> = {
  2: "a time",
  4: "a bit field",
  6: "a compound",
  7: "a reference",
  9: "a list of variable length",
  10: "an array",
};

function numbers(stored: StoredNumber, littleEndian: boolean): Datatype {
  return { kind: "number", ...numberType(stored, littleEndian) };
}

/** Reads a datatype message. */
export function readDatatype(cursor: Cursor): Datatype {
  const first = cursor.u8();
  const kind = first & 15;
  const flags = cursor.uint(3);
  const bytes = cursor.u32();
  if (bytes === 0) throw damaged("A datatype has no size.", "at least 1 byte", "0");
  const littleEndian = (flags & 1) === 0;
  switch (kind) {
    case 0: {
      const stored = `${(flags & 8) === 0 ? "u" : "i"}${bytes}`;
      return isStoredNumber(stored) ? numbers(stored, littleEndian) : { kind: "other", bytes, what: `a ${stored}` };
    }
    case 1: {
      cursor.skip(5);
      const exponent = cursor.u8();
      const stored = bytes === 2 && exponent === 8 ? "bf2" : `f${bytes}`;
      const isOdd = (flags & 64) !== 0 || !isStoredNumber(stored);
      return isOdd ? { kind: "other", bytes, what: `a ${stored}` } : numbers(stored, littleEndian);
    }
    case 3:
      return { kind: "text", bytes };
    case 5:
      return { kind: "opaque", bytes };
    case 8: {
      const base = readDatatype(cursor);
      const isBoolean = base.kind === "number" && base.stored === "i1" && (flags & 0xffff) === 2;
      return isBoolean ? numbers("b1", true) : { kind: "other", bytes, what: "an enumeration" };
    }
    case 9:
      if ((flags & 15) === 1) return { kind: "texts", bytes };
      break;
    default:
  }
  return { kind: "other", bytes, what: otherClasses[kind] ?? `class ${kind}` };
}

/** The shape of a dataspace message; undefined where it holds nothing at all. */
export function readDataspace(cursor: Cursor): readonly number[] | undefined {
  const version = cursor.version("dataspace", 1, 2);
  const rank = cursor.u8();
  const flags = cursor.u8();
  if (rank > 32) throw damaged("A dataspace has too many dimensions.", "at most 32", `${rank}`);
  if (version === 1) cursor.skip(5);
  else if (cursor.u8() === 2) return undefined;
  const shape = Array.from({ length: rank }, () => cursor.length());
  if ((flags & 1) !== 0) for (let i = 0; i < rank; i++) cursor.length();
  return shape;
}
