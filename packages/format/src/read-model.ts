import type { Dim, DType, Port, SavedGraph, SavedLayer, SavedNode, ValueType } from "@lamella/ir";

import { normalDim } from "./check-dim.ts";
import type {
  GraphFields,
  LayerFields,
  ModelFields,
  NodeFields,
  PortFields,
  TensorFields,
  TrainingFields,
  ValueTypeFields,
} from "./gen/field-tables.ts";
import { type FormatVersion, formatError } from "./header.ts";
import { readEntries, readSize, readText } from "./read-value.ts";
import { dtypeCodes, type ModelOf, type StoredTensor } from "./stored.ts";

const dtypeNames = new Map(Object.entries(dtypeCodes).map(([name, code]) => [code as number, name as DType]));

/** The model that the fields of a FlatBuffer describe. */
export function readModel(fields: ModelFields): { version: FormatVersion; model: ModelOf<StoredTensor> } {
  const version = { major: fields.version_major ?? 0, minor: fields.version_minor ?? 0 };
  const weights = (fields.weights ?? []).map((weight, i) => {
    const name = readText(weight.name, () => `weights[${i}]`);
    return { layer: weight.layer ?? 0, name, tensor: readTensor(weight.tensor, () => `weights[${i}] '${name}'`) };
  });
  const layers = (fields.layers ?? []).map(readLayer);
  const model = { layers, root: fields.root ?? 0, weights };
  const { training } = fields;
  return { version, model: training === undefined ? model : { ...model, training: readTraining(training) } };
}

function readTraining(fields: TrainingFields): NonNullable<ModelOf<StoredTensor>["training"]> {
  const config = readEntries(fields.config ?? [], () => "training.config");
  const state = new Map<string, StoredTensor>();
  for (const [i, item] of (fields.state ?? []).entries()) {
    const name = readText(item.name, () => `training.state[${i}]`);
    if (state.has(name)) throw formatError(`training.state[${i}]`, `The name '${name}' stands there twice.`);
    state.set(
      name,
      readTensor(item.tensor, () => `training.state '${name}'`),
    );
  }
  return { config, state };
}

function readTensor(fields: TensorFields, where: () => string): StoredTensor {
  return {
    dtype: readDType(fields.dtype, where),
    shape: (fields.shape ?? []).map((size) => readSize(size, () => `${where()} shape`)),
    offset: readSize(fields.offset ?? 0n, () => `${where()} offset`),
    length: readSize(fields.length ?? 0n, () => `${where()} length`),
  };
}

function readDType(code = 0, where: () => string): DType {
  const name = dtypeNames.get(code);
  if (name === undefined) throw formatError(where(), `There is no dtype ${code}.`, `0 to ${dtypeNames.size - 1}`);
  return name;
}

function readLayer(fields: LayerFields, i: number): SavedLayer {
  const name = readText(fields.name, () => `layers[${i}]`);
  const where = () => `layers[${i}] '${name}'`;
  const type = readText(fields.type, where);
  const config = readEntries(fields.config ?? [], () => `${where()} config`);
  const layer = { type, name, trainable: fields.trainable ?? true, config };
  return fields.graph === undefined ? layer : { ...layer, graph: readGraph(fields.graph, where) };
}

function readGraph(fields: GraphFields, where: () => string): SavedGraph {
  const port = ({ name, value = 0 }: PortFields): Port => ({ name: readText(name, where), value });
  return {
    inputs: (fields.inputs ?? []).map(port),
    outputs: (fields.outputs ?? []).map(port),
    nodes: (fields.nodes ?? []).map((node, i) => readNode(node, () => `${where()} nodes[${i}]`)),
    values: (fields.values ?? []).map((value, i) => readValueType(value, () => `${where()} values[${i}]`)),
    layers: fields.layers ?? [],
  };
}

function readNode(fields: NodeFields, where: () => string): SavedNode {
  const { layer = 0, inputs = [], outputs = [], positional = 0, args = [] } = fields;
  return { layer, inputs, outputs, positional, args: readEntries(args, () => `${where()} args`) };
}

function readValueType({ dtype, shape = [] }: ValueTypeFields, where: () => string): ValueType {
  return {
    dtype: readDType(dtype, where),
    shape: shape.map(({ symbolic, size = 0n }): Dim => {
      if (symbolic === undefined) return readSize(size, () => `${where()} shape`);
      return normalDim(readText(symbolic, where), where());
    }),
  };
}
