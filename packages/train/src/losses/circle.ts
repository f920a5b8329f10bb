import {
  Add,
  And,
  type ConfigOf,
  Equal,
  Exp,
  fields,
  Greater,
  LamellaError,
  formatShape,
  Log,
  MatMul,
  Max,
  Mul,
  Not,
  Range,
  ReduceMax,
  ReduceSum,
  Reshape,
  sizeDim,
  Softplus,
  StopGradient,
  Sub,
  type Tracer,
  Transpose,
  Where,
} from "@lamella/ir";

import type { LossValues } from "./definition.ts";

export const circleFields = {
  gamma: fields.number({ default: 80 }),
  margin: fields.number({ default: 0.4 }),
  removeDiagonal: fields.boolean(true),
};

const never = -1e30;

/** log(sum(exp(x))) over each row where the mask is true; about -1e30 where it is nowhere. */
function logSumExp(x: Tracer, mask: Tracer): Tracer {
  const kept = Where(mask, x, never);
  const largest = StopGradient(ReduceMax(kept, { axes: [1], keepdims: true }));
  const sum = ReduceSum(Exp(Sub(kept, largest)), { axes: [1] });
  return Add(Log(sum), Reshape(largest, sum.shape));
}

/**
 * Pulls embeddings (batch, features) of length 1 together where the targets, one a sample, are equal, and apart where they
 * are not. Samples without a loss do not count in a mean. (Keras: `circle`.)
 */
export function circle(yTrue: Tracer, yPred: Tracer, config: ConfigOf<typeof circleFields>): LossValues {
  const { gamma, margin, removeDiagonal } = config;
  const batch = yPred.shape[0]!;
  if (yPred.rank !== 2 || yTrue.rank < 1 || sizeDim(yTrue.shape.slice(1)) !== 1) {
    throw new LamellaError("shape", {
      problem: "The circle loss compares embeddings, one vector a sample, by one whole number a sample.",
      expected: "targets of shape (batch,), predictions of shape (batch, features)",
      received: `${formatShape(yTrue.shape)} and ${formatShape(yPred.shape)}`,
    });
  }
  const same = Equal(Reshape(yTrue, [batch, 1]), Reshape(yTrue, [1, batch]));
  const index = Range(yPred.builder, batch);
  const others = Not(Equal(Reshape(index, [batch, 1]), Reshape(index, [1, batch])));
  const positive = removeDiagonal ? And(same, others) : same;
  const distance = Max(Sub(1, MatMul(yPred, Transpose(yPred, [1, 0]))), 0);
  const pull = Mul(Mul(Max(Add(distance, margin), 0), Sub(margin, distance)), -gamma);
  const push = Mul(Mul(Max(Sub(1 + margin, distance), 0), Sub(1 - margin, distance)), gamma);
  const values = Softplus(Add(logSumExp(pull, positive), logSumExp(push, Not(same))));
  return { values, mask: Greater(values, 0) };
}
