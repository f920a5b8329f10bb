import {
  Add,
  addDim,
  And,
  Cast,
  Concat,
  Constant,
  type Dim,
  Equal,
  Exp,
  Expand,
  formatShape,
  LamellaError,
  Log,
  LogSoftmax,
  MatMul,
  Max,
  mulDim,
  Mul,
  Neg,
  Not,
  Or,
  Pad,
  Range,
  ReduceMax,
  ReduceSum,
  Reshape,
  Scan,
  SliceAxis,
  StopGradient,
  Sub,
  tensor,
  type Tracer,
  Transpose,
  Where,
} from "@lamella/ir";

/** The logarithm of the probability of a step that there is not. */
const impossible = -1e5;

/**
 * The logarithm of the probability that labels have been cut off, 1e-307 as in Keras on TensorFlow: the price of those that do
 * not fit into the time.
 */
const cutOff = -706.893603515625;

function logAddExp(terms: readonly Tracer[]): Tracer {
  const largest = StopGradient(terms.reduce((a, b) => Max(a, b)));
  const sum = terms.map((term) => Exp(Sub(term, largest))).reduce((a, b) => Add(a, b));
  return Add(Log(sum), largest);
}

/** The logarithm of the sum of exponentials over the last axis. */
function logSumExp(x: Tracer): Tracer {
  const largest = StopGradient(ReduceMax(x, { axes: [-1], keepdims: true }));
  const sum = ReduceSum(Exp(Sub(x, largest)), { axes: [-1] });
  return Add(Log(sum), Reshape(largest, sum.shape));
}

/** Values (2, batch, states) moved by some states; nothing comes in. */
function shifted(x: Tracer, by: number, size: Dim): Tracer {
  return Pad(SliceAxis(x, 2, 0, addDim(size, -by)), [0, 0, by, 0, 0, 0], impossible);
}

/** Labels (batch, n) with a blank before, between and behind: (batch, 2n + 1). */
function withBlanks(labels: Tracer): Tracer {
  const [batch, length] = labels.shape as readonly [Dim, Dim];
  const column = Reshape(labels, [batch, length, 1]);
  const pairs = Reshape(Concat([Mul(column, 0), column], 2), [batch, mulDim(length, 2)]);
  return Pad(pairs, [0, 0, 0, 1]);
}

/**
 * Minus the log probability of all ways to write the labels over time, a class or a blank a step. Targets are class numbers
 * (batch, labels), filled up with 0 at the end; 0 is the blank. Predictions are logits (batch, time, classes), and all steps
 * count. One value a sample; for labels that do not fit into the time, about 707. (Keras on TensorFlow: `ctc`. Graves and others,
 * 2006.)
 *
 * @throws LamellaError `shape`
 */
export function ctc(yTrue: Tracer, yPred: Tracer): Tracer {
  if (yTrue.rank !== 2 || yPred.rank !== 3) {
    throw new LamellaError("shape", {
      problem: "CTC compares sequences of labels with logits over time.",
      expected: "targets of shape (batch, labels), predictions of shape (batch, time, classes)",
      received: `${formatShape(yTrue.shape)} and ${formatShape(yPred.shape)}`,
    });
  }
  const { builder, dtype } = yPred;
  const [batch, , classes] = yPred.shape as readonly [Dim, Dim, Dim];
  const labels = Cast(yTrue, "int32");
  const states = withBlanks(labels);
  const size = states.shape[1]!;
  const lengths = Reshape(ReduceSum(Cast(Not(Equal(labels, 0)), "int32"), { axes: [1] }), [batch, 1]);

  const isClass = Equal(Reshape(states, [batch, 1, size]), Reshape(Range(builder, classes), [classes, 1]));
  const emitted = Transpose(MatMul(LogSoftmax(yPred), Cast(isClass, dtype)), [1, 0, 2]);
  const twoBefore = Pad(SliceAxis(states, 1, 0, addDim(size, -2)), [0, 2, 0, 0]);
  const maySkip = Cast(And(Not(Equal(states, 0)), Not(Equal(states, twoBefore))), dtype);
  const position = Range(builder, size);
  const first = Cast(Equal(position, 0), dtype);
  // Keras's gradients are those with beginnings cut off, too, its losses those without.
  const lowest = Constant(builder, tensor([impossible, cutOff], [2, 1, 1], dtype));
  const start = Expand(Mul(Sub(1, first), lowest), [2, batch, size]);

  const { states: finals } = Scan(
    { states: [start], invariants: [maySkip], scanned: [emitted] },
    ({ states: [before], invariants: [skips], scanned: [now] }) => {
      const skipped = Where(Equal(skips!, 1), shifted(before!, 2, size), impossible);
      return { states: [Add(logAddExp([before!, shifted(before!, 1, size), skipped]), now!)], outputs: [] };
    },
  );
  const last = Mul(lengths, 2);
  const ends = Or(Equal(position, last), Equal(position, Sub(last, 1)));
  const logs = logSumExp(Add(finals[0]!, Where(ends, builder.scalar(0, dtype), cutOff)));
  const [loss, cut] = [0, 1].map((i) => Neg(Reshape(SliceAxis(logs, 0, i, i + 1), [batch]))) as [Tracer, Tracer];
  return Add(cut, StopGradient(Sub(loss, cut)));
}
