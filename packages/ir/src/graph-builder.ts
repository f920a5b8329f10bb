import type { Shape } from "./dim.ts";
import type { DType } from "./dtype.ts";
import { LamellaError, locate } from "./errors.ts";
import type { Node, Port, ValueId, ValueType } from "./graph.ts";
import type { Primitive, PrimitiveAttributes, PrimitiveGraph, PrimitiveOp } from "./primitives/attributes.ts";
import { inferOutputs } from "./primitives/infer.ts";
import { filled, type Tensor } from "./tensor.ts";

/** A value of a primitive graph under construction: what the operator functions take and give. */
export class Tracer implements ValueType {
  readonly builder: GraphBuilder;
  readonly id: ValueId;
  constructor(builder: GraphBuilder, id: ValueId) {
    this.builder = builder;
    this.id = id;
  }

  get shape(): Shape {
    return this.builder.typeOf(this.id).shape;
  }
  get dtype(): DType {
    return this.builder.typeOf(this.id).dtype;
  }
  get rank(): number {
    return this.shape.length;
  }
}

/** Records primitives into a graph. Node names are paths under the current scope. */
export class GraphBuilder {
  readonly name: string;
  private readonly values: ValueType[] = [];
  private readonly recorded: Node<PrimitiveOp>[] = [];
  private readonly ports: Port[] = [];
  private readonly portNames = new Set<string>();
  private readonly scalars = new Map<string, Tracer>();
  private readonly nameCounts = new Map<string, number>();
  private path: readonly string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  typeOf(id: ValueId): ValueType {
    return this.values[id]!;
  }

  /** The nodes recorded so far, in order. */
  get nodes(): readonly Node<PrimitiveOp>[] {
    return this.recorded;
  }

  tracer(id: ValueId): Tracer {
    return new Tracer(this, id);
  }

  /** The name itself, or with a number behind it when an input has it already. */
  freePortName(name: string): string {
    let free = name;
    for (let i = 1; this.portNames.has(free); i++) free = `${name}_${i}`;
    return free;
  }

  input(name: string, shape: Shape, dtype: DType): Tracer {
    if (this.portNames.has(name)) {
      throw new LamellaError("name", { where: this.name, problem: `There are two inputs named '${name}'.` });
    }
    const value = this.value({ shape, dtype });
    this.ports.push({ name, value });
    this.portNames.add(name);
    return this.tracer(value);
  }

  constant(value: Tensor): Tracer {
    return this.emit("Constant", [], { value })[0]!;
  }

  /** A scalar constant; equal ones are one node. */
  scalar(value: number, dtype: DType): Tracer {
    const key = `${dtype} ${Object.is(value, -0) ? "-0" : value}`;
    let known = this.scalars.get(key);
    if (known === undefined) {
      known = this.constant(filled(dtype, [], value));
      this.scalars.set(key, known);
    }
    return known;
  }

  emit<P extends Primitive>(type: P, inputs: readonly Tracer[], attributes: PrimitiveAttributes[P]): Tracer[] {
    const name = this.uniqueName([...this.path, type].join("/"));
    for (const input of inputs) {
      if (input.builder !== this) {
        throw new LamellaError("graph", {
          where: name,
          problem: "An input belongs to another graph.",
          hint: "The body of a Scan captures nothing: pass outer values as invariants.",
        });
      }
    }
    const types = locate(name, () => inferOutputs(type, inputs, attributes));
    const outputs = types.map((output) => this.value(output));
    const op = { type, attributes } as PrimitiveOp;
    this.recorded.push({ name, op, inputs: inputs.map(({ id }) => id), outputs });
    return outputs.map((id) => this.tracer(id));
  }

  /** Gives an earlier node more outputs under changed attributes; the outputs it had stay first. Returns the new ones. */
  extend(node: Node<PrimitiveOp>, op: PrimitiveOp): Tracer[] {
    const index = this.recorded.indexOf(node);
    if (index < 0) throw new LamellaError("graph", { where: node.name, problem: "The node is not in the graph." });
    const types = inferOutputs(
      op.type,
      node.inputs.map((id) => this.typeOf(id)),
      op.attributes,
    );
    const added = types.slice(node.outputs.length).map((output) => this.value(output));
    this.recorded[index] = { ...node, op, outputs: [...node.outputs, ...added] };
    return added.map((id) => this.tracer(id));
  }

  /** Runs `work` with a name in front of the names of its nodes. */
  scoped<T>(scope: string, work: () => T): T {
    const outer = this.path;
    this.path = [...outer, scope];
    try {
      return work();
    } finally {
      this.path = outer;
    }
  }

  /** The graph of what the outputs need. All inputs stay, in the order they were declared. */
  finish(outputs: Readonly<Record<string, Tracer>>): PrimitiveGraph {
    const ports = Object.entries(outputs).map(([name, { builder, id }]) => {
      if (builder === this) return { name, value: id };
      throw new LamellaError("graph", { where: this.name, problem: `Output '${name}' belongs to another graph.` });
    });
    const needed = new Set<ValueId>(ports.map(({ value }) => value));
    const kept: Node<PrimitiveOp>[] = [];
    for (const node of this.recorded.toReversed()) {
      if (!node.outputs.some((id) => needed.has(id))) continue;
      kept.push(node);
      for (const id of node.inputs) needed.add(id);
    }
    return renumber(this.name, this.ports, ports, kept.toReversed(), this.values);
  }

  private value(type: ValueType): ValueId {
    this.values.push(type);
    return this.values.length - 1;
  }

  private uniqueName(base: string): string {
    const count = this.nameCounts.get(base) ?? 0;
    this.nameCounts.set(base, count + 1);
    return count === 0 ? base : `${base}_${count}`;
  }
}

/** The same graph with its values numbered in the order they appear, and no others. */
function renumber(
  name: string,
  inputs: readonly Port[],
  outputs: readonly Port[],
  nodes: readonly Node<PrimitiveOp>[],
  values: readonly ValueType[],
): PrimitiveGraph {
  const numbers = new Map<ValueId, ValueId>();
  const types: ValueType[] = [];
  const number = (id: ValueId): ValueId => {
    let known = numbers.get(id);
    if (known === undefined) {
      known = types.length;
      numbers.set(id, known);
      types.push(values[id]!);
    }
    return known;
  };
  const port = ({ name: label, value }: Port): Port => ({ name: label, value: number(value) });
  const numberedInputs = inputs.map(port);
  const numberedNodes = nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(number),
    outputs: node.outputs.map(number),
  }));
  return { name, inputs: numberedInputs, outputs: outputs.map(port), nodes: numberedNodes, values: types };
}
