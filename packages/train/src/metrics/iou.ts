import {
  Add,
  And,
  ArgMax,
  Cast,
  type DType,
  Equal,
  Expand,
  fields,
  GreaterOrEqual,
  LamellaError,
  Less,
  Mul,
  Not,
  Reshape,
  ScatterND,
  sizeDim,
  type Tracer,
  Where,
} from "@lamella/ir";

import { epsilon } from "../losses/definition.ts";
import type { Weighting } from "../losses/reduce-loss.ts";
import { defineMetric, type Sums, type Totals } from "./definition.ts";

/** What weights are counted in. By default whole numbers, to which weights are cut, as in Keras. */
const dtypeField = fields.choice(["int32", "float32"], "int32");
const ignored = { ignoreClass: fields.orNull(fields.integer()), dtype: dtypeField };
const classes = { numClasses: fields.integer({ min: 1 }), ...ignored, axis: fields.integer({ default: -1 }) };
const targetIds = { targetClassIds: fields.integers() };
const sparsePrediction = (byDefault: boolean) => ({ sparseYPred: fields.boolean(byDefault) });
const sparse = { sparseYTrue: fields.boolean(true), ...sparsePrediction(true) };

interface Counting {
  readonly numClasses: number;
  readonly ignoreClass: number | null;
  readonly dtype: "int32" | "float32";
}

function both(a: Tracer, ...rest: readonly Tracer[]): Tracer {
  return rest.reduce((x, y) => And(x, y), a);
}

/** The confusion matrix (target, prediction) of class numbers. What is no class does not count. */
function confusionMatrix(yTrue: Tracer, yPred: Tracer, config: Counting, sampleWeight: Tracer | undefined): Sums {
  const { numClasses, ignoreClass, dtype } = config;
  const { builder } = yTrue;
  const size = sizeDim(yTrue.shape);
  const flat = (x: Tracer, to: DType) => Reshape(Cast(x, to), [size]);
  const [target, prediction] = [flat(yTrue, "int32"), flat(yPred, "int32")];
  const isClass = (x: Tracer) => And(GreaterOrEqual(x, 0), Less(x, numClasses));
  const valid = both(
    isClass(target),
    isClass(prediction),
    ...(ignoreClass === null ? [] : [Not(Equal(target, ignoreClass))]),
  );
  const one = builder.scalar(1, "float32");
  const given = sampleWeight === undefined ? one : Cast(Cast(sampleWeight, dtype), "float32");
  const weights = Expand(given.rank === 0 ? given : Reshape(given, [sizeDim(given.shape)]), [size]);
  const place = Where(valid, Add(Mul(target, numClasses), prediction), 0);
  const zeros = Expand(builder.scalar(0, "float32"), [numClasses ** 2]);
  return { matrix: ScatterND(zeros, Reshape(place, [size, 1]), Where(valid, weights, 0)) };
}

/** The mean over classes of what both have by what either has. Classes that neither has do not count. */
function meanOverlap({ matrix }: Totals, numClasses: number, ids: readonly number[]): number {
  const at = (target: number, prediction: number) => matrix![target * numClasses + prediction]!;
  let [total, count] = [0, 0];
  for (const id of ids) {
    let either = -at(id, id);
    for (let other = 0; other < numClasses; other++) either += at(id, other) + at(other, id);
    if (either <= 1e-9) continue;
    total += at(id, id) / (either + epsilon);
    count += 1;
  }
  return total / (count + epsilon);
}

function checkIds(
  { numClasses, targetClassIds: ids }: { readonly numClasses: number; readonly targetClassIds: readonly number[] },
  where: string,
): void {
  const wrong = ids.find((id) => id < 0 || id >= numClasses);
  if (wrong === undefined) return;
  throw new LamellaError("config", {
    where,
    problem: `Target class ${wrong} is out of range.`,
    expected: `class numbers from 0 to ${numClasses - 1}`,
    received: JSON.stringify(ids),
  });
}

interface Overlap extends Counting {
  readonly axis: number;
  readonly sparseYPred: boolean;
  /** Absent: targets are one-hot. */
  readonly sparseYTrue?: boolean;
  /** Absent: all classes. */
  readonly targetClassIds?: readonly number[];
}

const parts = {
  sums(yTrue: Tracer, yPred: Tracer, config: Overlap, { sampleWeight }: Weighting): Sums {
    const asClasses = (x: Tracer, isSparse = false) => (isSparse ? x : ArgMax(x, config.axis));
    return confusionMatrix(
      asClasses(yTrue, config.sparseYTrue),
      asClasses(yPred, config.sparseYPred),
      config,
      sampleWeight,
    );
  },
  result: (totals: Totals, { numClasses, targetClassIds }: Overlap) =>
    meanOverlap(totals, numClasses, targetClassIds ?? Array.from({ length: numClasses }, (_, i) => i)),
};

/** Of some classes. (Keras: `IoU`.) */
export const iou = defineMetric({ ...classes, ...targetIds, ...sparse }, { check: checkIds, ...parts });

/** Of all classes. (Keras: `MeanIoU`.) */
export const meanIou = defineMetric({ ...classes, ...sparse }, parts);

/** Of some classes of one-hot targets. (Keras: `OneHotIoU`.) */
export const oneHotIou = defineMetric(
  { ...classes, ...targetIds, ...sparsePrediction(false) },
  { check: checkIds, ...parts },
);

/** Of all classes of one-hot targets. (Keras: `OneHotMeanIoU`.) */
export const oneHotMeanIou = defineMetric({ ...classes, ...sparsePrediction(false) }, parts);

/** Of classes 0 and 1, the latter being predictions of at least the threshold. (Keras: `BinaryIoU`.) */
export const binaryIou = defineMetric(
  {
    targetClassIds: fields.integers({ default: [0, 1] }),
    threshold: fields.number({ default: 0.5 }),
    dtype: dtypeField,
  },
  {
    check: ({ targetClassIds }, where) => checkIds({ numClasses: 2, targetClassIds }, where),
    sums: (yTrue, yPred, { threshold, dtype }, { sampleWeight }) =>
      confusionMatrix(
        yTrue,
        GreaterOrEqual(Cast(yPred, "float32"), threshold),
        { numClasses: 2, ignoreClass: null, dtype },
        sampleWeight,
      ),
    result: (totals, { targetClassIds }) => meanOverlap(totals, 2, targetClassIds),
  },
);
