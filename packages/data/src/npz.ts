import { LamellaError, type Tensor, unknownName } from "@lamella/ir";
import { unzipSync } from "fflate";

import type { Dataset } from "./dataset.ts";
import { bytesOf } from "./files.ts";
import { fromArrays } from "./from-memory.ts";
import { decodeNpy, readNpy } from "./npy.ts";

/**
 * The arrays of an .npz file, in Node, or of its bytes, by their names.
 *
 * @param names the arrays to read. Default: all
 * @throws LamellaError `unavailable` for a file that cannot be read, `format` for a broken one, `name` for arrays that are not there
 */
export async function readNpz<const Names extends string>(
  source: string | Uint8Array,
  names?: readonly Names[],
): Promise<Record<Names, Tensor>> {
  const where = typeof source === "string" ? source : "npz";
  const bytes = await bytesOf(source);
  const wanted = names?.map((name) => `${name}.npy`);
  const found: string[] = [];
  let files: Readonly<Record<string, Uint8Array>>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name }) => {
        if (!name.endsWith(".npy")) return false;
        found.push(name.slice(0, -4));
        return wanted === undefined || wanted.includes(name);
      },
    });
  } catch (cause) {
    throw new LamellaError("format", {
      where,
      problem: `This is no intact .npz file: ${cause instanceof Error ? cause.message : String(cause)}.`,
      expected: "a zip archive as numpy.savez writes it",
      cause,
    });
  }
  for (const name of names ?? []) if (!found.includes(name)) throw unknownName("array", name, found, where);
  const order = names ?? found;
  return Object.fromEntries(
    order.map((name) => [name, decodeNpy(files[`${name}.npy`]!, `${where}, array '${name}'`)]),
  ) as Record<Names, Tensor>;
}

/** The rows of the array of a .npy file. */
export async function npy(source: string | Uint8Array): Promise<Dataset<Tensor>> {
  return fromArrays(await readNpy(source));
}

/** The rows of arrays of an .npz file: tuples in the order of the names, `npz("mnist.npz", ["x_train", "y_train"])`. */
export async function npz<const Names extends readonly string[]>(
  source: string | Uint8Array,
  names: Names,
): Promise<Dataset<{ -readonly [K in keyof Names]: Tensor }>> {
  const arrays: Readonly<Record<string, Tensor>> = await readNpz(source, names);
  const tuple: readonly Tensor[] = names.map((name) => arrays[name]!);
  return fromArrays(tuple) as Dataset<unknown> as Dataset<{ -readonly [K in keyof Names]: Tensor }>;
}
