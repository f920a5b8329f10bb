import { type HostInput, hostInputs, lower, type PrimitiveGraph, type Tensor, type ValueId } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";

import { modelOf, type OpenedFile } from "../files/read-file.ts";
import { openGraph, type Running } from "./runnable.ts";

/** What a file holds as operators, whatever format it has. */
export interface Program {
  readonly graph: PrimitiveGraph;
  /** The inputs of the graph that are weights, by their names. */
  readonly constants: Readonly<Record<string, Tensor>>;
  /** The inputs of the graph that the host computes from the others. */
  readonly hosted: readonly HostInput[];
}

/** The operators of a file. What layers carry from batch to batch stays as it is at first. */
export async function programOf(opened: OpenedFile): Promise<Program> {
  if (opened.kind === "graph") return { graph: opened.graph, constants: {}, hosted: [] };
  const { graph, variables, updates, hosted } = lower(await modelOf(opened));
  const constants: Record<string, Tensor> = {};
  for (const [port, variable] of variables) constants[port] = await variable.read();
  const outputs = graph.outputs.filter(({ name }) => !updates.has(name));
  return { graph: { ...graph, outputs }, constants, hosted };
}

/** The inputs that are neither weights nor computed from others. */
export function inputsOf({ graph, constants, hosted }: Program) {
  const computed = new Set(hosted.map(({ to }) => to));
  return graph.inputs
    .filter(({ name }) => !Object.hasOwn(constants, name) && !computed.has(name))
    .map(({ name, value }) => ({ name, value, shape: graph.values[value]!.shape, dtype: graph.values[value]!.dtype }));
}

/** A program on a backend. */
export async function openProgram({ graph, constants, hosted }: Program, backend: Backend): Promise<Running> {
  const running = await openGraph(graph, backend, constants);
  return {
    run: (inputs) => running.run({ ...inputs, ...hostInputs(hosted, inputs) }),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

/** The values that follow from certain ones. */
export function followers({ nodes }: PrimitiveGraph, from: Iterable<ValueId>): ReadonlySet<ValueId> {
  const reached = new Set(from);
  for (const { inputs, outputs } of nodes) {
    if (inputs.some((id) => reached.has(id))) for (const id of outputs) reached.add(id);
  }
  return reached;
}
