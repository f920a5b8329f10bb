import {
  type AnyLayer,
  inputLayer,
  inputLike,
  type JsonValue,
  LamellaError,
  type ModelType,
  symbolicInput,
  SymbolicTensor,
} from "@lamella/ir";

import type { KerasObject } from "../contents.ts";
import { isObject } from "../json.ts";
import { isKerasObject } from "./keras-object.ts";
import { batchShapeOf, readInput } from "./read-input.ts";
import type { LayerReader } from "./read-layer.ts";

const isInput = ({ class_name: name }: KerasObject) => name === inputLayer.definition.type;

/** The input of a stack: what an input layer says, its first layer, the shape it was built with, or the model it begins with. */
function inputOf(
  reader: LayerReader,
  object: KerasObject,
  entries: readonly KerasObject[],
  layers: readonly AnyLayer[],
) {
  const [first] = entries;
  const input = entries.find(isInput);
  if (input !== undefined) {
    const { name } = input.config;
    return readInput(input.config, typeof name === "string" ? name : "input", reader.notes);
  }
  const dtype = first === undefined ? "float32" : (reader.definition(first)?.inputDType ?? "float32");
  const built = isObject(object.build_config) ? object.build_config["input_shape"] : undefined;
  const shapes: readonly (JsonValue | undefined)[] = [object.config["build_input_shape"], built];
  const declared = first === undefined ? undefined : batchShapeOf(first.config);
  const batchShape = declared ?? shapes.map((shape) => batchShapeOf({ batch_shape: shape ?? null })).find(Boolean);
  if (batchShape !== undefined) return symbolicInput({ batchShape, dtype });
  const inner = layers[0]?.innerGraph;
  const port = inner?.inputs[0];
  return port === undefined ? undefined : inputLike(inner!.values[port.value]!);
}

/** A stack of layers. @throws LamellaError `format`, `state`, `graph`, `shape` */
export function readSequential(reader: LayerReader, object: KerasObject, type: ModelType): AnyLayer {
  const options = reader.options(object);
  const where = options.name ?? object.class_name;
  const { layers: listed } = object.config;
  if (!Array.isArray(listed) || !listed.every(isKerasObject)) {
    throw new LamellaError("format", { where, problem: "The model does not list its layers." });
  }
  const layers = listed.filter((entry) => !isInput(entry)).map((entry) => reader.layer(entry));
  const input = inputOf(reader, object, listed, layers);
  if (input === undefined) {
    throw new LamellaError("state", {
      where,
      problem: "The model was saved before it had a shape.",
      hint: "Give it an input in Keras, or build it, before it is saved.",
    });
  }
  let top = input;
  for (const layer of layers) {
    if (!layer.built) layer.pathPrefix = where;
    const output: unknown = layer.call(top);
    if (!(output instanceof SymbolicTensor)) {
      throw new LamellaError("graph", {
        where,
        problem: `Layer '${layer.name}' gives several outputs, and a stack has no place for them.`,
      });
    }
    top = output;
  }
  return type.restore({ inputs: [input], outputs: [top], layers, options });
}
