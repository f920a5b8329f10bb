import type { ByteSource } from "./byte-source.ts";

/** The files of an archive or a folder, by name: `config.json`, `assets/vocabulary.txt`. */
export interface Members {
  has(name: string): boolean;
  /** A file whose parts are read where they are needed. To be closed. */
  open(name: string): ByteSource;
  /** All bytes of a file. */
  read(name: string): Uint8Array;
}
