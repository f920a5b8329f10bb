import { mapTensors } from "./call-args.ts";
import { layerFromConfig, type LayerType } from "./define-layer.ts";
import { assertDTypePolicy } from "./dtype-policy.ts";
import { firstOf, LamellaError } from "./errors.ts";
import { isSavedLayer } from "./is-saved-layer.ts";
import type { AnyLayer, LayerOptions } from "./layer.ts";
import { inputLayer } from "./layers/input-layer.ts";
import type { AnyModel, ModelType } from "./model.ts";
import { refusedTypes } from "./refused-types.ts";
import { resolveRegularizer } from "./regularizers.ts";
import type {
  JsonObject,
  JsonValue,
  SavedGraph,
  SavedLayer,
  SavedModel,
  SavedTraining,
  SavedWeight,
} from "./saved-model.ts";
import { inputLike } from "./symbolic-input.ts";
import type { SymbolicTensor } from "./symbolic.ts";
import type { LayerGraph } from "./trace-model.ts";
import type { Variable } from "./variable.ts";

/** The layer and model types that a file may name. */
export interface Registry {
  readonly layers: readonly LayerType[];
  readonly models: readonly ModelType[];
}

/** The architecture of a model as plain data, with the layers it is made of in the order of the data. */
function describe(model: AnyModel): { readonly layers: readonly SavedLayer[]; readonly all: readonly AnyLayer[] } {
  const numbers = new Map<AnyLayer, number>();
  const saved: SavedLayer[] = [];
  const visit = (layer: AnyLayer): number => {
    const known = numbers.get(layer);
    if (known !== undefined) return known;
    const graph =
      layer.innerGraph === undefined ? undefined : describeGraph(layer as AnyModel, layer.innerGraph, visit);
    const { type, name, trainable, pathPrefix } = layer;
    const own = layer.getConfig((inner) => ({ layer: visit(inner) }));
    const config: JsonObject = pathPrefix === "" ? own : { ...own, pathPrefix };
    const index = saved.length;
    numbers.set(layer, index);
    saved.push(graph === undefined ? { type, name, trainable, config } : { type, name, trainable, config, graph });
    return index;
  };
  visit(model);
  return { layers: saved, all: [...numbers.keys()] };
}

function describeGraph(model: AnyModel, graph: LayerGraph, visit: (layer: AnyLayer) => number): SavedGraph {
  return {
    inputs: graph.inputs,
    outputs: graph.outputs,
    values: graph.values,
    layers: model.layers.map(visit),
    nodes: graph.nodes.map(({ op, inputs, outputs }) => ({
      layer: visit(op.layer),
      inputs,
      outputs,
      positional: op.positional,
      args: op.args,
    })),
  };
}

/** A model as plain data, with the newest values of its weights. */
export async function modelToData(model: AnyModel, training?: SavedTraining): Promise<SavedModel> {
  const { layers, all } = describe(model);
  const weights = await Promise.all(
    all.flatMap((layer, index) =>
      layer.innerGraph === undefined ? layer.ownWeights.map((variable) => saveWeight(index, layer, variable)) : [],
    ),
  );
  const saved = { layers, root: layers.length - 1, weights };
  return training === undefined ? saved : { ...saved, training };
}

async function saveWeight(index: number, layer: AnyLayer, variable: Variable): Promise<SavedWeight> {
  return { layer: index, name: variable.nameIn(layer), tensor: await variable.read() };
}

export interface FromDataOptions {
  /** What weights are that the data lack: an error (the default), or what their initializers give. */
  readonly missingWeights?: "refuse" | "initialize";
}

/**
 * A model from plain data.
 *
 * @throws LamellaError `unknown-layer` that lists all types missing from the registry, or says why there is no such
 * layer; `format` for data that is no model, or lacks weights
 */
export function modelFromData(saved: SavedModel, registry: Registry, options: FromDataOptions = {}): AnyModel {
  refuseUnknownTypes(saved.layers, registry);
  const restoration = new Restoration(saved.layers, registry);
  const root = restoration.layer(saved.root);
  if (root.innerGraph === undefined) {
    throw new LamellaError("format", { where: root.name, problem: "The root of the data is a layer, not a model." });
  }
  const given = new Set<Variable>();
  for (const { layer, name, tensor } of saved.weights) {
    const variable = restoration.layer(layer).variable(name);
    variable.write(tensor);
    given.add(variable);
  }
  const missing = root.weights.filter((variable) => !given.has(variable));
  if (missing.length > 0 && options.missingWeights !== "initialize") {
    throw new LamellaError("format", {
      where: root.name,
      problem: "The data lack weights of the model.",
      expected: firstOf(missing.map(({ path, shape }) => `${path} (${shape.join(", ")})`)),
      received: `${given.size} of ${root.weights.length} weights`,
      hint: "To start with fresh ones, say so: modelFromData(saved, registry, { missingWeights: 'initialize' }).",
    });
  }
  return root as AnyModel;
}

