import { writeFile } from "node:fs/promises";

import { encodeNpy, encodeNpz } from "@lamella/data";
import { randomKey, randomUniform, sizeOf, type StaticShape, Tensor } from "@lamella/ir";

/** Numbers from -1 to 1 that the name decides. */
export function numbers(name: string, shape: StaticShape): Tensor<"float32"> {
  return new Tensor("float32", shape, randomUniform(randomKey(name), sizeOf(shape)));
}

export async function writeNpz(path: string, arrays: Readonly<Record<string, Tensor>>): Promise<void> {
  await writeFile(path, await encodeNpz(arrays));
}

export async function writeNpy(path: string, tensor: Tensor): Promise<void> {
  await writeFile(path, encodeNpy(tensor));
}
