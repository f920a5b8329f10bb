import { LamellaError } from "./errors.ts";
import type { Graph, Node, Port, ValueId } from "./graph.ts";
import type { AnyLayer } from "./layer.ts";
import type { JsonObject } from "./saved-model.ts";
import { inputLike } from "./symbolic-input.ts";
import type { CallRecord, SymbolicTensor } from "./symbolic.ts";

/** One call of a layer as an operation of a layer graph. The node's inputs are positional ones first, then those in `args`. */
export interface LayerCall {
  readonly layer: AnyLayer;
  readonly positional: number;
  readonly args: JsonObject;
}

export type LayerGraph = Graph<LayerCall>;

/** The graph between two sets of symbolic tensors; its layers in Keras's order, and the operations of `ops` among them. */
export interface TracedModel {
  readonly graph: LayerGraph;
  readonly operations: readonly AnyLayer[];
  readonly layers: readonly AnyLayer[];
}

/** Inputs of a model by the call that gives them there. */
type Entries = ReadonlyMap<SymbolicTensor, CallRecord>;

/**
 * Walks from the outputs back to the inputs. Layers and calls are ordered as Keras does: by depth (the longest way to an
 * output), then layers by when a walk from the outputs first meets them, and calls by when they first get a depth.
 *
 * @throws LamellaError `graph` when an output depends on an input that is not among `inputs`.
 */
export function traceModel(
  name: string,
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): TracedModel {
  refuseDuplicateInputs(name, inputs);
  const entries = new Map(inputs.map((tensor) => [tensor, entryOf(tensor)]));
  const isEntry = new Set(entries.values());
  const { postOrder, metAt } = walk(name, entries, outputs);
  const callDepth = new Map<CallRecord, number>();
  const layerDepth = new Map<AnyLayer, number>();
  for (const call of postOrder.toReversed()) {
    const depth = Math.max(callDepth.get(call) ?? 0, layerDepth.get(call.layer) ?? 0);
    layerDepth.set(call.layer, depth);
    callDepth.set(call, depth);
    if (isEntry.has(call)) continue;
    for (const tensor of call.inputs) {
      const source = entries.get(tensor) ?? tensor.source;
      callDepth.set(source, Math.max(depth + 1, callDepth.get(source) ?? 0));
    }
  }
  for (const { layer } of isEntry) {
    if (layerDepth.has(layer)) continue;
    layerDepth.set(layer, 0);
    metAt.set(layer, -1);
  }
  const operations = [...layerDepth.keys()].toSorted(
    (a, b) => layerDepth.get(b)! - layerDepth.get(a)! || metAt.get(a)! - metAt.get(b)!,
  );
  refuseDuplicates(name, operations);
  const calls = [...callDepth.keys()]
    .filter((call) => !isEntry.has(call))
    .toSorted((a, b) => callDepth.get(b)! - callDepth.get(a)!);
  const layers = operations.filter(({ definition }) => definition.isOperation !== true);
  return { graph: numbered(name, inputs, outputs, calls), operations, layers };
}

/** The call that gives an input: that of its input layer. A tensor from within another model gets an input layer here. */
function entryOf(tensor: SymbolicTensor): CallRecord {
  return tensor.source.inputs.length === 0 ? tensor.source : inputLike(tensor, tensor.name).source;
}

/** Depth first from the outputs, without recursion: calls after all calls they depend on, and when each layer was first met. */
function walk(name: string, entries: Entries, outputs: readonly SymbolicTensor[]) {
  const done = new Set<CallRecord>();
  const metAt = new Map<AnyLayer, number>();
  const postOrder: CallRecord[] = [];
  const open: { readonly call: CallRecord; next: number }[] = [];
  const enter = (tensor: SymbolicTensor, neededBy: string) => {
    const entry = entries.get(tensor);
    const call = entry ?? tensor.source;
    if (done.has(call)) return;
    done.add(call);
    if (!metAt.has(call.layer)) metAt.set(call.layer, metAt.size);
    if (entry === undefined && call.inputs.length === 0) {
      throw new LamellaError("graph", {
        where: name,
        problem: `The graph is disconnected: '${neededBy}' depends on input '${tensor.name}', which is not among the model's inputs.`,
        expected: `inputs that include '${tensor.name}'`,
        received: [...entries.keys()].map((input) => `'${input.name}'`).join(", ") || "none",
      });
    }
    open.push({ call, next: 0 });
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

function refuseDuplicateInputs(name: string, inputs: readonly SymbolicTensor[]): void {
  const seen = new Set<string>();
  for (const input of inputs) {
    if (seen.has(input.name)) {
      throw new LamellaError("name", { where: name, problem: `Two inputs are named '${input.name}'.` });
    }
    seen.add(input.name);
  }
}

function refuseDuplicates(name: string, layers: readonly AnyLayer[]): void {
  const seen = new Map<string, AnyLayer>();
  for (const layer of layers) {
    const other = seen.get(layer.name);
    if (other !== undefined) {
      throw new LamellaError("name", {
        where: name,
        problem: `Two layers are named '${layer.name}' (${other.type} and ${layer.type}).`,
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
