import { GraphBuilder, type Tracer } from "./graph-builder.ts";
import type { HostInput } from "./host-inputs.ts";
import { Lowering, type LoweringOptions, type Value } from "./lowering.ts";
import { type AnyModel, inlineModel } from "./model.ts";
import { Identity } from "./operators.ts";
import type { PrimitiveGraph } from "./primitives/attributes.ts";
import type { Variable } from "./variable.ts";

/** A model recorded into a builder, with everything that a training step adds to. */
export interface TracedForward {
  readonly lowering: Lowering;
  /** By the names of the model's inputs. */
  readonly inputs: ReadonlyMap<string, Tracer>;
  /** By the names of the model's outputs. */
  readonly outputs: ReadonlyMap<string, Value>;
}

/** Records a model's forward pass into a builder; its inputs become inputs of the graph. */
export function traceForward(model: AnyModel, builder: GraphBuilder, options: LoweringOptions): TracedForward {
  const { graph } = model;
  const lowering = new Lowering(builder, options);
  const inputs = graph.inputs.map(({ name, value }): readonly [string, Tracer] => {
    const { shape, dtype } = graph.values[value]!;
    const tracer = builder.input(name, shape, dtype);
    lowering.known.set(tracer.id, name);
    return [name, tracer];
  });
  const values = inputs.map(([, tensor]): Value => ({ tensor }));
  const outputs = inlineModel(graph, lowering, values, options.training);
  return {
    lowering,
    inputs: new Map(inputs),
    outputs: new Map(graph.outputs.map(({ name }, i) => [name, outputs[i]!])),
  };
}

/** A model as primitives. */
export interface LoweredModel {
  readonly graph: PrimitiveGraph;
  /** The variable behind every input of the graph that is a weight. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** The variable that every further output of the graph is the new value of. */
  readonly updates: ReadonlyMap<string, Variable>;
  /** The inputs of the graph that the host computes from the model's. */
  readonly hosted: readonly HostInput[];
}

/** Lowers a model for inference: inputs and outputs by the model's names, weights as inputs by their paths. */
export function lower(model: AnyModel): LoweredModel {
  const builder = new GraphBuilder(model.name);
  const { lowering, inputs, outputs } = traceForward(model, builder, { training: false });
  const results: Record<string, Tracer> = {};
  const passedThrough = new Set([...inputs.values()].map(({ id }) => id));
  for (const [name, { tensor }] of outputs) {
    const free = builder.freePortName(name);
    results[free] = passedThrough.has(tensor.id) ? Identity(tensor) : tensor;
  }
  const updates = new Map<string, Variable>();
  for (const [variable, value] of lowering.assigned) {
    const name = builder.freePortName(`${variable.path}:next`);
    results[name] = value;
    updates.set(name, variable);
  }
  const graph = builder.finish(results);
  return { graph, variables: lowering.ports, updates, hosted: lowering.hosted };
}
