import type { AnyLayer, AnyModel } from "@lamella/ir";

import { isKerasObject } from "../config/keras-object.ts";
import type { KerasObject } from "../contents.ts";
import type { Order } from "./structure.ts";

/**
 * The order that a file has the layers of a model in, and of models within it. That of the model is another where layers became
 * several, since layers stand by how far they are from the outputs.
 */
export function orderIn(object: KerasObject, model: AnyModel): Order {
  const places = new Map<AnyModel, ReadonlyMap<string, number>>();
  const enter = ({ config }: KerasObject, made: AnyModel): void => {
    const { layers } = config;
    if (places.has(made) || !Array.isArray(layers)) return;
    const listed = layers.filter(isKerasObject);
    const names = listed.map(({ config: { name } }) => (typeof name === "string" ? name : ""));
    places.set(made, new Map(names.map((name, i) => [name, i])));
    const byName = new Map(made.layers.map((layer) => [layer.name, layer]));
    for (const [i, layer] of listed.entries()) {
      const inner = byName.get(names[i]!);
      if (inner?.modelType !== undefined) enter(layer, inner as AnyModel);
    }
  };
  enter(object, model);
  const placeOf = (made: AnyModel, layer: AnyLayer) => places.get(made)?.get(layer.name) ?? 0;
  return (made) => made.layers.toSorted((a, b) => placeOf(made, a) - placeOf(made, b));
}
