import { Add, Div, Log, Max, Min, Mul, ReduceMean, ReduceSum, Sub, type Tracer } from "@lamella/ir";

import { epsilon } from "./definition.ts";

const positive = (x: Tracer) => Min(Max(x, epsilon), 1);

/** Between distributions along the last axis. (Keras: `kl_divergence`.) */
export function klDivergence(yTrue: Tracer, yPred: Tracer): Tracer {
  const [target, prediction] = [positive(yTrue), positive(yPred)];
  return ReduceSum(Mul(target, Log(Div(target, prediction))), { axes: [-1] });
}

/** Of counts and predicted rates. (Keras: `poisson`.) */
export function poisson(yTrue: Tracer, yPred: Tracer): Tracer {
  return ReduceMean(Sub(yPred, Mul(yTrue, Log(Add(yPred, epsilon)))), { axes: [-1] });
}
