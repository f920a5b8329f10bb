import { inputLayer, type JsonObject, type JsonValue, type Shape, type SymbolicTensor } from "@lamella/ir";

/** A shape as Keras writes it: null where a size is unknown. */
export function writeShape(shape: Shape): JsonValue {
  return shape.map((dim) => (typeof dim === "number" ? dim : null));
}

/** The object of an input layer. */
export function inputObject({ shape, dtype, name }: SymbolicTensor): JsonObject {
  return {
    module: "keras.layers",
    class_name: inputLayer.definition.type,
    config: { batch_shape: writeShape(shape), dtype, sparse: false, ragged: false, name, optional: false },
    registered_name: null,
  };
}