/**
 * Sets a model's weights from another model's data. Layers are matched by name; of several with one name, in nested models,
 * the first goes with the first. Sets all weights, or none.
 *
 * @throws LamellaError `data` that names weights without a counterpart, on either side; `shape`
 */
export function setWeightsFromData(model: AnyModel, saved: SavedModel): void {
  const targets = new Map<string, Variable>();
  const sources = new Map<string, SavedWeight["tensor"]>();
  const occurrences = (): ((name: string) => string) => {
    const counts = new Map<string, number>();
    return (name) => {
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      return count === 0 ? name : `${name} (${count + 1})`;
    };
  };
  const ownName = occurrences();
  const leaves = describe(model).all.filter((layer) => layer.innerGraph === undefined);
  for (const layer of leaves) {
    const name = ownName(layer.name);
    for (const variable of layer.ownWeights) targets.set(`${name}/${variable.nameIn(layer)}`, variable);
  }
  const savedName = occurrences();
  const savedNames = saved.layers.map(({ name, graph }) => (graph === undefined ? savedName(name) : name));
  for (const { layer, name, tensor } of saved.weights) sources.set(`${savedNames[layer]}/${name}`, tensor);
  const missing = [...targets.keys()].filter((name) => !sources.has(name));
  const extra = [...sources.keys()].filter((name) => !targets.has(name));
  if (missing.length > 0 || extra.length > 0) {
    throw new LamellaError("data", {
      where: model.label,
      problem: "The weights are those of another model.",
      expected: `weights for ${firstOf(missing)} too`,
      received: `weights that have no place: ${firstOf(extra)}`,
      hint: "Layers are matched by name: give them the names they had when the weights were saved.",
    });
  }
  for (const [name, variable] of targets) variable.fit(sources.get(name)!);
  for (const [name, variable] of targets) variable.write(sources.get(name)!);
}

function refuseUnknownTypes(layers: readonly SavedLayer[], registry: Registry): void {
  const known = new Set([
    ...registry.layers.map(({ definition }) => definition.type),
    ...registry.models.map(({ type }) => type),
  ]);
  const missing = [...new Set(layers.map(({ type }) => type).filter((type) => !known.has(type)))];
  if (missing.length === 0) return;
  for (const { type, name } of layers) {
    const refused = known.has(type) ? undefined : refusedTypes.get(type);
    if (refused === undefined) continue;
    const { reason, instead } = refused;
    throw new LamellaError("unknown-layer", {
      where: name,
      problem: `A ${type} layer cannot be loaded. ${reason}`,
      hint: instead,
    });
  }
  throw new LamellaError("unknown-layer", {
    problem: `The model needs layer types that are not registered: ${missing.join(", ")}.`,
    hint: "Pass their factories when loading: { layers: [...catalogue, yourLayer] }.",
  });
}

/** Of several with one type, the first counts. */
function firstByType<T>(entries: readonly T[], typeOf: (entry: T) => string): ReadonlyMap<string, T> {
  return new Map(entries.toReversed().map((entry) => [typeOf(entry), entry]));
}

/** Makes layers again, each once, by replaying the calls. */
class Restoration {
  private readonly saved: readonly SavedLayer[];
  private readonly layerTypes: ReadonlyMap<string, LayerType>;
  private readonly modelTypes: ReadonlyMap<string, ModelType>;
  private readonly made = new Map<number, AnyLayer>();
  private readonly open = new Set<number>();

  constructor(saved: readonly SavedLayer[], registry: Registry) {
    this.saved = saved;
    this.layerTypes = firstByType(registry.layers, ({ definition }) => definition.type);
    this.modelTypes = firstByType(registry.models, (kind) => kind.type);
  }

  layer(index: number): AnyLayer {
    const known = this.made.get(index);
    if (known !== undefined) return known;
    const saved = this.at(index);
    if (this.open.has(index)) {
      throw new LamellaError("graph", { where: saved.name, problem: "The model contains itself." });
    }
    this.open.add(index);
    const { name, type, trainable, config, graph } = saved;
    const { dtype, activityRegularizer, pathPrefix, ...own } = config;
    const options: LayerOptions = {
      name,
      trainable,
      activityRegularizer: resolveRegularizer(activityRegularizer ?? null, name),
      dtype: typeof dtype === "string" ? assertDTypePolicy(dtype, name) : "float32",
    };
    const made = graph === undefined ? this.plain(type, own, options) : this.model(type, graph, options);
    if (typeof pathPrefix === "string") made.pathPrefix = pathPrefix;
    this.made.set(index, made);
    return made;
  }

  private at(index: number): SavedLayer {
    const saved = this.saved[index];
    if (saved !== undefined) return saved;
    throw new LamellaError("format", { problem: `The data refers to layer ${index}, which is not there.` });
  }

