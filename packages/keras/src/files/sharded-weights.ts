import { type JsonValue, LamellaError } from "@lamella/ir";

import type { ArraySource } from "../contents.ts";
import { isList, isObject, objectAt } from "../json.ts";
import { openHdf5 } from "./hdf5/hdf5-file.ts";
import type { Members } from "./members.ts";

/** Whether JSON is Keras 3's list of several files of weights: `model.save_weights("x.weights.json", max_shard_size=...)`. */
export function isShardedWeights(json: JsonValue): boolean {
  return isObject(json) && "weight_map" in json;
}

/**
 * The arrays of several files of weights, as if they were one.
 *
 * @param beside the files beside the list, in which those with the weights have to be
 */
export function shardedArrays(json: JsonValue, beside: Members | undefined): ArraySource {
  const { weight_map: map } = objectAt(json, "weights");
  const listed = Object.values(objectAt(map ?? null, "weight_map")).flatMap((names) =>
    isList(names) ? names : [names],
  );
  const names = [...new Set(listed)].map((name) => {
    if (typeof name === "string") return name;
    throw new LamellaError("format", {
      where: "weight_map",
      problem: "It does not list names of files.",
      expected: "texts",
    });
  });
  if (beside === undefined) {
    throw new LamellaError("unavailable", {
      problem: "The weights are in other files, and only their list was given.",
      expected: names.join(", "),
      hint: "Give the path of the list, with those files beside it.",
    });
  }
  const sources = new Map<string, ArraySource>();
  for (const name of names) {
    const { arrays } = openHdf5(beside.open(name));
    for (const path of arrays.paths) {
      if (sources.has(path))
        throw new LamellaError("format", { where: name, problem: `Another file has '${path}', too.` });
      sources.set(path, arrays);
    }
  }
  const sourceOf = (path: string): ArraySource => {
    const source = sources.get(path);
    if (source === undefined) throw new LamellaError("name", { where: path, problem: "The files have no such array." });
    return source;
  };
  return {
    paths: [...sources.keys()],
    type: (path) => sourceOf(path).type(path),
    read: (path) => sourceOf(path).read(path),
  };
}
