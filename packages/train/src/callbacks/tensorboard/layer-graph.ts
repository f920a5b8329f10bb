import type { JsonObject, LayerGraph, ValueId } from "@lamella/ir";

/** What a value comes from: a layer, the number of its call, the number of the output. */
type Origin = readonly [layer: string, call: number, output: number];

interface Entry {
  readonly class_name: string;
  readonly config: JsonObject;
  readonly inbound_nodes: JsonObject[];
}

/**
 * A graph of layers in the parts of Keras's JSON that TensorBoard reads: names, classes, dtypes and what leads where. Inputs
 * stand by their names alone, which is how TensorBoard finds those of nested models.
 */
export function kerasGraph(graph: LayerGraph, name: string, type: string): JsonObject {
  const origins = new Map<ValueId, Origin>();
  const entries = new Map<string, Entry>();
  for (const input of graph.inputs) {
    const { shape, dtype } = graph.values[input.value]!;
    const batchShape = shape.map((dim) => (typeof dim === "number" ? dim : null));
    const config = { name: input.name, dtype, batch_shape: batchShape };
    entries.set(input.name, { class_name: "InputLayer", config, inbound_nodes: [] });
    origins.set(input.value, [input.name, 0, 0]);
  }
  for (const { op, inputs, outputs } of graph.nodes) {
    const { layer } = op;
    const inner = layer.innerGraph;
    const config = { name: layer.name, dtype: layer.dtype };
    const entry: Entry = entries.get(layer.name) ?? {
      class_name: layer.type,
      config: inner === undefined ? config : (kerasGraph(inner, layer.name, layer.type)["config"] as JsonObject),
      inbound_nodes: [],
    };
    entries.set(layer.name, entry);
    for (const [output, value] of outputs.entries()) {
      origins.set(value, [layer.name, entry.inbound_nodes.length, output]);
    }
    const args = inputs.map((value) => ({
      class_name: "__keras_tensor__",
      config: { keras_history: [...origins.get(value)!] },
    }));
    entry.inbound_nodes.push({ args, kwargs: {} });
  }
  const layers = [...entries.values()].map(({ class_name, config, inbound_nodes }) => ({
    class_name,
    config,
    name: config["name"]!,
    inbound_nodes,
  }));
  const config = {
    name,
    layers,
    input_layers: graph.inputs.map((input) => input.name),
    output_layers: graph.outputs.map(({ value }) => [...origins.get(value)!]),
  };
  return { class_name: type, config };
}
