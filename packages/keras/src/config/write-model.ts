import type { AnyModel, JsonObject } from "@lamella/ir";

import { FunctionalWriter } from "./write-functional.ts";
import { inputObject, writeShape } from "./write-input.ts";
import type { LayerWriter } from "./write-layer.ts";

/** A stack: its input, then its layers. */
function writeSequential(writer: LayerWriter, model: AnyModel): JsonObject {
  const [input] = model.inputs;
  return {
    ...writer.common(model),
    layers: [inputObject(input!), ...model.layers.map((layer) => writer.layer(layer))],
    build_input_shape: writeShape(input!.shape),
  };
}

/** The configuration of a model: of a stack its layers, of any other their calls, too. */
export function writeModel(writer: LayerWriter, model: AnyModel): JsonObject {
  return model.type === "Sequential" ? writeSequential(writer, model) : new FunctionalWriter(writer, model).config();
}
