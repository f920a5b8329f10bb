import { concatRows, GraphBuilder, type Port, type PrimitiveGraph, type Shape, type Tensor } from "@lamella/ir";

import type { Samples } from "./batches.ts";
import type { StepGraph } from "./step-graph.ts";

/** A name for the number of steps that no size in the graph has. */
function freeSymbol({ values }: PrimitiveGraph): string {
  const isTaken = (name: string) => values.some(({ shape }) => shape.some((dim) => String(dim).includes(name)));
  let name = "steps";
  for (let i = 1; isTaken(name); i++) name = `steps_${i}`;
  return name;
}

/**
 * A step done batch after batch in one run: a Scan that carries the state. What a step takes of a batch has another axis in
 * front, with a batch for each step, and so has its report.
 */
export function repeated({ graph, variables, updates }: StepGraph): PrimitiveGraph {
  const builder = new GraphBuilder(`${graph.name}, several steps`);
  const outputOf = new Map([...updates].map(([port, variable]) => [variable, port]));
  const carried: Port[] = [];
  const fixed: Port[] = [];
  const scanned: Port[] = [];
  const outputs: Port[] = [];
  const named = new Map(graph.outputs.map((port) => [port.name, port]));
  for (const port of graph.inputs) {
    const variable = variables.get(port.name);
    const output = variable === undefined ? undefined : outputOf.get(variable);
    if (variable === undefined) scanned.push(port);
    else if (output === undefined) fixed.push(port);
    else {
      carried.push(port);
      outputs.push(named.get(output)!);
    }
  }
  outputs.push(...graph.outputs.filter(({ name }) => !updates.has(name)));
  const count = freeSymbol(graph);
  const declare = (front: Shape) => (port: Port) => {
    const { shape, dtype } = graph.values[port.value]!;
    return builder.input(port.name, [...front, ...shape], dtype);
  };
  const inputs = [...carried.map(declare([])), ...fixed.map(declare([])), ...scanned.map(declare([count]))];
  const results = builder.emit("Scan", inputs, {
    body: { ...graph, inputs: [...carried, ...fixed, ...scanned], outputs },
    states: carried.length,
    invariants: fixed.length,
    reverse: false,
  });
  return builder.finish(Object.fromEntries(outputs.map(({ name }, i) => [name, results[i]!])));
}

/** Whether batches can go into one run: all their tensors have equal shapes. */
export function areAlike(a: Samples, b: Samples): boolean {
  return Object.entries(a).every(([name, { shape }]) => {
    const other = b[name]?.shape;
    return other?.length === shape.length && shape.every((size, axis) => size === other[axis]);
  });
}

/** Batches one after another along a new first axis. */
export function stacked(batches: readonly Samples[]): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(batches[0]!).map(([name, { shape }]) => {
      const rows = concatRows(batches.map((batch) => batch[name]!));
      return [name, rows.reshape([batches.length, ...shape])];
    }),
  );
}
