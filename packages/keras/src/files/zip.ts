import { LamellaError } from "@lamella/ir";
import { inflateSync } from "fflate";

import { type ByteSource, partOf, sourceOf } from "./byte-source.ts";
import { crc32 } from "./crc32.ts";
import { checkGrowth } from "./limits.ts";
import type { Members } from "./members.ts";

interface Member {
  readonly method: number;
  readonly crc: number;
  readonly stored: number;
  readonly size: number;
  readonly at: number;
}

const tailSignature = 0x06054b50;
const wideTailSignature = 0x06064b50;
const memberSignature = 0x02014b50;
const localSignature = 0x04034b50;

/** No more members than this: a model has a handful, and one for each vocabulary. */
const mostMembers = 65_536;

/** The members of an archive, which knows all of them. */
export interface Archive extends Members {
  /** In the order of the directory. */
  readonly names: readonly string[];
}

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * Reads the directory of a zip archive, with zip64's large sizes. Members that are stored as they are and opened as a source
 * stay where they are; all others are checked against their checksums.
 *
 * @throws LamellaError `format` for a damaged archive, members that overlap, names that lead out of the archive, and members
 *   that would take far more memory than the file; `unsupported` for encrypted ones and for packing other than DEFLATE
 */
export function openZip(source: ByteSource): Archive {
  const members = readDirectory(source);
  const find = (name: string): Member => {
    const member = members.get(name);
    if (member !== undefined) return member;
    throw damaged(`The archive has no '${name}'.`, name, [...members.keys()].slice(0, 8).join(", "));
  };
  const raw = (member: Member): ByteSource => {
    const local = view(source, member.at, 30);
    if (local.getUint32(0, true) !== localSignature) throw damaged("A member is not where it should be.");
    return partOf(source, member.at + 30 + local.getUint16(26, true) + local.getUint16(28, true), member.stored);
  };
  const read = (name: string): Uint8Array => {
    const member = find(name);
    const stored = raw(member).read(0, member.stored);
    const bytes = member.method === 0 ? stored : inflated(name, stored, member.size);
    if (crc32(bytes) === member.crc) return bytes;
    throw damaged(`'${name}' is damaged: its checksum is wrong.`);
  };
  return {
    names: [...members.keys()],
    has: (name) => members.has(name),
    open: (name) => (find(name).method === 0 ? raw(find(name)) : sourceOf(read(name))),
    read,
  };
}

