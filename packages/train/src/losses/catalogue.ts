import { type ConfigOf, Equal, fields, Not, Reshape, Where, type Tracer } from "@lamella/ir";

import { circle, circleFields } from "./circle.ts";
import { binaryCrossentropy, categoricalCrossentropy, sparseCategoricalCrossentropy } from "./crossentropy.ts";
import { ctc } from "./ctc.ts";
import { defineLoss, type LossDefinition, type LossValues } from "./definition.ts";
import { klDivergence, poisson } from "./divergence.ts";
import {
  binaryFocalCrossentropy,
  binaryFocalFields,
  categoricalFocalCrossentropy,
  categoricalFocalFields,
} from "./focal.ts";
import { generalizedCrossentropy, generalizedFields } from "./generalized-crossentropy.ts";
import { categoricalHinge, hinge, squaredHinge } from "./hinge.ts";
import { labelsOf } from "./labels.ts";
import { dice, diceFields, tversky, tverskyFields } from "./overlap.ts";
import {
  axisField,
  cosineDistance,
  huber,
  huberFields,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
} from "./regression.ts";

const crossentropyFields = { fromLogits: fields.boolean(false), ...axisField };

/** What dense crossentropies can be told, as losses and as metrics. */
export const smoothingFields = {
  ...crossentropyFields,
  labelSmoothing: fields.number({ default: 0, min: 0, max: 1 }),
};

/** What the sparse crossentropy can be told, as a loss and as a metric. */
export const sparseFields = { ...crossentropyFields, ignoreClass: fields.orNull(fields.integer()) };

/** Samples of the ignored class neither count nor change anything. (Keras: `sparse_categorical_crossentropy`.) */
export function sparseValues(yTrue: Tracer, yPred: Tracer, config: ConfigOf<typeof sparseFields>): LossValues {
  const { ignoreClass } = config;
  if (ignoreClass === null) return { values: sparseCategoricalCrossentropy(yTrue, yPred, config) };
  const labels = labelsOf(yTrue, yPred);
  const mask = Not(Equal(labels, ignoreClass));
  const valid = Where(Reshape(mask, [...labels.shape, 1]), yPred, 0);
  const losses = sparseCategoricalCrossentropy(Where(mask, labels, 0), valid, config);
  return { values: Where(mask, losses, 0), mask };
}

/** Keras's losses with Keras's defaults. */
export const lossCatalogue = {
  BinaryCrossentropy: defineLoss(smoothingFields, binaryCrossentropy),
  BinaryFocalCrossentropy: defineLoss(binaryFocalFields, binaryFocalCrossentropy),
  CategoricalCrossentropy: defineLoss(smoothingFields, categoricalCrossentropy),
  CategoricalFocalCrossentropy: defineLoss(categoricalFocalFields, categoricalFocalCrossentropy),
  CategoricalGeneralizedCrossEntropy: defineLoss(generalizedFields, generalizedCrossentropy, "classes"),
  CategoricalHinge: defineLoss({}, categoricalHinge),
  Circle: defineLoss(circleFields, circle, "identities"),
  CosineSimilarity: defineLoss(axisField, cosineDistance),
  CTC: defineLoss({}, ctc, "sequences"),
  Dice: defineLoss(diceFields, dice),
  Hinge: defineLoss({}, hinge),
  Huber: defineLoss(huberFields, huber),
  KLDivergence: defineLoss({}, klDivergence),
  LogCosh: defineLoss({}, logCosh),
  MeanAbsoluteError: defineLoss({}, meanAbsoluteError),
  MeanAbsolutePercentageError: defineLoss({}, meanAbsolutePercentageError),
  MeanSquaredError: defineLoss({}, meanSquaredError),
  MeanSquaredLogarithmicError: defineLoss({}, meanSquaredLogarithmicError),
  Poisson: defineLoss({}, poisson),
  SparseCategoricalCrossentropy: defineLoss(sparseFields, sparseValues, "classes"),
  SquaredHinge: defineLoss({}, squaredHinge),
  Tversky: defineLoss(tverskyFields, tversky),
} satisfies Readonly<Record<string, LossDefinition>>;

export type LossType = keyof typeof lossCatalogue;

export const lossNames = Object.keys(lossCatalogue) as readonly LossType[];

/** Keras's short names, and those of earlier versions. */
export const lossAliases = {
  bce: "BinaryCrossentropy",
  kld: "KLDivergence",
  kullbackLeiblerDivergence: "KLDivergence",
  mae: "MeanAbsoluteError",
  mape: "MeanAbsolutePercentageError",
  mse: "MeanSquaredError",
  msle: "MeanSquaredLogarithmicError",
} as const satisfies Readonly<Record<string, LossType>>;
