import {
  GraphBuilder,
  inlineModel,
  inputLike,
  LamellaError,
  Lowering,
  type PrimitiveGraph,
  SymbolicTensor,
  type Tracer,
  traceModel,
  type ValueType,
} from "@lamella/ir";

import { inline } from "./gradients/replay.ts";

/** A function of targets and predictions, of one dtype and rank, that is made of `ops`, or of layers without weights. */
export type TensorFunction = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => SymbolicTensor;

/** A function of targets and predictions as it works within a step. Its name is that of what it was made from. */
export type TracedFunction = (yTrue: Tracer, yPred: Tracer) => Tracer;

/**
 * The graph that a function makes of tensors of these types: `yTrue` and `yPred` to `result`.
 *
 * @throws LamellaError `config` for what gives no symbolic tensor, or has weights of its own
 */
export function recordFunction(
  work: TensorFunction,
  yTrue: ValueType,
  yPred: ValueType,
  where = work.name,
): PrimitiveGraph {
  const inputs = [inputLike(yTrue, "yTrue"), inputLike(yPred, "yPred")] as const;
  const result: unknown = attempt(() => work(...inputs), where);
  if (!(result instanceof SymbolicTensor)) {
    throw new LamellaError("config", {
      where,
      problem: "The function does not give a symbolic tensor.",
      expected:
        "what ops make of its arguments, one value a sample or more, such as ops.square(ops.subtract(yTrue, yPred))",
      received: result === null ? "null" : typeof result,
    });
  }
  const { graph } = traceModel(where, inputs, [result]);
  const builder = new GraphBuilder(work.name);
  const lowering = new Lowering(builder, { training: false });
  const values = graph.inputs.map(({ name, value }) => {
    const { shape, dtype } = graph.values[value]!;
    return { tensor: builder.input(name, shape, dtype) };
  });
  const [output] = inlineModel(graph, lowering, values, false);
  const weights = [...lowering.variables.keys()].map(({ path }) => path);
  if (weights.length === 0 && lowering.losses.length === 0 && lowering.hosted.length === 0) {
    return builder.finish({ result: output!.tensor });
  }
  throw new LamellaError("config", {
    where,
    problem: "The function uses layers that have weights, add losses, or are computed before a step.",
    expected: "ops, and layers that have none of these",
    received: weights.length === 0 ? undefined : `weights ${weights.join(", ")}`,
    hint: "For losses made of models, use trainStep().",
  });
}

function attempt<T>(work: () => T, where: string): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof LamellaError) throw cause.at(where);
    throw new LamellaError("config", {
      where,
      problem: `The function failed on symbolic tensors: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "Its arguments have a shape and a dtype, and no numbers yet: compute with ops.",
      cause,
    });
  }
}

/** The function as it works within a step: for what it is given, it records its graph there. */
export function tracedFunction(work: TensorFunction, where: string): TracedFunction {
  const label = work.name === "" ? where : `${where} '${work.name}'`;
  return named(work.name, (...given) => inline(recordFunction(work, ...given, label), given[0].builder, given)[0]!);
}

/** Gives a function a name. */
export function named(name: string, work: TracedFunction): TracedFunction {
  return Object.defineProperty(work, "name", { value: name });
}
