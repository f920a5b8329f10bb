import { LamellaError } from "@lamella/ir";
import { Zip, ZipPassThrough } from "fflate";

/** A member of an archive: its name, and its bytes in pieces. */
export type WrittenMember = readonly [name: string, pieces: readonly Uint8Array[]];

const largest = 2 ** 32 - 2 ** 20;

/**
 * A zip archive whose members are stored as they are, as Keras writes them, in pieces.
 *
 * @throws LamellaError `unsupported` for more than 4 GB
 */
export function writeZip(members: readonly WrittenMember[]): Uint8Array[] {
  const size = members.flatMap(([, pieces]) => pieces).reduce((sum, { length }) => sum + length, 0);
  if (size > largest) {
    throw new LamellaError("unsupported", {
      problem: "The model is too large for an archive.",
      expected: `at most ${largest} bytes`,
      received: `${size}`,
      hint: "Write its weights alone, to a .weights.h5 file.",
    });
  }
  const written: Uint8Array[] = [];
  const zip = new Zip((error, piece) => {
    if (error !== null) throw error;
    written.push(piece);
  });
  for (const [name, pieces] of members) {
    const member = new ZipPassThrough(name);
    zip.add(member);
    for (const piece of pieces) member.push(piece);
    member.push(new Uint8Array(), true);
  }
  zip.end();
  return written;
}
