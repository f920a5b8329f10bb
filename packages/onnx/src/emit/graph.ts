import {
  type DType,
  fromNumbers,
  LamellaError,
  locate,
  type Node,
  type Primitive,
  type PrimitiveAttributes,
  type PrimitiveGraph,
  type PrimitiveOp,
  type PrimitiveTable,
  Tensor,
  type ValueId,
  type ValueType,
} from "@lamella/ir";

import type { NodeProto } from "../gen/onnx_pb.ts";
import { onnxTypes } from "../proto.ts";
import { type BiasedConv, biasedConvs } from "./conv-bias.ts";
import { type Attributes, type ModelEmitter, nodeProto, type Wire } from "./model.ts";
import { poolKey } from "./windows.ts";

/** A value with its name in the model. */
export interface Operand extends ValueType {
  readonly wire: Wire;
}

/** Writes the ONNX nodes of one primitive. The last node it writes carries the primitive's name: `finish`. */
export type EmitRow<A> = (node: NodeEmitter<A>) => void;
export type EmitTable = PrimitiveTable<{ [P in Primitive]: EmitRow<PrimitiveAttributes[P]> }>;

/** One graph of a model: the outermost one, or the body of a Scan. */
export class GraphEmitter {
  readonly model: ModelEmitter;
  readonly graph: PrimitiveGraph;
  readonly nodes: NodeProto[] = [];
  private readonly prefix: string;
  private readonly table: EmitTable;
  private readonly wires = new Map<ValueId, Wire>();
  private readonly indices = new Map<string, Wire>();
  private readonly biased: readonly BiasedConv[];

  constructor(model: ModelEmitter, graph: PrimitiveGraph, table: EmitTable, prefix = "") {
    this.model = model;
    this.graph = graph;
    this.table = table;
    this.prefix = prefix;
    this.biased = biasedConvs(graph);
  }

  /** The emitter of a graph inside a node of this one. */
  inner(graph: PrimitiveGraph, name: string): GraphEmitter {
    return new GraphEmitter(this.model, graph, this.table, `${name}/`);
  }

  bind(value: ValueId, wire: Wire): void {
    this.wires.set(value, wire);
  }

  operand(value: ValueId): Operand {
    return { ...this.graph.values[value]!, wire: this.wires.get(value)! };
  }

  /** Writes all nodes. Returns the outputs' wires: `outputNames` exactly, each written by a node of this graph. */
  emit(outputNames: readonly Wire[]): void {
    const ports = new Map<ValueId, Wire>();
    for (const [i, { value }] of this.graph.outputs.entries()) {
      if (!ports.has(value) && !this.isGiven(value)) ports.set(value, outputNames[i]!);
    }
    for (const node of this.graph.nodes) locate(node.name, () => this.emitNode(node, ports));
    for (const [i, { value }] of this.graph.outputs.entries()) {
      const wire = this.wires.get(value)!;
      if (wire !== outputNames[i]) this.nodes.push(this.proto(outputNames[i]!, "Identity", [wire], [outputNames[i]!]));
    }
  }

  /** What is added to each channel of a convolution's output, where that is part of the convolution. */
  biasOf(output: ValueId): Wire | undefined {
    const found = this.biased.find(({ conv }) => conv === output);
    return found && this.wires.get(found.bias);
  }

  /** Whether a gradient in this graph needs to know where the maxima of these windows are. */
  wantsPoolIndices(key: string): boolean {
    return this.graph.nodes.some(
      ({ op, inputs }) => op.type === "MaxPoolGrad" && poolKey(inputs[0]!, op.attributes) === key,
    );
  }
  /** The Indices of the MaxPool of these windows, once it has been written. */
  poolIndices(key: string): Wire | undefined {
    return this.indices.get(key);
  }
  setPoolIndices(key: string, wire: Wire): void {
    this.indices.set(key, wire);
  }

  proto(
    name: string,
    type: string,
    inputs: readonly Wire[],
    outputs: readonly Wire[],
    attributes: Attributes = {},
  ): NodeProto {
    return nodeProto(this.model.names.unique(`node:${name}`).slice("node:".length), type, inputs, outputs, attributes);
  }

