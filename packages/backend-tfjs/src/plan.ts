import {
  LamellaError,
  locate,
  type Node,
  type PrimitiveGraph,
  type PrimitiveOp,
  sizeOf,
  type Tensor,
  type ValueId,
} from "@lamella/ir";
import { lastUses } from "@lamella/runtime";

import { checkTypes, staticType } from "./check-types.ts";
import type { Handle } from "./device.ts";
import { tfDType } from "./dtypes.ts";
import { fuse } from "./fusion.ts";
import { chainOf, linkOf } from "./kernels/chains.ts";
import { kernels } from "./kernels/kernels.ts";
import type { Compute, KernelRow, StaticType } from "./kernels/site.ts";
import type { Machine } from "./machine.ts";
import { withoutTransposes } from "./transposed-products.ts";

/** Values that are made once: those of Constants, and what follows from them alone. */
export interface ConstantStore {
  /** The device's value of a tensor; the store's own. */
  valueOf(tensor: Tensor): Handle;
}

interface Step {
  readonly name: string;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** The values nobody needs after this step. */
  readonly released: readonly ValueId[];
  readonly compute: Compute;
}

/** A graph with all sizes known, ready to run on a machine. */
export interface Plan {
  /** Takes and keeps nothing of the inputs; the results are the caller's. */
  run(inputs: readonly Handle[]): readonly Handle[];
  /** Gives back the memory of what was computed once. */
  dispose(): void;
}

/** Results with more elements than this, and than their inputs have, are not kept between runs. */
const largestFolded = 2 ** 16;

function noBody(): never {
  throw new LamellaError("graph", { problem: "Only a Scan has a body." });
}

/** Prepares a graph in which every dim is a number, and computes what does not depend on its inputs. */
export function planOf(graph: PrimitiveGraph, machine: Machine, constants: ConstantStore, path = ""): Plan {
  return new Planner(graph, machine, constants, path).plan();
}

class Planner {
  private readonly graph: PrimitiveGraph;
  private readonly machine: Machine;
  private readonly constants: ConstantStore;
  private readonly path: string;
  private readonly types: readonly StaticType[];
  private readonly known = new Map<ValueId, Handle>();
  /** What was computed here, and must be freed. */
  private readonly own: Handle[] = [];
  private readonly bodies: Plan[] = [];

  constructor(graph: PrimitiveGraph, machine: Machine, constants: ConstantStore, path: string) {
    this.graph = graph;
    this.machine = machine;
    this.constants = constants;
    this.path = path;
    this.types = graph.values.map(staticType);
  }

