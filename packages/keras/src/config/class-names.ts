import { type AnyLayer, catalogue } from "@lamella/ir";

import type { KerasObject } from "../contents.ts";

/** Where Keras finds a class. */
interface ClassName {
  readonly module: string;
  readonly name: string;
  /** Only classes outside Keras's public names have one. */
  readonly registered?: string;
}

/** Layer types that Keras does not find as `keras.layers.<type>`. */
const elsewhere: Readonly<Record<string, ClassName>> = {
  ConvLSTMCell: {
    module: "keras.src.layers.rnn.conv_lstm",
    name: "ConvLSTMCell",
    registered: "ConvLSTMCell",
  },
  Functional: { module: "keras.src.models.functional", name: "Functional", registered: "Functional" },
  GroupedQueryAttention: { module: "keras.layers", name: "GroupQueryAttention" },
  LayerScale: { module: "keras.src.applications.convnext", name: "LayerScale", registered: "LayerScale" },
  Sequential: { module: "keras", name: "Sequential" },
};

/** What files call the types besides. `Model` is what Keras 2 calls functional models. */
const aliases: Readonly<Record<string, string>> = {
  GroupQueryAttention: "GroupedQueryAttention",
  Model: "Functional",
};

/** What lamella may call the type of a Keras object: by the name it is registered under first, then by that of its class. */
export function typeNames({ class_name: name, registered_name: registered }: KerasObject): readonly string[] {
  const own = aliases[name] ?? name;
  return typeof registered === "string" && registered !== own ? [registered, own] : [own];
}

const known: ReadonlySet<string> = new Set(catalogue.map(({ definition }) => definition.type));

/** Whether a layer is of a type that a user defined. */
export function isOwnLayer({ type, modelType }: AnyLayer): boolean {
  return modelType === undefined && !known.has(type);
}

/** How Keras names the class of a layer; layers of a user's own are registered in Keras under the name of their type. */
export function classNameOf(layer: AnyLayer): Omit<KerasObject, "config"> {
  const { type } = layer;
  if (isOwnLayer(layer)) {
    const name = type.slice(type.lastIndexOf(">") + 1);
    return { module: null, class_name: name, registered_name: type };
  }
  const { module, name, registered = null } = elsewhere[type] ?? { module: "keras.layers", name: type };
  return { module, class_name: name, registered_name: registered };
}
