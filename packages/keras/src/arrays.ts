import type { Tensor } from "@lamella/ir";

import type { ArraySource } from "./contents.ts";

/** Arrays that are in memory already. */
export function arraysOf(tensors: ReadonlyMap<string, Tensor>): ArraySource {
  const at = (path: string) => tensors.get(path)!;
  return {
    paths: [...tensors.keys()],
    type(path) {
      const { shape, dtype } = at(path);
      return { shape, dtype };
    },
    read: at,
  };
}
