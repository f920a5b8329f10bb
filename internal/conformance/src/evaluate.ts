import { type PrimitiveGraph, type Tensor, type Variable, verifyPrimitives } from "@lamella/ir";
import type { Backend, Feeds } from "@lamella/runtime";

export type Tensors = Readonly<Record<string, Tensor>>;
type Run = (feeds: Feeds) => Promise<Tensors>;

/** Verifies and compiles a graph, and gives `work` a function that runs it and reads all outputs. */
export async function withGraph<T>(
  backend: Backend,
  graph: PrimitiveGraph,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  verifyPrimitives(graph);
  await using executable = await backend.compile(graph);
  return await work(async (feeds) => {
    const results = await executable.run(feeds);
    const read: Record<string, Tensor> = {};
    for (const [name, result] of Object.entries(results)) {
      read[name] = await result.read();
      result.dispose();
    }
    return read;
  });
}

/** The newest values of variables, by the ports they belong to. */
export async function readVariables(variables: ReadonlyMap<string, Variable>): Promise<Tensors> {
  const values: Record<string, Tensor> = {};
  for (const [port, variable] of variables) values[port] = await variable.read();
  return values;
}