function view(source: ByteSource, at: number, length: number): DataView {
  const bytes = source.read(at, length);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Where the directory is said to be, at the end of the file: behind it comes a comment at most. */
function readTail(source: ByteSource): { readonly at: number; readonly size: number; readonly count: number } {
  const length = Math.min(source.size, 22 + 65_535);
  const from = source.size - length;
  const tail = view(source, from, length);
  let end = length - 22;
  while (end >= 0 && tail.getUint32(end, true) !== tailSignature) end -= 1;
  if (end < 0) throw damaged("The archive has no directory: it is cut off.", "a whole zip archive");
  const [count, size, at] = [
    tail.getUint16(end + 10, true),
    tail.getUint32(end + 12, true),
    tail.getUint32(end + 16, true),
  ];
  if (count !== 0xffff && size !== 0xffffffff && at !== 0xffffffff) return { at, size, count };
  if (end < 20) throw damaged("The archive lacks the place of its directory.");
  const wide = view(source, big(tail, end - 20 + 8), 56);
  if (wide.getUint32(0, true) !== wideTailSignature) throw damaged("The archive lacks the place of its directory.");
  return { count: big(wide, 32), size: big(wide, 40), at: big(wide, 48) };
}

/** Numbers above 2^53 fit no file and are refused where they are used. */
function big(from: DataView, at: number): number {
  return Number(from.getBigUint64(at, true));
}

function readDirectory(source: ByteSource): Map<string, Member> {
  const tail = readTail(source);
  if (tail.count > mostMembers) throw damaged("It has too many members.", `at most ${mostMembers}`, `${tail.count}`);
  const directory = view(source, tail.at, tail.size);
  const members = new Map<string, Member>();
  const folded = new Set<string>();
  let at = 0;
  let total = 0;
  for (let i = 0; i < tail.count; i++) {
    if (at + 46 > tail.size || directory.getUint32(at, true) !== memberSignature)
      throw damaged("Its directory is damaged.");
    const [nameLength, extraLength] = [directory.getUint16(at + 28, true), directory.getUint16(at + 30, true)];
    const next = at + 46 + nameLength + extraLength + directory.getUint16(at + 32, true);
    if (next > tail.size) throw damaged("Its directory is damaged.");
    const name = new TextDecoder().decode(source.read(tail.at + at + 46, nameLength));
    const extra = new DataView(directory.buffer, directory.byteOffset + at + 46 + nameLength, extraLength);
    const isEncrypted = (directory.getUint16(at + 8, true) & 1) !== 0;
    const member = {
      ...sizesOf(directory, at, extra),
      method: directory.getUint16(at + 10, true),
      crc: directory.getUint32(at + 16, true),
    };
    checkName(name);
    if (folded.has(name)) throw damaged(`It has two members '${name}'.`);
    folded.add(name);
    checkPacking(name, member, isEncrypted);
    total += member.size;
    checkGrowth(`'${name}'`, source.size, total);
    if (!name.endsWith("/")) members.set(name, member);
    at = next;
  }
  return members;
}

function sizesOf(directory: DataView, at: number, extra: DataView): Pick<Member, "stored" | "size" | "at"> {
  const sizes = {
    size: directory.getUint32(at + 24, true),
    stored: directory.getUint32(at + 20, true),
    at: directory.getUint32(at + 42, true),
  };
  for (let from = 0; from + 4 <= extra.byteLength;) {
    const [kind, length] = [extra.getUint16(from, true), extra.getUint16(from + 2, true)];
    const end = from + 4 + length;
    if (kind === 1 && end <= extra.byteLength) {
      let place = from + 4;
      for (const field of ["size", "stored", "at"] as const) {
        if (sizes[field] !== 0xffffffff || place + 8 > end) continue;
        sizes[field] = big(extra, place);
        place += 8;
      }
    }
    from = end;
  }
  return sizes;
}

function checkName(name: string): void {
  const parts = name.split("/");
  const leaves = parts.includes("..") || name.startsWith("/") || name.includes("\\") || /^[a-z]:/i.test(name);
  if (leaves || name === "" || name.includes("\0")) {
    throw damaged("A member has a name that leads out of the archive.", "names within it", JSON.stringify(name));
  }
}

function checkPacking(
  name: string,
  { method, stored, size }: Pick<Member, "method" | "stored" | "size">,
  encrypted: boolean,
): void {
  if (encrypted || (method !== 0 && method !== 8)) {
    throw new LamellaError("unsupported", {
      problem: `'${name}' in the archive is ${encrypted ? "encrypted" : "packed in a way that is not read here"}.`,
      expected: "members that are stored or deflated",
      received: encrypted ? "an encrypted one" : `method ${method}`,
    });
  }
  if (method === 0 && stored !== size) throw damaged(`'${name}' has two sizes.`, `${size}`, `${stored}`);
}

function inflated(name: string, stored: Uint8Array, size: number): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = inflateSync(stored, { out: new Uint8Array(size) });
  } catch (cause) {
    throw damaged(`'${name}' cannot be inflated: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
  if (bytes.length === size) return bytes;
  throw damaged(`'${name}' has another size than the directory says.`, `${size} bytes`, `${bytes.length}`);
}

function damaged(problem: string, expected?: string, received?: string): LamellaError {
  return new LamellaError("format", { problem: `The zip archive cannot be read. ${problem}`, expected, received });
}
