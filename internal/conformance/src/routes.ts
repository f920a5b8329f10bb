import { decode, encode } from "@lamella/format";
import { type AnyModel, modelFromData, modelToData, type Registry } from "@lamella/ir";
import { fromOnnx, toOnnx } from "@lamella/onnx";
import { type Backend, freezeInputs } from "@lamella/runtime";

import { registry } from "./registry.ts";

/** The model after a way through a model file, which names layers that `known` has. */
export async function throughFormat(model: AnyModel, known: Registry = registry): Promise<AnyModel> {
  return modelFromData(decode(encode(await modelToData(model))), known);
}

/** A backend that gets every graph as ONNX bytes and reads it back before it runs it. */
export function throughOnnx(backend: Backend): Backend {
  return {
    name: `${backend.name} through ONNX`,
    check: () => backend.check(),
    upload: (tensor) => backend.upload(tensor),
    compile: (graph, { constants = {}, ...options } = {}) =>
      backend.compile(fromOnnx(toOnnx(freezeInputs(graph, constants))), options),
  };
}
