import { Cast, type Fields, type Tracer } from "@lamella/ir";

import { smoothingFields, sparseFields, sparseValues } from "../losses/catalogue.ts";
import { computeDtype } from "../losses/compute-dtype.ts";
import { binaryCrossentropy, categoricalCrossentropy } from "../losses/crossentropy.ts";
import { klDivergence, poisson } from "../losses/divergence.ts";
import { categoricalHinge, hinge, squaredHinge } from "../losses/hinge.ts";
import {
  axisField,
  cosineSimilarity,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
} from "../losses/regression.ts";
import { toSameRank } from "../losses/same-rank.ts";
import {
  binaryAccuracy,
  categoricalAccuracy,
  equality,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  sparseTopKFields,
  thresholdField,
  topKCategoricalAccuracy,
  topKField,
} from "./accuracy.ts";
import { auc } from "./auc.ts";
import {
  falseNegatives,
  falsePositives,
  precision,
  precisionAtRecall,
  recall,
  recallAtPrecision,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
  trueNegatives,
  truePositives,
} from "./confusion-metrics.ts";
import { concordanceCorrelation, pearsonCorrelation } from "./correlation.ts";
import type { MetricDefinition } from "./definition.ts";
import { f1Score, fBetaScore } from "./f-score.ts";
import { binaryIou, iou, meanIou, oneHotIou, oneHotMeanIou } from "./iou.ts";
import { mean, meanOf, rootMeanSquaredError, sum } from "./mean.ts";
import { r2Score } from "./r2-score.ts";

/** The mean of what a loss computes of targets in the dtype and the rank of the predictions. */
function meanOfLoss<F extends Fields>(fields: F, compute: Parameters<typeof meanOf<F>>[1]) {
  return meanOf(fields, (yTrue, yPred, config) => {
    const dtype = computeDtype(yPred);
    return compute(...toSameRank(Cast(yTrue, dtype), Cast(yPred, dtype)), config);
  });
}

const { axis: _, ...binaryFields } = smoothingFields;
const binaryValues = (yTrue: Tracer, yPred: Tracer, config: { fromLogits: boolean; labelSmoothing: number }) =>
  binaryCrossentropy(yTrue, yPred, { ...config, axis: -1 });

/** Keras's metrics with Keras's defaults. */
export const metricCatalogue = {
  AUC: auc,
  Accuracy: meanOf({}, equality),
  BinaryAccuracy: meanOf(thresholdField, binaryAccuracy),
  BinaryCrossentropy: meanOfLoss(binaryFields, binaryValues),
  BinaryIoU: binaryIou,
  CategoricalAccuracy: meanOf({}, categoricalAccuracy),
  CategoricalCrossentropy: meanOfLoss(smoothingFields, categoricalCrossentropy),
  CategoricalHinge: meanOfLoss({}, categoricalHinge),
  ConcordanceCorrelation: meanOfLoss(axisField, concordanceCorrelation),
  CosineSimilarity: meanOfLoss(axisField, cosineSimilarity),
  F1Score: f1Score,
  FBetaScore: fBetaScore,
  FalseNegatives: falseNegatives,
  FalsePositives: falsePositives,
  Hinge: meanOfLoss({}, hinge),
  IoU: iou,
  KLDivergence: meanOfLoss({}, klDivergence),
  LogCoshError: { ...meanOfLoss({}, logCosh), label: "logcosh" },
  Mean: mean,
  MeanAbsoluteError: meanOfLoss({}, meanAbsoluteError),
  MeanAbsolutePercentageError: meanOfLoss({}, meanAbsolutePercentageError),
  MeanIoU: meanIou,
  MeanSquaredError: meanOfLoss({}, meanSquaredError),
  MeanSquaredLogarithmicError: meanOfLoss({}, meanSquaredLogarithmicError),
  OneHotIoU: oneHotIou,
  OneHotMeanIoU: oneHotMeanIou,
  PearsonCorrelation: meanOfLoss(axisField, pearsonCorrelation),
  Poisson: meanOfLoss({}, poisson),
  Precision: precision,
  PrecisionAtRecall: precisionAtRecall,
  R2Score: r2Score,
  Recall: recall,
  RecallAtPrecision: recallAtPrecision,
  RootMeanSquaredError: rootMeanSquaredError,
  SensitivityAtSpecificity: sensitivityAtSpecificity,
  SparseCategoricalAccuracy: meanOf({}, sparseCategoricalAccuracy),
  SparseCategoricalCrossentropy: meanOf(sparseFields, sparseValues),
  SparseTopKCategoricalAccuracy: meanOf(sparseTopKFields, sparseTopKCategoricalAccuracy),
  SpecificityAtSensitivity: specificityAtSensitivity,
  SquaredHinge: meanOfLoss({}, squaredHinge),
  Sum: sum,
  TopKCategoricalAccuracy: meanOf(topKField, topKCategoricalAccuracy),
  TrueNegatives: trueNegatives,
  TruePositives: truePositives,
} satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricType = keyof typeof metricCatalogue;

export const metricNames = Object.keys(metricCatalogue) as readonly MetricType[];

/** Keras's short names, and those of the losses. */
export const metricAliases = {
  bce: "BinaryCrossentropy",
  kld: "KLDivergence",
  kullbackLeiblerDivergence: "KLDivergence",
  logCosh: "LogCoshError",
  mae: "MeanAbsoluteError",
  mape: "MeanAbsolutePercentageError",
  mse: "MeanSquaredError",
  msle: "MeanSquaredLogarithmicError",
} as const satisfies Readonly<Record<string, MetricType>>;
