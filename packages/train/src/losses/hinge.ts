import {
  Add,
  Cast,
  Equal,
  Max,
  Mul,
  Not,
  Or,
  ReduceMax,
  ReduceMean,
  ReduceSum,
  Sub,
  type Tracer,
  Where,
} from "@lamella/ir";

/** Targets of -1 and 1: those of 0 and 1 are taken for them when there is nothing else in the batch. */
function signs(yTrue: Tracer): Tracer {
  const isBinary = Or(Equal(yTrue, 0), Equal(yTrue, 1));
  const others = ReduceSum(Cast(Not(isBinary), yTrue.dtype));
  return Where(Equal(others, 0), Sub(Mul(yTrue, 2), 1), yTrue);
}

const short = (yTrue: Tracer, yPred: Tracer) => Max(Sub(1, Mul(signs(yTrue), yPred)), 0);

/** max(1 - y x, 0). (Keras: `hinge`.) */
export function hinge(yTrue: Tracer, yPred: Tracer): Tracer {
  return ReduceMean(short(yTrue, yPred), { axes: [-1] });
}

/** max(1 - y x, 0) squared. (Keras: `squared_hinge`.) */
export function squaredHinge(yTrue: Tracer, yPred: Tracer): Tracer {
  const missing = short(yTrue, yPred);
  return ReduceMean(Mul(missing, missing), { axes: [-1] });
}

/** How much the best wrong class comes within 1 of the right one. (Keras: `categorical_hinge`.) */
export function categoricalHinge(yTrue: Tracer, yPred: Tracer): Tracer {
  const right = ReduceSum(Mul(yTrue, yPred), { axes: [-1] });
  const wrong = ReduceMax(Mul(Sub(1, yTrue), yPred), { axes: [-1] });
  return Max(Add(Sub(wrong, right), 1), 0);
}