  private plain(type: string, config: JsonObject, options: LayerOptions): AnyLayer {
    const known = this.layerTypes.get(type);
    if (known !== undefined) return layerFromConfig(known.definition, this.withLayers(config), options);
    throw new LamellaError("format", { where: options.name, problem: `A ${type} needs a graph of its own.` });
  }

  /** The configuration with layers in the place of their numbers. */
  private withLayers(config: JsonObject): Readonly<Record<string, unknown>> {
    const values = Object.values(config);
    if (!values.some((value) => isReference(value) || (Array.isArray(value) && value.some(isReference)))) return config;
    const replace = (value: JsonValue): unknown => (isReference(value) ? this.layer(value.layer) : value);
    return Object.fromEntries(
      Object.entries(config).map(([name, value]) => [name, Array.isArray(value) ? value.map(replace) : replace(value)]),
    );
  }

  private model(type: string, graph: SavedGraph, options: LayerOptions): AnyLayer {
    const kind = this.modelTypes.get(type);
    if (kind === undefined) {
      throw new LamellaError("format", {
        where: options.name,
        problem: `A layer of type ${type} has no graph of its own.`,
      });
    }
    const { name: where } = options;
    const tensors: SymbolicTensor[] = [];
    for (const { name, value } of graph.inputs) {
      const { shape, dtype } = graph.values[value] ?? refuseValue(where, value);
      const declared = graph.layers.map((index) => this.at(index)).find((layer) => layer.name === name);
      const batchShape = declared?.config["batchShape"] as typeof shape | undefined;
      tensors[value] = inputLike({ shape: batchShape ?? shape, dtype }, name);
    }
    for (const node of graph.nodes) {
      const { name } = this.at(node.layer);
      const from = node.inputs.map((id) => tensors[id] ?? refuseValue(name, id));
      const args = mapTensors(node.args, (index) => from[index] ?? refuseValue(name, index));
      const positional = from.slice(0, node.positional);
      const result: unknown = this.layer(node.layer).call(positional.length === 1 ? positional[0]! : positional, args);
      for (const [i, tensor] of (Array.isArray(result) ? result : [result]).entries()) {
        const id = node.outputs[i];
        if (id !== undefined) tensors[id] = tensor as SymbolicTensor;
      }
    }
    return kind.restore({
      inputs: graph.inputs.map(({ value }) => tensors[value]!),
      outputs: graph.outputs.map(({ value }) => tensors[value] ?? refuseValue(where, value)),
      layers: graph.layers
        .filter((index) => this.at(index).type !== inputLayer.definition.type)
        .map((index) => this.layer(index)),
      options,
    });
  }
}

/** Whether a value of a configuration stands for a layer. */
function isReference(value: JsonValue): value is { readonly layer: number } {
  return typeof value === "object" && value !== null && "layer" in value && Object.keys(value).length === 1;
}

function refuseValue(where: string | undefined, value: number): never {
  throw new LamellaError("graph", {
    where,
    problem: `Value ${value} is taken before anything gives it: the graph has a cycle, or is not in order.`,
  });
}

/** A model with the same architecture and fresh weights. (Keras: `clone_model`.) */
export function cloneModel(model: AnyModel): AnyModel {
  const { layers, all } = describe(model);
  const registry = {
    layers: all.filter((layer) => layer.innerGraph === undefined),
    models: all.flatMap((layer) => (layer.modelType === undefined ? [] : [layer.modelType])),
  };
  return modelFromData({ layers, root: layers.length - 1, weights: [] }, registry, { missingWeights: "initialize" });
}

const jsonFormat = "lamella-architecture";
const jsonVersion = 1;

/** The architecture as JSON text, without weights. */
export function modelToJson(model: AnyModel): string {
  const { layers } = describe(model);
  return JSON.stringify({ format: jsonFormat, version: jsonVersion, layers, root: layers.length - 1 });
}

/** A model with fresh weights from the text that `toJson` gave. @throws LamellaError `format`, `version` or `unknown-layer` */
export function modelFromJson(text: string, registry: Registry): AnyModel {
  let data: (Partial<SavedModel> & { readonly format?: unknown; readonly version?: unknown }) | null;
  try {
    data = JSON.parse(text) as typeof data;
  } catch (cause) {
    throw new LamellaError("format", { problem: "The text is not JSON.", cause });
  }
  if (data?.format !== jsonFormat || typeof data.version !== "number") throw notAnArchitecture();
  if (data.version > jsonVersion) {
    throw new LamellaError("version", {
      problem: "The architecture was written by a newer version.",
      expected: `version ${jsonVersion} or older`,
      received: String(data.version),
      hint: "Upgrade lamella.",
    });
  }
  const { layers, root } = data;
  if (!Array.isArray(layers) || !layers.every(isSavedLayer) || typeof root !== "number") throw notAnArchitecture();
  return modelFromData({ layers, root, weights: [] }, registry, { missingWeights: "initialize" });
}

function notAnArchitecture(): LamellaError {
  return new LamellaError("format", {
    problem: "The JSON is not a model architecture.",
    expected: "what toJson() gave",
  });
}
