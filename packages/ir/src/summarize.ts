import type { Shape, StaticShape } from "./dim.ts";
import { byteSize, type DType } from "./dtype.ts";
import type { ValueId } from "./graph.ts";
import type { AnyLayer } from "./layer.ts";
import type { AnyModel } from "./model.ts";
import type { Variable } from "./variable.ts";

/** One weight, as its layer names it. */
export interface WeightSummary {
  readonly name: string;
  readonly shape: StaticShape;
  readonly dtype: DType;
  readonly trainable: boolean;
}

/** One layer or operation of a model. */
export interface LayerSummary {
  readonly name: string;
  readonly type: string;
  readonly outputShapes: readonly Shape[];
  readonly params: number;
  readonly trainable: boolean;
  /** Names of the layers that give its inputs, call after call. */
  readonly connectedTo: readonly string[];
  readonly weights: readonly WeightSummary[];
  /** The layers of a nested model. */
  readonly layers?: readonly LayerSummary[];
}

/** How many numbers, and how much memory they take. */
export interface SizeSummary {
  readonly params: number;
  readonly bytes: number;
}

/** What `summary()` prints, as plain data. */
export interface ModelSummary {
  readonly name: string;
  readonly type: string;
  readonly layers: readonly LayerSummary[];
  readonly total: SizeSummary;
  readonly trainable: SizeSummary;
  readonly nonTrainable: SizeSummary;
}

/** Layers, shapes and numbers of parameters of a model, nested models included. */
export function summarize(model: AnyModel): ModelSummary {
  const { weights } = model;
  const trained = new Set(model.trainableWeights);
  return {
    name: model.name,
    type: model.type,
    layers: layersOf(model),
    total: sizeOfWeights(weights),
    trainable: sizeOfWeights([...trained]),
    nonTrainable: sizeOfWeights(weights.filter((variable) => !trained.has(variable))),
  };
}

function layersOf(model: AnyModel): LayerSummary[] {
  const sources = connections(model);
  const shapes = outputShapes(model);
  return model.operations.map((layer): LayerSummary => {
    const { name, type, trainable, weights } = layer;
    const row = {
      name,
      type,
      outputShapes: shapes.get(layer) ?? [],
      params: weights.reduce((sum, { size }) => sum + size, 0),
      trainable,
      connectedTo: sources.get(layer) ?? [],
      weights: weights.map((variable) => ({
        name: variable.nameIn(layer),
        shape: variable.shape,
        dtype: variable.dtype,
        trainable: variable.trainable,
      })),
    };
    return layer.innerGraph === undefined ? row : { ...row, layers: layersOf(layer as AnyModel) };
  });
}

function sizeOfWeights(weights: readonly Variable[]): SizeSummary {
  return {
    params: weights.reduce((sum, { size }) => sum + size, 0),
    bytes: weights.reduce((sum, { size, dtype }) => sum + size * byteSize(dtype), 0),
  };
}

/** What every layer gives in its first call; an input layer, what the input is. */
function outputShapes({ graph, operations }: AnyModel): Map<AnyLayer, Shape[]> {
  const inputs = new Map(graph.inputs.map(({ name, value }) => [name, value]));
  const ids = new Map<AnyLayer, readonly ValueId[]>();
  for (const layer of operations) {
    const input = inputs.get(layer.name);
    if (input !== undefined) ids.set(layer, [input]);
  }
  for (const { op, outputs } of graph.nodes.toReversed()) ids.set(op.layer, outputs);
  return new Map([...ids].map(([layer, values]) => [layer, values.map((id) => graph.values[id]!.shape)]));
}

/** What every called layer takes its inputs from. */
function connections(model: AnyModel): Map<AnyLayer, string[]> {
  const producers = new Map(model.graph.nodes.flatMap(({ name, outputs }) => outputs.map((id) => [id, name] as const)));
  for (const { name, value } of model.graph.inputs) producers.set(value, name);
  const sources = new Map<AnyLayer, string[]>();
  for (const { op, inputs } of model.graph.nodes) {
    sources.set(op.layer, [...(sources.get(op.layer) ?? []), ...inputs.map((id) => producers.get(id)!)]);
  }
  return sources;
}
