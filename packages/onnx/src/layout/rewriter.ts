import {
  inferOutputs,
  locate,
  type Node,
  type Port,
  type PrimitiveGraph,
  type PrimitiveOp,
  type Shape,
  type Tensor,
  type ValueId,
  type ValueType,
} from "@lamella/ir";

import {
  between,
  identityPerm,
  isIdentity,
  movesNothing,
  type Perm,
  permuted,
  samePerm,
  transposeTensor,
} from "./perm.ts";

/** One way in which a value of the old graph is there in the new one. */
export interface Form {
  readonly perm: Perm;
  readonly value: ValueId;
}

/**
 * Writes a graph anew while every value may be stored with its axes in another order than the old graph's. A value has one
 * or more forms; the first is the one it came in, others are made when somebody asks.
 */
export class LayoutRewriter {
  readonly source: PrimitiveGraph;
  /** What becomes of the body of a Scan. */
  readonly inner: (body: PrimitiveGraph) => PrimitiveGraph;
  private readonly values: ValueType[] = [];
  private readonly nodes: Node<PrimitiveOp>[] = [];
  private readonly known = new Map<ValueId, Form[]>();
  private readonly producers = new Map<ValueId, Node<PrimitiveOp>>();
  private readonly renamed = new Set<ValueId>();
  private readonly constants = new Map<ValueId, Tensor>();

  constructor(source: PrimitiveGraph, inner: (body: PrimitiveGraph) => PrimitiveGraph) {
    this.source = source;
    this.inner = inner;
    for (const node of source.nodes) for (const value of node.outputs) this.producers.set(value, node);
    for (const { value } of source.inputs)
      this.setForms(value, [this.form(value, this.newValue(source.values[value]!))]);
  }

  shapeOf(value: ValueId): Shape {
    return this.source.values[value]!.shape;
  }

  /** The form a value came in. */
  first(value: ValueId): Form {
    return this.known.get(value)![0]!;
  }
  forms(value: ValueId): readonly Form[] {
    return this.known.get(value)!;
  }
  setForms(value: ValueId, forms: readonly Form[]): void {
    this.known.set(value, [...forms]);
  }

  /** Gives a value the forms of another, whose axes have other names. */
  rename(value: ValueId, forms: readonly Form[]): void {
    this.setForms(value, forms);
    this.renamed.add(value);
  }
  isRenamed(value: ValueId): boolean {
    return this.renamed.has(value);
  }

  isConstant(value: ValueId): boolean {
    return this.constants.has(this.first(value).value);
  }

  /** Adds a node; returns its outputs in the new graph. */
  add(name: string, op: PrimitiveOp, inputs: readonly ValueId[]): readonly ValueId[] {
    const types = locate(name, () =>
      inferOutputs(
        op.type,
        inputs.map((id) => this.values[id]!),
        op.attributes,
      ),
    );
    const outputs = types.map((type) => this.newValue(type));
    this.nodes.push({ name, op, inputs, outputs });
    if (op.type === "Constant") this.constants.set(outputs[0]!, op.attributes.value);
    return outputs;
  }

  /** The new node for an old one, whose outputs are stored as `perm`, or as they were. */
  replace(node: Node<PrimitiveOp>, op: PrimitiveOp, inputs: readonly ValueId[], perm?: Perm): void {
    const outputs = this.add(node.name, op, inputs);
    for (const [i, value] of node.outputs.entries()) this.setForms(value, [this.form(value, outputs[i]!, perm)]);
  }

  /** A value, stored as `perm` (by default as in the old graph). */
  get(value: ValueId, perm: Perm = identityPerm(this.shapeOf(value).length)): ValueId {
    const forms = this.known.get(value)!;
    const found = forms.find((form) => samePerm(form.perm, perm));
    if (found !== undefined) return found.value;
    const made = this.expanded(value, perm) ?? this.transposed(forms[0]!, perm, this.nameOf(value));
    forms.push({ perm, value: made });
    return made;
  }

