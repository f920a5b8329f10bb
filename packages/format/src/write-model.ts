import type { Dim, Port, SavedGraph, SavedLayer, SavedModel, SavedNode, Tensor, ValueType } from "@lamella/ir";
import { Builder, type Offset } from "flatbuffers";

import { writeEntries, writeString } from "./encode-value.ts";
import { Dim as DimTable } from "./gen/dim.ts";
import { Graph } from "./gen/graph.ts";
import { Layer } from "./gen/layer.ts";
import { Model } from "./gen/model.ts";
import { Node } from "./gen/node.ts";
import { Port as PortTable } from "./gen/port.ts";
import { StateTensor } from "./gen/state-tensor.ts";
import { Tensor as TensorTable } from "./gen/tensor.ts";
import { Training } from "./gen/training.ts";
import { ValueType as ValueTypeTable } from "./gen/value-type.ts";
import { Weight } from "./gen/weight.ts";
import { formatVersion } from "./header.ts";
import { dtypeCodes } from "./stored.ts";

/** Writes the FlatBuffer of a checked model whose tensors stand at `offsets` in the tensor data. */
export function writeModel(model: SavedModel, offsets: readonly number[], producer: string): Uint8Array {
  const builder = new Builder(4096);
  const nextOffset = offsets.values();
  const writeNext = (tensor: Tensor) => writeTensor(builder, tensor, nextOffset.next().value ?? 0);
  const layers = Model.createLayersVector(
    builder,
    model.layers.map((layer, i) => writeLayer(builder, layer, `layers[${i}] '${layer.name}'`)),
  );
  const weights = model.weights.map(({ layer, name, tensor }, i) => {
    const stored = writeNext(tensor);
    const text = writeString(builder, name, `weights[${i}]`);
    Weight.startWeight(builder);
    Weight.addLayer(builder, layer);
    Weight.addName(builder, text);
    Weight.addTensor(builder, stored);
    return Weight.endWeight(builder);
  });
  const weightsVector = Model.createWeightsVector(builder, weights);
  const training = model.training === undefined ? 0 : writeTraining(builder, model.training, writeNext);
  const producerOffset = writeString(builder, producer, "producer");
  Model.startModel(builder);
  Model.addVersionMajor(builder, formatVersion.major);
  Model.addVersionMinor(builder, formatVersion.minor);
  Model.addProducer(builder, producerOffset);
  Model.addLayers(builder, layers);
  Model.addRoot(builder, model.root);
  Model.addWeights(builder, weightsVector);
  if (training !== 0) Model.addTraining(builder, training);
  Model.finishModelBuffer(builder, Model.endModel(builder));
  return builder.asUint8Array();
}

function writeTraining(
  builder: Builder,
  training: NonNullable<SavedModel["training"]>,
  writeNext: (tensor: Tensor) => Offset,
): Offset {
  const state = Array.from(training.state, ([name, tensor]) => {
    const stored = writeNext(tensor);
    const text = writeString(builder, name, "training.state");
    StateTensor.startStateTensor(builder);
    StateTensor.addName(builder, text);
    StateTensor.addTensor(builder, stored);
    return StateTensor.endStateTensor(builder);
  });
  const stateVector = Training.createStateVector(builder, state);
  const config = writeEntries(builder, training.config, "training.config");
  Training.startTraining(builder);
  Training.addConfig(builder, config);
  Training.addState(builder, stateVector);
  return Training.endTraining(builder);
}

function writeTensor(builder: Builder, tensor: Tensor, offset: number): Offset {
  const shape = TensorTable.createShapeVector(builder, tensor.shape.map(BigInt));
  const length = BigInt(tensor.byteLength);
  return TensorTable.createTensor(builder, dtypeCodes[tensor.dtype], shape, BigInt(offset), length);
}

function writeLayer(builder: Builder, layer: SavedLayer, where: string): Offset {
  const graph = layer.graph === undefined ? 0 : writeGraph(builder, layer.graph, where);
  const config = writeEntries(builder, layer.config, `${where} config`);
  const type = writeString(builder, layer.type, where);
  const name = writeString(builder, layer.name, where);
  Layer.startLayer(builder);
  Layer.addType(builder, type);
  Layer.addName(builder, name);
  Layer.addTrainable(builder, layer.trainable);
  Layer.addConfig(builder, config);
  Layer.addGraph(builder, graph);
  return Layer.endLayer(builder);
}

function writeGraph(builder: Builder, graph: SavedGraph, where: string): Offset {
  const ports = (list: readonly Port[]) =>
    list.map(({ name, value }) => PortTable.createPort(builder, writeString(builder, name, where), value));
  const inputs = Graph.createInputsVector(builder, ports(graph.inputs));
  const outputs = Graph.createOutputsVector(builder, ports(graph.outputs));
  const nodes = graph.nodes.map((node, i) => writeNode(builder, node, `${where} nodes[${i}]`));
  const nodesVector = Graph.createNodesVector(builder, nodes);
  const values = Graph.createValuesVector(
    builder,
    graph.values.map((value) => writeValueType(builder, value, where)),
  );
  const layers = Graph.createLayersVector(builder, [...graph.layers]);
  return Graph.createGraph(builder, inputs, outputs, nodesVector, values, layers);
}

function writeNode(builder: Builder, node: SavedNode, where: string): Offset {
  const inputs = Node.createInputsVector(builder, [...node.inputs]);
  const outputs = Node.createOutputsVector(builder, [...node.outputs]);
  const args = writeEntries(builder, node.args, `${where} args`);
  return Node.createNode(builder, node.layer, inputs, outputs, node.positional, args);
}

function writeValueType(builder: Builder, { dtype, shape }: ValueType, where: string): Offset {
  const dims = shape.map((dim) => writeDim(builder, dim, where));
  const vector = ValueTypeTable.createShapeVector(builder, dims);
  return ValueTypeTable.createValueType(builder, dtypeCodes[dtype], vector);
}

function writeDim(builder: Builder, dim: Dim, where: string): Offset {
  if (typeof dim === "number") return DimTable.createDim(builder, BigInt(dim), 0);
  return DimTable.createDim(builder, 0n, writeString(builder, dim, where));
}
