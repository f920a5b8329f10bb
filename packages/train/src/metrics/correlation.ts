import { Add, Cast, Div, Mul, ReduceMean, Sqrt, Sub, type Tracer } from "@lamella/ir";

import { epsilon } from "../losses/definition.ts";
import { toSameRank } from "../losses/same-rank.ts";

interface Along {
  readonly axis: number;
}

function pair(yTrue: Tracer, yPred: Tracer): readonly [Tracer, Tracer] {
  return toSameRank(Cast(yTrue, yPred.dtype), yPred);
}

const meanAlong = (x: Tracer, axis: number) => ReduceMean(x, { axes: [axis], keepdims: true });
const centred = (x: Tracer, axis: number) => Sub(x, meanAlong(x, axis));

/** The mean of squares of numbers around 0. */
function variance(around: Tracer, axis: number): Tracer {
  const rest = centred(around, axis);
  return meanAlong(Mul(rest, rest), axis);
}

/** (Keras: `pearson_correlation`.) */
export function pearsonCorrelation(yTrue: Tracer, yPred: Tracer, { axis }: Along): Tracer {
  const standard = (x: Tracer) => Div(x, Sqrt(variance(x, axis)));
  const [target, prediction] = pair(yTrue, yPred).map((x) => standard(centred(x, axis))) as [Tracer, Tracer];
  return ReduceMean(Mul(target, prediction), { axes: [axis] });
}

/** (Keras: `concordance_correlation`, whose covariance takes both from the mean of the predictions.) */
export function concordanceCorrelation(yTrue: Tracer, yPred: Tracer, { axis }: Along): Tracer {
  const [target, prediction] = pair(yTrue, yPred);
  const [targetMean, predictionMean] = [meanAlong(target, axis), meanAlong(prediction, axis)];
  const covariance = Mul(Sub(target, predictionMean), Sub(prediction, predictionMean));
  const distance = Sub(targetMean, predictionMean);
  const spread = Add(variance(Sub(target, targetMean), axis), variance(Sub(prediction, predictionMean), axis));
  const norm = Add(Add(spread, Mul(distance, distance)), epsilon);
  return ReduceMean(Div(Mul(covariance, 2), norm), { axes: [axis] });
}
