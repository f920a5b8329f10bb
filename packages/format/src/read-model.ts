import type { Dim, DType, Port, SavedGraph, SavedLayer, SavedNode, ValueType } from "@lamella/ir";
import { Encoding } from "flatbuffers";

import { normalDim } from "./check-dim.ts";
import { FlatBytes } from "./flat-bytes.ts";
import type { Dim as DimTable } from "./gen/dim.ts";
import type { Graph } from "./gen/graph.ts";
import type { Layer } from "./gen/layer.ts";
import { Model } from "./gen/model.ts";
import type { Node } from "./gen/node.ts";
import type { Port as PortTable } from "./gen/port.ts";
import type { Tensor as TensorTable } from "./gen/tensor.ts";
import type { Training } from "./gen/training.ts";
import type { ValueType as ValueTypeTable } from "./gen/value-type.ts";
import { type FormatVersion, formatError } from "./header.ts";
import { readAll, readEntries, readSize, readText } from "./read-value.ts";
import { dtypeCodes, type ModelOf, type StoredTensor } from "./stored.ts";

const utf8 = Encoding.UTF8_BYTES;
const dtypeNames = new Map(Object.entries(dtypeCodes).map(([name, code]) => [code, name as DType]));

/** Reads a verified FlatBuffer. */
export function readModel(flatBuffer: Uint8Array): { version: FormatVersion; model: ModelOf<StoredTensor> } {
  const table = Model.getRootAsModel(new FlatBytes(flatBuffer));
  const version = { major: table.versionMajor(), minor: table.versionMinor() };
  const weights = readAll(
    table.weightsLength(),
    (i) => table.weights(i),
    (weight, i) => {
      const name = readText(weight.name(utf8), `weights[${i}]`);
      const tensor = readTensor(weight.tensor() as TensorTable, `weights[${i}] '${name}'`);
      return { layer: weight.layer(), name, tensor };
    },
  );
  const layers = readAll(table.layersLength(), (i) => table.layers(i), readLayer);
  const training = table.training();
  const model = { layers, root: table.root(), weights };
  return { version, model: training === null ? model : { ...model, training: readTraining(training) } };
}

function readTraining(table: Training): NonNullable<ModelOf<StoredTensor>["training"]> {
  const config = readEntries(
    table.configLength(),
    (i) => table.config(i),
    () => "training.config",
  );
  const state = new Map<string, StoredTensor>();
  for (let i = 0; i < table.stateLength(); i++) {
    const item = table.state(i);
    const name = readText(item?.name(utf8) ?? null, `training.state[${i}]`);
    if (state.has(name)) throw formatError(`training.state[${i}]`, `The name '${name}' stands there twice.`);
    state.set(name, readTensor(item?.tensor() as TensorTable, `training.state '${name}'`));
  }
  return { config, state };
}

function readTensor(table: TensorTable, where: string): StoredTensor {
  return {
    dtype: readDType(table.dtype(), where),
    shape: readAll(
      table.shapeLength(),
      (i) => table.shape(i),
      (size) => readSize(size, `${where} shape`),
    ),
    offset: readSize(table.offset(), `${where} offset`),
    length: readSize(table.length(), `${where} length`),
  };
}

function readDType(code: number, where: string): DType {
  const name = dtypeNames.get(code as never);
  if (name === undefined) throw formatError(where, `There is no dtype ${code}.`, `0 to ${dtypeNames.size - 1}`);
  return name;
}

function readLayer(table: Layer, i: number): SavedLayer {
  const name = readText(table.name(utf8), `layers[${i}]`);
  const where = `layers[${i}] '${name}'`;
  const type = readText(table.type(utf8), where);
  const config = readEntries(
    table.configLength(),
    (j) => table.config(j),
    () => `${where} config`,
  );
  const layer = { type, name, trainable: table.trainable(), config };
  const graph = table.graph();
  return graph === null ? layer : { ...layer, graph: readGraph(graph, where) };
}

function readGraph(table: Graph, where: string): SavedGraph {
  const port = (item: PortTable): Port => ({ name: readText(item.name(utf8), where), value: item.value() });
  const nodeAt = (node: Node, i: number) => readNode(node, `${where} nodes[${i}]`);
  const valueAt = (value: ValueTypeTable, i: number) => readValueType(value, `${where} values[${i}]`);
  return {
    inputs: readAll(table.inputsLength(), (i) => table.inputs(i), port),
    outputs: readAll(table.outputsLength(), (i) => table.outputs(i), port),
    nodes: readAll(table.nodesLength(), (i) => table.nodes(i), nodeAt),
    values: readAll(table.valuesLength(), (i) => table.values(i), valueAt),
    layers: readAll(table.layersLength(), (i) => table.layers(i), Number),
  };
}

function readNode(table: Node, where: string): SavedNode {
  return {
    layer: table.layer(),
    inputs: readAll(table.inputsLength(), (i) => table.inputs(i), Number),
    outputs: readAll(table.outputsLength(), (i) => table.outputs(i), Number),
    positional: table.positional(),
    args: readEntries(
      table.argsLength(),
      (i) => table.args(i),
      () => `${where} args`,
    ),
  };
}

function readValueType(table: ValueTypeTable, where: string): ValueType {
  const dim = (item: DimTable): Dim => {
    const symbolic = item.symbolic(utf8);
    if (symbolic === null) return readSize(item.size(), `${where} shape`);
    return normalDim(readText(symbolic, where), where);
  };
  return {
    dtype: readDType(table.dtype(), where),
    shape: readAll(table.shapeLength(), (i) => table.shape(i), dim),
  };
}
