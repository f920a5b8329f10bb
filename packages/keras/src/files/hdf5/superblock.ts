import { LamellaError } from "@lamella/ir";

import { type ByteSource, partOf } from "../byte-source.ts";
import { Cursor, damaged, type Space } from "./cursor.ts";

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

export function isHdf5(bytes: Uint8Array): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}

/** Where the file begins: at 0, or behind a block for others, whose size is a power of two from 512 on. */
function start(source: ByteSource): number {
  for (let at = 0; at + 8 <= source.size; at = at === 0 ? 512 : at * 2) if (isHdf5(source.read(at, 8))) return at;
  throw new LamellaError("format", {
    problem: "This is no HDF5 file.",
    expected: "the bytes \\x89HDF\\r\\n\\x1a\\n at its start",
  });
}

/** Opens the file's address space. @returns it, and the address of the root group's header */
export function readSuperblock(source: ByteSource): { readonly space: Space; readonly root: number } {
  const from = start(source);
  const head = source.read(from, Math.min(160, source.size - from));
  const version = head[8]!;
  const isOld = version <= 1;
  if (version > 3) throw damaged("The superblock has an unknown version.", "0 to 3", `${version}`);
  const offsetSize = head[isOld ? 13 : 9] ?? 0;
  const lengthSize = head[isOld ? 14 : 10] ?? 0;
  for (const size of [offsetSize, lengthSize]) {
    if (![2, 4, 8].includes(size))
      throw damaged("The superblock has addresses of an odd size.", "2, 4 or 8", `${size}`);
  }
  const cursor = new Cursor(head, spaceOf(source, offsetSize, lengthSize));
  cursor.skip(isOld ? (version === 0 ? 24 : 28) : 12);
  const base = cursor.address() ?? 0;
  cursor.skip(offsetSize);
  const end = cursor.address() ?? 0;
  cursor.skip(isOld ? offsetSize * 2 : 0);
  const root = cursor.address();
  if (end > source.size) {
    throw new LamellaError("format", {
      problem: "The HDF5 file is cut off.",
      expected: `${end} bytes`,
      received: `${source.size}`,
      hint: "Copy or download it again.",
    });
  }
  if (root === undefined) throw damaged("There is no root group.", "its address", "none");
  return { space: spaceOf(partOf(source, base, source.size - base), offsetSize, lengthSize), root };
}

function spaceOf(source: ByteSource, offsetSize: number, lengthSize: number): Space {
  return { source, offsetSize, lengthSize, spent: 0, texts: new Map() };
}
