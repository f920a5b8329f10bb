import {
  Cast,
  configToJson,
  type DType,
  type FieldInput,
  type Fields,
  type JsonObject,
  LamellaError,
  locate,
  parseConfig,
  resolveName,
  type Tracer,
  type ValueType,
} from "@lamella/ir";

import { functionFromJson, graphType } from "../function-json.ts";
import { type TensorFunction, type TracedFunction, tracedFunction } from "../tensor-function.ts";
import { lossAliases, lossCatalogue, lossNames, type LossType } from "./catalogue.ts";
import { computeDtype } from "./compute-dtype.ts";
import type { LossDefinition, LossValues, Targets } from "./definition.ts";
import { bothMasks, reduceLoss, type Reduction, type Weighting } from "./reduce-loss.ts";
import { toSameRank } from "./same-rank.ts";

/** A loss as plain data: its Keras class and its complete configuration. */
export interface Loss {
  readonly type: LossType;
  readonly config: JsonObject;
}

/**
 * A loss of your own, by `ops`: targets and predictions, of one dtype and rank, to one value a sample or more along further
 * axes, whose mean is minimised.
 *
 * @example
 *     const distance = (yTrue, yPred) => ops.mean(ops.absolute(ops.subtract(yTrue, yPred)), { axis: -1 });
 */
export type LossFunction = TensorFunction;

type LossConfig<Type extends LossType> = {
  readonly [Name in keyof (typeof lossCatalogue)[Type]["fields"]]?: FieldInput<
    (typeof lossCatalogue)[Type]["fields"][Name]
  >;
};

function make(type: LossType, config: object, where: string): Loss {
  const declared: Fields = lossCatalogue[type].fields;
  return { type, config: configToJson(declared, parseConfig(declared, { ...config }, where)) };
}

const factory =
  <Type extends LossType>(type: Type) =>
  (config: LossConfig<Type> = {}): Loss =>
    make(type, config, type);

/** Makes losses with a configuration, by Keras's names. */
export const losses = {
  binaryCrossentropy: factory("BinaryCrossentropy"),
  binaryFocalCrossentropy: factory("BinaryFocalCrossentropy"),
  categoricalCrossentropy: factory("CategoricalCrossentropy"),
  categoricalFocalCrossentropy: factory("CategoricalFocalCrossentropy"),
  categoricalGeneralizedCrossEntropy: factory("CategoricalGeneralizedCrossEntropy"),
  categoricalHinge: factory("CategoricalHinge"),
  circle: factory("Circle"),
  cosineSimilarity: factory("CosineSimilarity"),
  ctc: factory("CTC"),
  dice: factory("Dice"),
  hinge: factory("Hinge"),
  huber: factory("Huber"),
  klDivergence: factory("KLDivergence"),
  logCosh: factory("LogCosh"),
  meanAbsoluteError: factory("MeanAbsoluteError"),
  meanAbsolutePercentageError: factory("MeanAbsolutePercentageError"),
  meanSquaredError: factory("MeanSquaredError"),
  meanSquaredLogarithmicError: factory("MeanSquaredLogarithmicError"),
  poisson: factory("Poisson"),
  sparseCategoricalCrossentropy: factory("SparseCategoricalCrossentropy"),
  squaredHinge: factory("SquaredHinge"),
  tversky: factory("Tversky"),
} satisfies Readonly<Record<string, (config?: never) => Loss>>;

/** What the targets of a loss are; those of a function are values. */
export function targetsOf(loss: Loss | TracedFunction): Targets {
  return typeof loss === "function" ? "values" : lossCatalogue[loss.type].targets;
}

/** How targets and predictions fit together, as Keras tells from their shapes. */
export function kindOfTargets(yTrue: ValueType, yPred: ValueType): "binary" | "sparse" | "categorical" {
  if (yPred.shape.at(-1) === 1) return "binary";
  return yTrue.shape.length < yPred.shape.length || yTrue.shape.at(-1) === 1 ? "sparse" : "categorical";
}

const crossentropies = {
  binary: "BinaryCrossentropy",
  sparse: "SparseCategoricalCrossentropy",
  categorical: "CategoricalCrossentropy",
} as const;

/**
 * A loss by any spelling of its Keras name ('mse', 'binary_crossentropy', 'binaryCrossentropy', ...), from `{ type, config }`,
 * or a function. 'crossentropy' and 'ce' become the one that fits the targets.
 *
 * @throws LamellaError `name` for an unknown name, `config` for anything else.
 */
export function resolveLoss(input: unknown, yTrue: ValueType, yPred: ValueType, where = "loss"): Loss | TracedFunction {
  if (typeof input === "function") return tracedFunction(input as LossFunction, where);
  const spec = typeof input === "string" ? { type: input } : input;
  if (typeof spec !== "object" || spec === null || !("type" in spec) || typeof spec.type !== "string") {
    throw new LamellaError("config", {
      where,
      problem: "This is not a loss.",
      expected: `a name (${lossNames.join(", ")}), { type, config }, or a function of targets and predictions`,
      received: JSON.stringify(input),
    });
  }
  if (spec.type === graphType) return functionFromJson(spec, where);
  const byShape = { crossentropy: crossentropies[kindOfTargets(yTrue, yPred)] };
  const aliases = { ...lossAliases, ...byShape, ce: byShape.crossentropy };
  const type = resolveName("loss", spec.type, lossNames, where, aliases);
  const config = "config" in spec && typeof spec.config === "object" && spec.config !== null ? spec.config : {};
  return make(type, config, `${where}, ${type}`);
}

/**
 * The values of a loss before reduction: (batch, ...). Computed in the loss's dtype, by default in that of the predictions
 * and float32 at least.
 */
function lossValues(loss: Loss | TracedFunction, yTrue: Tracer, yPred: Tracer): LossValues {
  const byDefault = computeDtype(yPred);
  if (typeof loss === "function")
    return { values: loss(...toSameRank(Cast(yTrue, byDefault), Cast(yPred, byDefault))) };
  const { type, config } = loss;
  const dtype = (config["dtype"] ?? byDefault) as DType;
  const definition: LossDefinition = lossCatalogue[type];
  const target = definition.targets === "values" ? Cast(yTrue, dtype) : yTrue;
  return locate(typeof config["name"] === "string" ? config["name"] : type, () =>
    definition.compute(...toSameRank(target, Cast(yPred, dtype)), config as never),
  );
}

/**
 * A loss as a scalar, weighted and reduced as Keras does. The mask is that of the predictions: with a mean, what it leaves
 * out neither counts nor dilutes.
 */
export function computeLoss(
  loss: Loss | TracedFunction,
  yTrue: Tracer,
  yPred: Tracer,
  { sampleWeight, mask }: Weighting = {},
): Tracer {
  const computed = lossValues(loss, yTrue, yPred);
  const how = typeof loss === "function" ? "sumOverBatchSize" : (loss.config["reduction"] as Reduction);
  return reduceLoss(computed.values, { sampleWeight, mask: bothMasks(mask, computed.mask) }, how);
}
