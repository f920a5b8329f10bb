import { decode, readModelFile } from "@lamella/format";
import {
  type Functional,
  functionalType,
  model as functionalModel,
  type ModelOptions,
  type NamesOf,
  type CountOf,
} from "@lamella/functional";
import {
  type AnyModel,
  catalogue,
  cloneModel as cloneStructure,
  type LayerType,
  modelFromData,
  modelFromJson as modelFromText,
  type Model,
  type OutputCount,
  type Registry,
  type SavedModel,
  type SymbolicTensor,
} from "@lamella/ir";
import type { Backend } from "@lamella/runtime";
import { type Sequential, sequential as stack, sequentialType, type StackEntry } from "@lamella/sequential";

import { withTraining, type WithTraining } from "./trainable.ts";

type Tensors = SymbolicTensor | readonly SymbolicTensor[];

/** A stack of layers, each with one input and one output. (Keras: Sequential.) */
export function sequential(
  layers: readonly StackEntry[] = [],
  options: { readonly name?: string } = {},
): WithTraining<Sequential> {
  return withTraining(stack(layers, options));
}

/** A model from the tensors it starts from to those it ends in. (Keras: Model, the functional API.) */
export function model<const In extends Tensors, const Out extends Tensors>(
  options: ModelOptions<In, Out>,
): WithTraining<Functional<NamesOf<In>, NamesOf<Out>, CountOf<Out>>> {
  return withTraining(functionalModel(options));
}

export interface LoadOptions {
  /** Layer types that the file may name. Default: lamella's own; add yours as `[...catalogue, yours]`. */
  readonly layers?: readonly LayerType[];
  /** Where the model runs. Default: `onnxruntime()`. */
  readonly backend?: Backend;
}

/** What files may name: layer types, and lamella's kinds of models. What reads files of other programs asks for it. */
export function registry({ layers = catalogue }: Pick<LoadOptions, "layers"> = {}): Registry {
  return { layers, models: [functionalType, sequentialType] };
}

/**
 * A model from a file, from the bytes of one, or from the plain data that a reader of other files gave: architecture, weights,
 * and compiled as it was when saved.
 *
 * The type parameters say what the file holds, for those who know: names of inputs and outputs, one output or several.
 *
 * @throws LamellaError `format` for anything but an intact model, `version` for one from a newer lamella,
 * `unknown-layer` that lists the layer types missing from `layers`
 */
export async function loadModel<
  Inputs extends string = string,
  Outputs extends string = string,
  Count extends OutputCount = "one",
>(
  source: string | Uint8Array | ArrayBuffer | SavedModel,
  options: LoadOptions = {},
): Promise<WithTraining<Model<Inputs, Outputs, Count>>> {
  const saved = await savedFrom(source);
  const loaded = modelFromData(saved, registry(options)) as Model<Inputs, Outputs, Count>;
  return withTraining(loaded, saved, options.backend);
}

async function savedFrom(source: string | Uint8Array | ArrayBuffer | SavedModel): Promise<SavedModel> {
  if (typeof source === "string") return readModelFile(source);
  return "layers" in source ? source : decode(source);
}

/** A model with fresh weights from the text that `toJson` gave. (Keras: `model_from_json`.) */
export function modelFromJson(text: string, options: LoadOptions = {}): WithTraining<AnyModel> {
  return withTraining(modelFromText(text, registry(options)), undefined, options.backend);
}

/** A model with the same architecture and fresh weights, not compiled. (Keras: `clone_model`.) */
export function cloneModel<M extends AnyModel>(original: M): WithTraining<M> {
  return withTraining(cloneStructure(original) as M);
}