  private isGiven(value: ValueId): boolean {
    return (
      this.graph.inputs.some((port) => port.value === value) ||
      this.graph.nodes.some((node) => node.op.type === "Constant" && node.outputs[0] === value)
    );
  }

  private emitNode(node: Node<PrimitiveOp>, ports: ReadonlyMap<ValueId, Wire>): void {
    const name = this.prefix + node.name;
    if (node.op.type === "Constant") {
      this.bind(node.outputs[0]!, this.model.constant(node.op.attributes.value, name));
      return;
    }
    const added = this.biased.find(({ sum }) => sum === node.outputs[0]);
    if (added !== undefined) return this.bind(added.sum, this.wires.get(added.conv)!);
    for (const [i, value] of node.outputs.entries()) {
      const written = this.biased.find(({ conv }) => conv === value)?.sum ?? value;
      this.bind(value, ports.get(written) ?? this.model.names.unique(i === 0 ? name : `${name}:${i}`));
    }
    const row = this.table[node.op.type] as EmitRow<unknown>;
    row(new NodeEmitter(this, node, name, node.op.attributes));
  }
}

/** One primitive on its way into the model. */
export class NodeEmitter<A> {
  readonly name: string;
  readonly attributes: A;
  readonly inputs: readonly Operand[];
  readonly outputs: readonly Operand[];
  readonly graph: GraphEmitter;
  readonly source: Node<PrimitiveOp>;

  constructor(graph: GraphEmitter, source: Node<PrimitiveOp>, name: string, attributes: A) {
    this.graph = graph;
    this.source = source;
    this.name = name;
    this.attributes = attributes;
    this.inputs = source.inputs.map((value) => graph.operand(value));
    this.outputs = source.outputs.map((value) => graph.operand(value));
  }

  get model(): ModelEmitter {
    return this.graph.model;
  }

  get wires(): readonly Wire[] {
    return this.inputs.map(({ wire }) => wire);
  }

  /** Writes a helper node, named under the primitive's name. */
  step(type: string, inputs: readonly Wire[], attributes: Attributes = {}): Wire {
    return this.steps(type, inputs, attributes, 1)[0]!;
  }

  /** A node with several outputs, none of which is the primitive's own. */
  steps(type: string, inputs: readonly Wire[], attributes: Attributes, count: number): Wire[] {
    const wires = Array.from({ length: count }, () => this.model.names.unique(`${this.name}/${type}`));
    this.graph.nodes.push(this.graph.proto(wires[0]!, type, inputs, wires, attributes));
    return wires;
  }

  /** Writes the node that gives the primitive's outputs, under the primitive's name. */
  finish(type: string, inputs: readonly Wire[], attributes: Attributes = {}, more: readonly Wire[] = []): void {
    const outputs = [...this.outputs.map(({ wire }) => wire), ...more];
    this.graph.nodes.push(this.graph.proto(this.name, type, inputs, outputs, attributes));
  }

  /** A scalar constant. */
  scalar(dtype: DType, value: number): Wire {
    return this.model.constant(new Tensor(dtype, [], fromNumbers(dtype, [value])));
  }

  cast(wire: Wire, to: DType): Wire {
    return this.step("Cast", [wire], { to: onnxTypes[to] });
  }

  /** Ends with a Cast to the output's dtype where `dtype`, the wire's, is another. */
  finishCast(wire: Wire, dtype: DType): void {
    const [output] = this.outputs;
    const last = this.graph.nodes.at(-1);
    if (output!.dtype !== dtype) this.finish("Cast", [wire], { to: onnxTypes[output!.dtype] });
    else if (last?.output[0] === wire) {
      last.name = this.name;
      last.output[0] = output!.wire;
    } else this.finish("Identity", [wire]);
  }

  unsupported(problem: string, hint?: string): LamellaError {
    return new LamellaError("unsupported", { where: this.name, problem, hint });
  }
}
