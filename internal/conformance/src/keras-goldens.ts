import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import type { JsonObject } from "@lamella/ir";
import { type ArraySource, arraysOf, type KerasObject } from "@lamella/keras";

import { decodeTensor, type GoldenTensor } from "./golden.ts";

type Arrays = Readonly<Record<string, GoldenTensor>>;

/** How Keras serializes models: see internal/keras-golden/lamella_golden/configs.py. */
interface KerasGoldens {
  readonly cases: readonly {
    readonly id: string;
    readonly config: KerasObject;
    readonly weights: readonly (readonly [path: string, shape: readonly number[]])[];
  }[];
  readonly models: readonly {
    readonly name: string;
    readonly config: KerasObject;
    readonly weights: Arrays;
    readonly inputs: readonly GoldenTensor[];
    readonly outputs: readonly GoldenTensor[];
    /** The paths of the weights that training does not change. */
    readonly frozen: readonly string[];
  }[];
  /** Each with Keras's defaults. */
  readonly objects: Readonly<Record<"optimizers" | "schedules" | "losses" | "metrics", readonly JsonObject[]>>;
  readonly compiled: readonly {
    readonly config: KerasObject;
    readonly weights: Arrays;
    /** The names of the optimizer's variables in the order of the file. */
    readonly variables: readonly string[];
  }[];
}

const packed = readFileSync(new URL("../goldens/configs.json.gz", import.meta.url));
export const kerasGoldens = JSON.parse(gunzipSync(packed).toString("utf8")) as KerasGoldens;

/** Arrays of a golden as those of a file. */
export function sourceOf(arrays: Arrays): ArraySource {
  return arraysOf(new Map(Object.entries(arrays).map(([path, stored]) => [path, decodeTensor(stored)])));
}
