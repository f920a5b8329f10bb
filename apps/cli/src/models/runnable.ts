import type { LayerGraph, PrimitiveGraph, Tensor } from "@lamella/ir";
import { type Backend, Predictor, VariableStore } from "@lamella/runtime";
import type { Slot } from "@lamella/train";

import { modelOf, type OpenedFile } from "../files/read-file.ts";
import { portsOf } from "./ports.ts";

/** What a file holds, as something that turns inputs into outputs. */
export interface Runnable {
  readonly name: string;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  /** Prepares it for a backend. */
  open(backend: Backend): Promise<Running>;
}

/** A model on a backend. */
export interface Running extends AsyncDisposable {
  /** One batch, by the names of inputs and outputs. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
}

/**
 * What a file holds, layers or operators, ready to be opened.
 *
 * @param missingWeights what weights are that the file lacks
 * @throws LamellaError that names the file
 */
export async function runnableOf(opened: OpenedFile, missingWeights: "refuse" | "initialize"): Promise<Runnable> {
  if (opened.kind === "graph") return { ...named(opened.graph), open: (backend) => openGraph(opened.graph, backend) };
  const model = await modelOf(opened, missingWeights);
  return {
    ...named(model.graph),
    open: async (backend) => {
      const store = new VariableStore(backend);
      const predictor = new Predictor(model, backend, store);
      return {
        run: (inputs) => predictor.run(inputs),
        async [Symbol.asyncDispose]() {
          await predictor.dispose();
          await store[Symbol.asyncDispose]();
        },
      };
    },
  };
}

/** A graph of operators on a backend. @param constants inputs whose value never changes */
export async function openGraph(
  graph: PrimitiveGraph,
  backend: Backend,
  constants: Readonly<Record<string, Tensor>> = {},
): Promise<Running> {
  const executable = await backend.compile(graph, { label: graph.name, constants });
  return {
    run: async (inputs) => {
      const results = Object.entries(await executable.run(inputs));
      const outputs: Record<string, Tensor> = {};
      for (const [name, tensor] of results) {
        outputs[name] = await tensor.read();
        tensor.dispose();
      }
      return outputs;
    },
    [Symbol.asyncDispose]: () => executable.dispose(),
  };
}

function named(graph: PrimitiveGraph | LayerGraph): Pick<Runnable, "name" | "inputs" | "outputs"> {
  return { name: graph.name, inputs: portsOf(graph, "inputs"), outputs: portsOf(graph, "outputs") };
}