  plan(): Plan {
    try {
      return this.prepare();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  private prepare(): Plan {
    const { graph, machine, known } = this;
    const rest: Node<PrimitiveOp>[] = [];
    for (const node of graph.nodes) {
      locate(this.path + node.name, () => {
        if (node.op.type === "Constant") {
          known.set(node.outputs[0]!, this.constants.valueOf(node.op.attributes.value));
          return;
        }
        checkTypes(node.op, this.typesOf(node.inputs), this.typesOf(node.outputs));
        if (this.folds(node)) this.fold(node);
        else rest.push(node);
      });
    }
    const outputs = graph.outputs.map(({ value }) => value);
    const given = graph.inputs.map(({ value }) => value);
    const work = this.steps(rest, new Set(outputs));
    const released = lastUses(work, [...outputs, ...given, ...known.keys()]);
    const steps = work.map(({ name, inputs, outputs: made, compute }, i): Step => {
      return { name, inputs, outputs: made, released: released[i]!, compute };
    });
    const fixed = [...known];
    return {
      run: (inputs) => runSteps(machine, steps, fixed, given, inputs, outputs),
      dispose: () => this.dispose(),
    };
  }

  /** What is done in a run, in order. */
  private steps(all: readonly Node<PrimitiveOp>[], wanted: ReadonlySet<ValueId>): readonly Omit<Step, "released">[] {
    const { machine } = this;
    const computed = (node: Node<PrimitiveOp>) => locate(this.path + node.name, () => this.compile(node));
    const step = (node: Node<PrimitiveOp>, compute = computed(node)) => {
      return { name: this.path + node.name, inputs: node.inputs, outputs: node.outputs, compute };
    };
    if (machine.code === undefined) return all.map((node) => step(node));
    const typeOf = (id: ValueId) => this.types[id]!;
    const { nodes, products } = withoutTransposes(all, wanted, typeOf, machine);
    return fuse(nodes, wanted, (node) => linkOf(node, typeOf)).map(({ nodes: own, isChain, inputs, outputs }) => {
      const last = own.at(-1)!;
      if (!isChain) return step(last, products.get(last));
      return {
        name: this.path + last.name,
        inputs,
        outputs,
        compute: chainOf(machine, own, { inputs, outputs, typeOf }),
      };
    });
  }

  private typesOf(ids: readonly ValueId[]): readonly StaticType[] {
    return ids.map((id) => this.types[id]!);
  }

  private compile({ name, op, inputs, outputs }: Node<PrimitiveOp>): Compute {
    const { machine } = this;
    const [operands, results] = [this.typesOf(inputs), this.typesOf(outputs)];
    for (const { dtype } of results) tfDType(dtype);
    if (results.length === 1 && sizeOf(results[0]!.shape) === 0) {
      const { shape, dtype } = results[0]!;
      return () => machine.filled(shape, tfDType(dtype), 0);
    }
    const row = kernels[op.type] as KernelRow<unknown>;
    return row({
      machine,
      attributes: op.attributes,
      inputs: operands,
      outputs: results,
      body: op.type === "Scan" ? this.bodyOf(op.attributes.body, this.path + name) : noBody,
    });
  }

  private bodyOf(body: PrimitiveGraph, name: string): (inputs: readonly Handle[]) => readonly Handle[] {
    const { machine } = this;
    const plan = planOf(body, machine, this.constants, `${name}/`);
    this.bodies.push(plan);
    return (inputs) => plan.run(inputs).map((result) => machine.adopt(result));
  }

  /** Whether a node is computed once: all it takes is known, and it does not make much of little. */
  private folds({ op, inputs, outputs }: Node<PrimitiveOp>): boolean {
    if (op.type === "Scan" || inputs.some((id) => !this.known.has(id))) return false;
    const size = (ids: readonly ValueId[]) => ids.reduce((sum, id) => sum + sizeOf(this.types[id]!.shape), 0);
    return size(outputs) <= Math.max(largestFolded, size(inputs));
  }

  private fold(node: Node<PrimitiveOp>): void {
    const { inputs, outputs } = node;
    const compute = this.compile(node);
    const operands = inputs.map((id) => this.known.get(id)!);
    const results = this.machine.scoped(() => listOf(compute(operands)));
    this.own.push(...results);
    for (const [i, id] of outputs.entries()) this.known.set(id, results[i]!);
  }

  private dispose(): void {
    for (const handle of this.own.splice(0)) this.machine.free(handle);
    for (const body of this.bodies.splice(0)) body.dispose();
  }
}

function listOf(results: Handle | readonly Handle[]): readonly Handle[] {
  return "dataId" in results ? [results] : results;
}

function runSteps(
  machine: Machine,
  steps: readonly Step[],
  fixed: readonly (readonly [ValueId, Handle])[],
  given: readonly ValueId[],
  inputs: readonly Handle[],
  outputs: readonly ValueId[],
): readonly Handle[] {
  const values: (Handle | undefined)[] = [];
  for (const [id, handle] of fixed) values[id] = handle;
  for (const [i, id] of given.entries()) values[id] = inputs[i];
  const owned = new Set<ValueId>();
  try {
    for (const { name, inputs: taken, outputs: made, released, compute } of steps) {
      const operands = taken.map((id) => values[id]!);
      const results = locate(name, () => machine.scoped(() => listOf(compute(operands))));
      for (const [i, id] of made.entries()) {
        values[id] = results[i];
        owned.add(id);
      }
      for (const id of released) {
        machine.free(values[id]!);
        values[id] = undefined;
        owned.delete(id);
      }
    }
    return outputs.map((id) => {
      const value = values[id]!;
      if (!owned.delete(id)) return machine.scoped(() => [machine.reshape(value, value.shape)])[0]!;
      return value;
    });
  } finally {
    for (const id of owned) machine.free(values[id]!);
  }
}
