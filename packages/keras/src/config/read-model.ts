import type { AnyLayer, ModelType } from "@lamella/ir";

import type { KerasObject } from "../contents.ts";
import { FunctionalReader } from "./read-functional.ts";
import type { LayerReader } from "./read-layer.ts";
import { readSequential } from "./read-sequential.ts";

/** A model of any kind from its serialized form: a stack has no `input_layers`. */
export function readModel(reader: LayerReader, object: KerasObject, type: ModelType): AnyLayer {
  return "output_layers" in object.config
    ? new FunctionalReader(reader, object, type).model()
    : readSequential(reader, object, type);
}
