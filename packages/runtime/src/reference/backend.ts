import { type Bindings, isFloating, LamellaError, type PrimitiveGraph, Tensor } from "@lamella/ir";

import {
  type Backend,
  bindFeeds,
  type CompileOptions,
  type Executable,
  type Feeds,
  hostTensor,
  readFeed,
} from "../backend.ts";
import { freezeInputs, resolveDims } from "../specialize.ts";
import type { Program } from "./kernel.ts";
import { compileProgram } from "./program.ts";
import { widen, widenTensor } from "./widen.ts";

export interface ReferenceOptions {
  /**
   * float32: every result is rounded to its dtype. float64: float32 and float16 values are kept as float64 from the
   * feeds to the outputs, and the feeds may be float64 too. Default: float32.
   */
  readonly precision?: "float32" | "float64";
}

/** Programs kept for as many different sizes. */
const keptPrograms = 16;

/** The memory of all constants of a graph. */
function constantMemory(graph: PrimitiveGraph): readonly ArrayBufferLike[] {
  return graph.nodes.flatMap(({ op }) => {
    if (op.type === "Constant") return [op.attributes.value.data.buffer];
    return op.type === "Scan" ? constantMemory(op.attributes.body) : [];
  });
}

class ReferenceExecutable implements Executable {
  private readonly graph: PrimitiveGraph;
  private readonly constants: readonly ArrayBufferLike[];
  private readonly wide: boolean;
  private readonly programs = new Map<string, Program>();
  private disposed = false;

  constructor(graph: PrimitiveGraph, wide: boolean) {
    this.graph = graph;
    this.constants = constantMemory(graph);
    this.wide = wide;
  }

  async run(feeds: Feeds): ReturnType<Executable["run"]> {
    const { graph, wide } = this;
    if (this.disposed) {
      throw new LamellaError("state", { where: graph.name, problem: "The executable has been disposed." });
    }
    const described = Object.entries(feeds).map(([name, { shape, dtype }]) => {
      const widened = wide && isFloating(dtype) ? "float64" : dtype;
      return [name, { shape, dtype: widened }] as const;
    });
    const program = this.programFor(bindFeeds(graph, Object.fromEntries(described)));
    const inputs = await Promise.all(
      graph.inputs.map(async ({ name }) => {
        const tensor = await readFeed(feeds[name]!);
        return wide ? widenTensor(tensor) : tensor;
      }),
    );
    const outputs = this.own(program(inputs), inputs);
    return Object.fromEntries(graph.outputs.map(({ name }, i) => [name, hostTensor(outputs[i]!)]));
  }

  /** The same with memory of their own: what only moves no element gives the memory that it was given. */
  private own(outputs: readonly Tensor[], inputs: readonly Tensor[]): readonly Tensor[] {
    const taken = new Set([...this.constants, ...inputs.map(({ data }) => data.buffer)]);
    return outputs.map(({ dtype, shape, data }) => {
      const own = taken.has(data.buffer) ? data.slice() : data;
      taken.add(own.buffer);
      return new Tensor(dtype, shape, own);
    });
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.programs.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  private programFor(bindings: Bindings): Program {
    const key = JSON.stringify(bindings);
    let program = this.programs.get(key);
    if (program === undefined) {
      program = compileProgram(resolveDims(this.graph, bindings));
      if (this.programs.size === keptPrograms) this.programs.clear();
      this.programs.set(key, program);
    }
    return program;
  }
}

/** The backend that defines what primitives mean: plain TypeScript, runs everywhere, made to be read. */
export function reference(options: ReferenceOptions = {}): Backend {
  const wide = options.precision === "float64";
  return {
    name: wide ? "reference-float64" : "reference",
    check: async () => undefined,
    upload: hostTensor,
    compile: async (graph, { label, constants = {} }: CompileOptions = {}) => {
      const named = label === undefined ? graph : { ...graph, name: label };
      if (!wide) return new ReferenceExecutable(freezeInputs(named, constants), false);
      const widened = Object.entries(constants).map(([name, tensor]) => [name, widenTensor(tensor)] as const);
      return new ReferenceExecutable(freezeInputs(widen(named), Object.fromEntries(widened)), true);
    },
  };
}
