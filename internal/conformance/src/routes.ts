import { decode, encode } from "@lamella/format";
import { type AnyModel, modelFromData, modelToData } from "@lamella/ir";
import { fromOnnx, toOnnx } from "@lamella/onnx";
import { type Backend, freezeInputs } from "@lamella/runtime";

import { registry } from "./registry.ts";

/** The model after a way through a model file. */
export async function throughFormat(model: AnyModel): Promise<AnyModel> {
  return modelFromData(decode(encode(await modelToData(model))), registry);
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