  /** A value as an operand that broadcasts against values of a higher or equal rank that are stored as `perm`. */
  operand(value: ValueId, perm: Perm): ValueId {
    const shape = this.shapeOf(value);
    if (shape.length === perm.length) return this.get(value, perm);
    const missing = perm.length - shape.length;
    const full: Shape = [...Array.from({ length: missing }, () => 1), ...shape];
    const plain = this.get(value);
    if (isIdentity(perm) || shape.length === 0) return plain;
    const name = this.nameOf(value);
    const moved = permuted(full, perm);
    const leading = moved.findIndex((dim) => dim !== 1);
    const target = leading < 0 ? [] : moved.slice(leading);
    if (movesNothing(full, perm)) return this.reshaped(plain, target, name);
    const wide = this.reshaped(plain, full, name);
    return this.transposed({ perm: identityPerm(perm.length), value: wide }, perm, name);
  }

  /** The new graph, with what its outputs need. */
  finish(): PrimitiveGraph {
    const outputs = this.source.outputs.map(({ name, value }): Port => ({ name, value: this.get(value) }));
    const inputs = this.source.inputs.map(({ name, value }): Port => ({ name, value: this.get(value) }));
    const needed = new Set(outputs.map(({ value }) => value));
    const kept: Node<PrimitiveOp>[] = [];
    for (const node of this.nodes.toReversed()) {
      if (!node.outputs.some((id) => needed.has(id))) continue;
      kept.push(node);
      for (const id of node.inputs) needed.add(id);
    }
    const nodes = kept.toReversed();
    const order = [...inputs.map(({ value }) => value), ...nodes.flatMap((node) => node.outputs)];
    const numbers = new Map(order.map((id, i) => [id, i]));
    const number = (id: ValueId) => numbers.get(id)!;
    const renumber = (port: Port): Port => ({ ...port, value: number(port.value) });
    return {
      name: this.source.name,
      inputs: inputs.map(renumber),
      outputs: outputs.map(renumber),
      nodes: nodes.map((node) => ({
        name: node.name,
        op: node.op,
        inputs: node.inputs.map(number),
        outputs: node.outputs.map(number),
      })),
      values: order.map((id) => this.values[id]!),
    };
  }

  private form(value: ValueId, stored: ValueId, perm?: Perm): Form {
    return { perm: perm ?? identityPerm(this.shapeOf(value).length), value: stored };
  }

  private newValue(type: ValueType): ValueId {
    this.values.push(type);
    return this.values.length - 1;
  }

  private nameOf(value: ValueId): string {
    return this.producers.get(value)?.name ?? this.source.inputs.find((port) => port.value === value)?.name ?? "value";
  }

  private reshaped(value: ValueId, shape: Shape, name: string): ValueId {
    const constant = this.constants.get(value);
    const old = this.values[value]!.shape;
    if (old.length === shape.length && old.every((dim, axis) => dim === shape[axis])) return value;
    if (constant !== undefined) return this.constant(constant.reshape(shape.map(Number)), name);
    return this.add(`${name}/Reshape`, { type: "Reshape", attributes: { shape } }, [value])[0]!;
  }

  private transposed({ perm: from, value }: Form, to: Perm, name: string): ValueId {
    const perm = between(from, to);
    const { shape } = this.values[value]!;
    if (isIdentity(perm)) return value;
    const constant = this.constants.get(value);
    if (constant !== undefined) return this.constant(transposeTensor(constant, perm), name);
    if (movesNothing(shape, perm)) return this.reshaped(value, permuted(shape, perm), name);
    return this.add(`${name}/Transpose`, { type: "Transpose", attributes: { perm } }, [value])[0]!;
  }

  private constant(value: Tensor, name: string): ValueId {
    return this.add(name, { type: "Constant", attributes: { value } }, [])[0]!;
  }

  /** What Expand made is made again from its small input, rather than transposed. */
  private expanded(value: ValueId, perm: Perm): ValueId | undefined {
    const node = this.producers.get(value);
    if (node?.op.type !== "Expand") return undefined;
    const shape = permuted(this.shapeOf(value), perm);
    return this.add(node.name, { type: "Expand", attributes: { shape } }, [this.operand(node.inputs[0]!, perm)])[0]!;
  }
}
