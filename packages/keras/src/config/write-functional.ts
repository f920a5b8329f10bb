import {
  type AnyLayer,
  type AnyModel,
  inputLayer,
  type JsonObject,
  type JsonValue,
  type LayerGraph,
  LamellaError,
} from "@lamella/ir";

import { writeCall } from "./write-call.ts";
import { inputObject, writeShape } from "./write-input.ts";
import type { LayerWriter } from "./write-layer.ts";
import { writeOperation } from "./write-operation.ts";

type History = readonly [layer: AnyLayer, call: number, output: number];

/** Serializes a functional model: its layers with their calls. */
export class FunctionalWriter {
  private readonly writer: LayerWriter;
  private readonly model: AnyModel;
  private readonly graph: LayerGraph;
  /** What gives each value. */
  private readonly histories = new Map<number, History>();
  private readonly calls = new Map<AnyLayer, JsonObject[]>();

  constructor(writer: LayerWriter, model: AnyModel) {
    this.writer = writer;
    this.model = model;
    this.graph = model.graph;
  }

  config(): JsonObject {
    const { name, trainable, operations } = this.model;
    const inputs = new Map(this.graph.inputs.map((port) => [port.name, port.value]));
    for (const layer of operations) {
      const value = isInput(layer) ? inputs.get(layer.name) : undefined;
      if (value !== undefined) this.histories.set(value, [layer, 0, 0]);
    }
    for (const node of this.graph.nodes) this.addCall(node);
    return {
      name,
      trainable,
      layers: operations.map((layer) => this.layer(layer)),
      input_layers: this.ends(this.graph.inputs),
      output_layers: this.ends(this.graph.outputs),
    };
  }

  private layer(layer: AnyLayer): JsonObject {
    const { name } = layer;
    if (isInput(layer)) {
      const tensor = this.model.inputs.find((input) => input.name === name)!;
      return { ...inputObject(tensor), name, inbound_nodes: [] };
    }
    const nodes = this.calls.get(layer) ?? [];
    const object = layer.definition.isOperation === true ? writeOperation(layer) : this.writer.layer(layer);
    return { ...object, name, inbound_nodes: nodes };
  }

  private addCall({ op, inputs, outputs }: LayerGraph["nodes"][number]): void {
    const { layer } = op;
    const calls = this.calls.get(layer) ?? [];
    for (const [i, value] of outputs.entries()) this.histories.set(value, [layer, calls.length, i]);
    const { positional, args } = op;
    calls.push(writeCall({ layer, positional, args, tensors: inputs.map((value) => this.tensor(value)) }));
    this.calls.set(layer, calls);
  }

  private tensor(value: number): JsonObject {
    const { shape, dtype } = this.graph.values[value]!;
    const [layer, call, output] = this.historyOf(value);
    const config = { shape: writeShape(shape), dtype, keras_history: [layer.name, call, output] };
    return { class_name: "__keras_tensor__", config };
  }

  /** Where the model begins or ends. There Keras counts the calls of a functional model from 1. */
  private ends(ports: LayerGraph["inputs"]): JsonValue {
    const found = ports.map(({ value }): JsonValue => {
      const [layer, call, output] = this.historyOf(value);
      return [layer.name, layer.type === this.model.type ? call + 1 : call, output];
    });
    return found.length === 1 ? found[0]! : found;
  }

  private historyOf(value: number): History {
    const found = this.histories.get(value);
    if (found !== undefined) return found;
    throw new LamellaError("graph", { where: this.model.name, problem: `Nothing gives value ${value}.` });
  }
}

function isInput({ definition }: AnyLayer): boolean {
  return definition.type === inputLayer.definition.type;
}
