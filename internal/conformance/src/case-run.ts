import {
  type AnyModel,
  evalShape,
  type HostInput,
  hostInputs,
  type LoweredModel,
  lower,
  type PrimitiveGraph,
  type StaticShape,
  type Tensor,
  Tracer,
} from "@lamella/ir";

import type { LayerCase } from "../cases/case.ts";
import { buildCase } from "./build-case.ts";
import { cotangentData, inputData } from "./data.ts";
import { readVariables, type Tensors, withGraph } from "./evaluate.ts";
import type { Subject } from "./subject.ts";
import { type ForwardGraph, type GradientGraph, traceAll, traceGradients } from "./trace-case.ts";

/** Three inference runs as `predict` does them: the second with the same state, the third with what the first left. */
export interface Inference {
  readonly lowered: LoweredModel;
  /** The names of the model's outputs among the results. */
  readonly outputs: readonly string[];
  readonly first: Tensors;
  readonly repeated: Tensors;
  readonly following: Tensors;
}

export interface Forward {
  readonly traced: ForwardGraph;
  readonly results: Tensors;
}

export interface Gradients {
  readonly traced: GradientGraph;
  readonly results: Tensors;
}

function graphText(graph: PrimitiveGraph): string {
  return JSON.stringify(graph, (_, value: unknown) => {
    if (value instanceof Tracer) return { shape: value.shape, dtype: value.dtype };
    return typeof value === "bigint" ? String(value) : value;
  });
}

function sameGraph(a: PrimitiveGraph, b: PrimitiveGraph): boolean {
  return a.nodes.length === b.nodes.length && graphText(a) === graphText(b);
}

/** One case on one subject. Everything is done when first asked for, and once. */
export class CaseRun {
  readonly layerCase: LayerCase;
  readonly subject: Subject;
  private readonly done = new Map<string, unknown>();

  constructor(layerCase: LayerCase, subject: Subject) {
    this.layerCase = layerCase;
    this.subject = subject;
  }

  /** By the names of the model's inputs. */
  get inputs(): Tensors {
    const { id, inputs } = this.layerCase;
    return this.once("inputs", () =>
      Object.fromEntries(inputs.map((spec, i) => [`input_${i}`, inputData(id, i, spec)] as const)),
    );
  }

  /** The model as the case describes it. */
  original(): AnyModel {
    return this.once("original", () => buildCase(this.layerCase));
  }

  /** The model after the subject's detour. */
  model(): Promise<AnyModel> {
    const { detour } = this.subject;
    return this.once("model", async () => (detour === undefined ? this.original() : detour(this.original())));
  }

  inference(): Promise<Inference> {
    return this.once("inference", async () => {
      const model = await this.model();
      const lowered = lower(model);
      const outputs = lowered.graph.outputs.slice(0, model.outputs.length).map(({ name }) => name);
      const state = await readVariables(lowered.variables);
      return withGraph(this.subject.backend, lowered.graph, async (run) => {
        const inputs = this.feeds(lowered);
        const first = await run({ ...inputs, ...state });
        const repeated = await run({ ...inputs, ...state });
        const ports = [...lowered.variables];
        const next = Object.fromEntries(
          [...lowered.updates].map(([output, variable]) => {
            const [port] = ports.find(([, other]) => other === variable)!;
            return [port, first[output]!] as const;
          }),
        );
        const following = await run({ ...inputs, ...state, ...next });
        return { lowered, outputs, first, repeated, following };
      });
    });
  }

  /** A mode that makes the same graph as inference is not run again. */
  forward(training: boolean): Promise<Forward> {
    return this.once(`forward ${training}`, async () => {
      const traced = traceAll(await this.model(), training);
      if (training) {
        const inference = await this.forward(false);
        if (sameGraph(traced.graph, inference.traced.graph)) return { traced, results: inference.results };
      } else if (traced.updates.length === 0 && traced.losses === 0 && !traced.masks.includes(true)) {
        const { outputs, first } = await this.inference();
        return { traced, results: Object.fromEntries(outputs.map((name, i) => [`output ${i}`, first[name]!])) };
      }
      const feeds = { ...this.feeds(traced), ...(await readVariables(traced.variables)) };
      const results = await withGraph(this.subject.backend, traced.graph, (run) => run(feeds));
      return { traced, results };
    });
  }

  gradients(training: boolean): Promise<Gradients> {
    return this.once(`gradients ${training}`, async () => {
      const model = await this.model();
      const traced = traceGradients(model, training);
      const state = await readVariables(traced.variables);
      const feeds = { ...this.feeds(traced), ...state, ...this.cotangents(model) };
      const results = await withGraph(this.subject.backend, traced.graph, (run) => run(feeds));
      return { traced, results };
    });
  }

  /** The case's inputs, and what the host computes from them. */
  feeds({ hosted }: { readonly hosted: readonly HostInput[] }): Tensors {
    return { ...this.inputs, ...hostInputs(hosted, this.inputs) };
  }

  /** The shapes the inference of symbols promises for the case's inputs. */
  promisedShapes(model: AnyModel): readonly StaticShape[] {
    const bindings: Record<string, number> = {};
    for (const { name, shape } of model.inputs) {
      for (const [axis, dim] of shape.entries()) {
        if (typeof dim === "string") bindings[dim] ??= this.inputs[name]!.shape[axis]!;
      }
    }
    return model.outputs.map(({ shape }) => evalShape(shape, bindings));
  }

  /** What the float outputs are multiplied with, by the names of the gradient graph's inputs. */
  cotangents(model: AnyModel): Tensors {
    const shapes = this.promisedShapes(model);
    const floats = model.outputs.flatMap(({ dtype }, i): [string, Tensor][] =>
      dtype === "float32" ? [[`cotangent ${i}`, cotangentData(this.layerCase.id, i, shapes[i]!)]] : [],
    );
    return Object.fromEntries(floats);
  }

  private once<T>(what: string, work: () => T): T {
    if (!this.done.has(what)) this.done.set(what, work());
    return this.done.get(what) as T;
  }
}
