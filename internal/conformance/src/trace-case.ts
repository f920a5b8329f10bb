import {
  Add,
  type AnyModel,
  GraphBuilder,
  type HostInput,
  Identity,
  isFloating,
  Mul,
  type PrimitiveGraph,
  ReduceSum,
  regularize,
  type Tracer,
  traceForward,
  type TracedForward,
  type Variable,
} from "@lamella/ir";
import { gradients } from "@lamella/train";

/** A graph made from a model, with the variables behind its ports. */
interface TracedGraph {
  readonly graph: PrimitiveGraph;
  readonly variables: ReadonlyMap<string, Variable>;
  /** The inputs of the graph that the host computes from the model's. */
  readonly hosted: readonly HostInput[];
}

export interface ForwardGraph extends TracedGraph {
  /** The variables behind the outputs `update 0`, ... */
  readonly updates: readonly Variable[];
  /** The number of the outputs `loss 0`, ... */
  readonly losses: number;
  /** For every output of the model, whether there is an output `mask 0`, ... */
  readonly masks: readonly boolean[];
}

/** What the name of a graph's random numbers' step is, where it has one. */
export const stepPort = "step";

/** The penalties of the trainable weights, then what layers added. */
function addedLosses(model: AnyModel, { lowering }: TracedForward): readonly Tracer[] {
  const penalties = model.trainableWeights.flatMap((variable) => {
    const { regularizer } = variable;
    const isRead = lowering.variables.has(variable);
    return regularizer === null || !isRead ? [] : [regularize(regularizer, lowering.read(variable))];
  });
  return [...penalties, ...lowering.losses];
}

function numbered(name: string, tracers: readonly Tracer[]): [string, Tracer][] {
  return tracers.map((tracer, i) => [`${name} ${i}`, Identity(tracer)]);
}

/** Everything that a forward pass gives: outputs, masks, updates and added losses. */
export function traceAll(model: AnyModel, training: boolean, seed?: number): ForwardGraph {
  const builder = new GraphBuilder("forward");
  const step = seed === undefined ? {} : { seed, step: builder.input(stepPort, [], "int32") };
  const forward = traceForward(model, builder, { training, ...step });
  const { lowering, outputs } = forward;
  const values = [...outputs.values()];
  const losses = addedLosses(model, forward);
  const masks = values.flatMap(({ mask }, i): [string, Tracer][] =>
    mask === undefined ? [] : [[`mask ${i}`, Identity(mask)]],
  );
  const results = [
    ...numbered(
      "output",
      values.map(({ tensor }) => tensor),
    ),
    ...numbered("update", [...lowering.assigned.values()]),
    ...numbered("loss", losses),
    ...masks,
  ];
  return {
    graph: builder.finish(Object.fromEntries(results)),
    variables: lowering.ports,
    hosted: lowering.hosted,
    updates: [...lowering.assigned.keys()],
    losses: losses.length,
    masks: values.map(({ mask }) => mask !== undefined),
  };
}

/** What gradients are taken with respect to. */
export interface GradientGraph extends TracedGraph {
  /** Names of the float inputs, behind the outputs `input gradient 0`, ... */
  readonly inputs: readonly string[];
  /** The trainable weights, behind the outputs `weight gradient 0`, ... */
  readonly weights: readonly Variable[];
  /** Those among them that the call sets: their gradients are with respect to the new value, as in Keras. */
  readonly set: readonly Variable[];
}

/** The loss (every float output times its cotangent, fed as `cotangent 0`, ..., summed up) and its gradients. */
export function traceGradients(model: AnyModel, training: boolean): GradientGraph {
  const builder = new GraphBuilder("gradients");
  const { lowering, inputs, outputs } = traceForward(model, builder, { training });
  const terms = [...outputs.values()].flatMap(({ tensor: { shape, dtype }, tensor }, i) =>
    isFloating(dtype) ? [ReduceSum(Mul(tensor, builder.input(`cotangent ${i}`, shape, dtype)))] : [],
  );
  const loss = terms.reduce((a, b) => Add(a, b));
  const floats = [...inputs].filter(([, { dtype }]) => isFloating(dtype));
  const weights = model.trainableWeights.filter((variable) => lowering.variables.has(variable));
  const wrt = [...floats.map(([, tracer]) => tracer), ...weights.map((variable) => lowering.read(variable))];
  const found = gradients(loss, wrt);
  const results = [
    ["loss", loss] as const,
    ...numbered("input gradient", found.slice(0, floats.length)),
    ...numbered("weight gradient", found.slice(floats.length)),
  ];
  return {
    graph: builder.finish(Object.fromEntries(results)),
    variables: lowering.ports,
    hosted: lowering.hosted,
    inputs: floats.map(([name]) => name),
    weights,
    set: weights.filter((variable) => lowering.assigned.has(variable)),
  };
}
