import { LamellaError } from "./errors.ts";
import type { Graph, Node, Port, ValueId } from "./graph.ts";
import type { AnyLayer } from "./layer.ts";
import type { JsonObject } from "./saved-model.ts";
import type { CallRecord, SymbolicTensor } from "./symbolic.ts";

/** One call of a layer as an operation of a layer graph. The node's inputs are positional ones first, then those in `args`. */
export interface LayerCall {
  readonly layer: AnyLayer;
  readonly positional: number;
  readonly args: JsonObject;
}

export type LayerGraph = Graph<LayerCall>;

/** The graph between two sets of symbolic tensors, and its layers in Keras's order. */
export interface TracedModel {
  readonly graph: LayerGraph;
  readonly layers: readonly AnyLayer[];
}

/**
 * Walks from the outputs back to the inputs. Layers are ordered as Keras does: by depth (the longest way to an output),
 * then by the order in which a walk from the outputs meets them.
 *
 * @throws LamellaError `graph` when an output depends on an input that is not among `inputs`.
 */
export function traceModel(
  name: string,
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): TracedModel {
  const { postOrder, metAt } = walk(name, inputs, outputs);
  const callDepth = new Map<CallRecord, number>();
  const layerDepth = new Map<AnyLayer, number>();
  const isInput = new Set(inputs);
  for (const call of postOrder.toReversed()) {
    const depth = Math.max(callDepth.get(call) ?? 0, layerDepth.get(call.layer) ?? 0);
    layerDepth.set(call.layer, depth);
    callDepth.set(call, depth);
    if (call.outputs.some((tensor) => isInput.has(tensor))) continue;
    for (const tensor of call.inputs) {
      callDepth.set(tensor.source, Math.max(depth + 1, callDepth.get(tensor.source) ?? 0));
    }
  }
  for (const { source } of inputs) {
    if (layerDepth.has(source.layer)) continue;
    layerDepth.set(source.layer, 0);
    metAt.set(source.layer, -1);
  }
  const layers = [...layerDepth.keys()].toSorted(
    (a, b) => layerDepth.get(b)! - layerDepth.get(a)! || metAt.get(a)! - metAt.get(b)!,
  );
  refuseDuplicates(name, layers);
  const calls = postOrder
    .filter((call) => !call.outputs.some((tensor) => isInput.has(tensor)))
    .toSorted((a, b) => callDepth.get(b)! - callDepth.get(a)!);
  return { graph: numbered(name, inputs, outputs, calls), layers };
}

/** Depth first from the outputs, without recursion: calls after all calls they depend on, and when each layer was first met. */
function walk(name: string, inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]) {
  const isInput = new Set(inputs);
  const done = new Set<CallRecord>();
  const metAt = new Map<AnyLayer, number>();
  const postOrder: CallRecord[] = [];
  const open: { readonly call: CallRecord; next: number }[] = [];
  const enter = (tensor: SymbolicTensor, neededBy: string) => {
    const call = tensor.source;
    if (done.has(call)) return;
    done.add(call);
    if (!metAt.has(call.layer)) metAt.set(call.layer, metAt.size);
    const stop = isInput.has(tensor);
    if (!stop && call.inputs.length === 0) {
      throw new LamellaError("graph", {
        where: name,
        problem: `The graph is disconnected: '${neededBy}' depends on input '${tensor.name}', which is not among the model's inputs.`,
        expected: `inputs that include '${tensor.name}'`,
        received: inputs.map((input) => `'${input.name}'`).join(", ") || "none",
      });
    }
    open.push({ call, next: stop ? call.inputs.length : 0 });
  };
  for (const output of outputs) {
    enter(output, output.name);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const input = top.call.inputs[top.next++];
      if (input !== undefined) enter(input, top.call.layer.name);
      else {
        postOrder.push(top.call);
        open.pop();
      }
    }
  }
  return { postOrder, metAt };
}

function refuseDuplicates(name: string, layers: readonly AnyLayer[]): void {
  const seen = new Map<string, AnyLayer>();
  for (const layer of layers) {
    const other = seen.get(layer.name);
    if (other !== undefined) {
      throw new LamellaError("name", {
        where: name,
        problem: `Two layers are named '${layer.name}': a ${other.type} and a ${layer.type}.`,
        expected: "a name of its own for every layer",
        hint: "Give one of them another name, or use one layer object twice if they are meant to share weights.",
      });
    }
    seen.set(layer.name, layer);
  }
}

function numbered(
  name: string,
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  calls: readonly CallRecord[],
): LayerGraph {
  const numbers = new Map<SymbolicTensor, ValueId>();
  const number = (tensor: SymbolicTensor): ValueId => {
    let known = numbers.get(tensor);
    if (known === undefined) {
      known = numbers.size;
      numbers.set(tensor, known);
    }
    return known;
  };
  const inputPorts = inputs.map((tensor): Port => ({ name: tensor.name, value: number(tensor) }));
  const nodes = calls.map(({ layer, inputs: from, positional, args, outputs: to }): Node<LayerCall> => ({
    name: layer.name,
    op: { layer, positional, args },
    inputs: from.map(number),
    outputs: to.map(number),
  }));
  const taken = new Set<string>();
  const outputPorts = outputs.map((tensor): Port => {
    let free: string = tensor.name;
    for (let i = 1; taken.has(free); i++) free = `${tensor.name}_${i}`;
    taken.add(free);
    return { name: free, value: number(tensor) };
  });
  const values = [...numbers.keys()].map(({ shape, dtype }) => ({ shape, dtype }));
  return { name, inputs: inputPorts, outputs: outputPorts, nodes, values };
}
