import {
  Abs,
  Cast,
  type ConfigOf,
  configToJson,
  Equal,
  type Fields,
  fields,
  isFloating,
  type JsonObject,
  LamellaError,
  locate,
  Mul,
  Not,
  parseConfig,
  ReduceMean,
  Reshape,
  resolveName,
  Sub,
  type Tracer,
  type ValueType,
  Where,
} from "@lamella/ir";

import { binaryCrossentropy, categoricalCrossentropy, sparseCategoricalCrossentropy } from "./crossentropy.ts";
import { bothMasks, reduceLoss, type Reduction, reductions, type Weighting } from "./reduce-loss.ts";
import { toSameRank } from "./same-rank.ts";

/** A loss as plain data: its Keras class and its complete configuration. */
export interface Loss {
  readonly type: LossType;
  readonly config: JsonObject;
}

/** A loss of your own: targets and predictions, of one dtype and rank, to one value a sample or more along further axes. */
export type LossFunction = (yTrue: Tracer, yPred: Tracer) => Tracer;

/** What the computation of a loss gives before it is reduced. */
interface LossValues {
  readonly values: Tracer;
  /** bool; false where a value does not count. */
  readonly mask?: Tracer | undefined;
}

interface LossDefinition {
  readonly fields: Fields;
  /** Targets are class numbers and stay what they are; others are cast to the predictions' dtype. */
  readonly labels: boolean;
  compute(yTrue: Tracer, yPred: Tracer, config: never): LossValues;
}

/** What all crossentropies can be told, as losses and as metrics. */
export const crossentropyFields = { fromLogits: fields.boolean(false), axis: fields.integer({ default: -1 }) };
export const smoothingFields = { ...crossentropyFields, labelSmoothing: fields.number({ default: 0, min: 0, max: 1 }) };

const reduction = { reduction: fields.choice(reductions, "sumOverBatchSize") };
const smoothing = { ...reduction, ...smoothingFields };
const sparse = { ...reduction, ...crossentropyFields, ignoreClass: fields.orNull(fields.integer()) };

type Compute<F extends Fields> = (yTrue: Tracer, yPred: Tracer, config: ConfigOf<F>) => Tracer;

function define<F extends Fields>(declared: F, compute: Compute<F>): LossDefinition & { readonly fields: F } {
  return {
    fields: declared,
    labels: false,
    compute: (yTrue, yPred, config) => ({ values: compute(yTrue, yPred, config) }),
  };
}

/** Samples of the ignored class neither count nor change anything. */
function sparseLoss(yTrue: Tracer, yPred: Tracer, config: ConfigOf<typeof sparse>): LossValues {
  const { ignoreClass } = config;
  if (ignoreClass === null) return { values: sparseCategoricalCrossentropy(yTrue, yPred, config) };
  const positions = yPred.shape.slice(0, -1);
  const labels = Reshape(Cast(yTrue, "int32"), positions);
  const mask = Not(Equal(labels, ignoreClass));
  const valid = Where(Reshape(mask, [...positions, 1]), yPred, 0);
  const losses = sparseCategoricalCrossentropy(Where(mask, labels, 0), valid, config);
  return { values: Where(mask, losses, 0), mask };
}

/** Keras's losses with Keras's defaults. */
const table = {
  MeanSquaredError: define(reduction, (yTrue, yPred) => {
    const difference = Sub(yTrue, yPred);
    return ReduceMean(Mul(difference, difference), { axes: [-1] });
  }),
  MeanAbsoluteError: define(reduction, (yTrue, yPred) => ReduceMean(Abs(Sub(yTrue, yPred)), { axes: [-1] })),
  CategoricalCrossentropy: define(smoothing, categoricalCrossentropy),
  SparseCategoricalCrossentropy: { fields: sparse, labels: true, compute: sparseLoss },
  BinaryCrossentropy: define(smoothing, binaryCrossentropy),
} satisfies Readonly<Record<string, LossDefinition>>;

export type LossType = keyof typeof table;
type LossConfig<Type extends LossType> = Partial<ConfigOf<(typeof table)[Type]["fields"]>>;

export const lossNames = Object.keys(table) as readonly LossType[];

/** Keras's short names. */
export const lossAliases: Readonly<Record<string, LossType>> = {
  mse: "MeanSquaredError",
  mae: "MeanAbsoluteError",
  bce: "BinaryCrossentropy",
};

function make(type: LossType, config: object, where: string): Loss {
  const declared: Fields = table[type].fields;
  return { type, config: configToJson(declared, parseConfig(declared, { ...config }, where)) };
}

const factory =
  <Type extends LossType>(type: Type) =>
  (config: LossConfig<Type> = {}): Loss =>
    make(type, config, type);

/** Makes losses with a configuration, by Keras's names. */
export const losses = {
  meanSquaredError: factory("MeanSquaredError"),
  meanAbsoluteError: factory("MeanAbsoluteError"),
  categoricalCrossentropy: factory("CategoricalCrossentropy"),
  sparseCategoricalCrossentropy: factory("SparseCategoricalCrossentropy"),
  binaryCrossentropy: factory("BinaryCrossentropy"),
};

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
export function resolveLoss(input: unknown, yTrue: ValueType, yPred: ValueType, where = "loss"): Loss | LossFunction {
  if (typeof input === "function") return input as LossFunction;
  const spec = typeof input === "string" ? { type: input } : input;
  if (typeof spec !== "object" || spec === null || !("type" in spec) || typeof spec.type !== "string") {
    throw new LamellaError("config", {
      where,
      problem: "This is not a loss.",
      expected: `a name (${lossNames.join(", ")}), { type, config }, or a function of targets and predictions`,
      received: JSON.stringify(input),
    });
  }
  const byShape = { crossentropy: crossentropies[kindOfTargets(yTrue, yPred)] };
  const aliases = { ...lossAliases, ...byShape, ce: byShape.crossentropy };
  const type = resolveName("loss", spec.type, lossNames, where, aliases);
  const config = "config" in spec && typeof spec.config === "object" && spec.config !== null ? spec.config : {};
  return make(type, config, `${where}, ${type}`);
}

/** The values of a loss before reduction: (batch, ...). Computed in the predictions' dtype, float32 at least. */
export function lossValues(loss: Loss | LossFunction, yTrue: Tracer, yPred: Tracer): LossValues {
  const dtype = yPred.dtype === "float16" || !isFloating(yPred.dtype) ? "float32" : yPred.dtype;
  const prediction = Cast(yPred, dtype);
  if (typeof loss === "function") return { values: loss(...toSameRank(Cast(yTrue, dtype), prediction)) };
  const definition: LossDefinition = table[loss.type];
  const target = definition.labels ? yTrue : Cast(yTrue, dtype);
  return locate(loss.type, () => definition.compute(...toSameRank(target, prediction), loss.config as never));
}

/**
 * A loss as a scalar, weighted and reduced as Keras does. The mask is that of the predictions: with a mean, what it leaves
 * out neither counts nor dilutes.
 */
export function computeLoss(
  loss: Loss | LossFunction,
  yTrue: Tracer,
  yPred: Tracer,
  { sampleWeight, mask }: Weighting = {},
): Tracer {
  const computed = lossValues(loss, yTrue, yPred);
  const how = typeof loss === "function" ? "sumOverBatchSize" : (loss.config["reduction"] as Reduction);
  return reduceLoss(computed.values, { sampleWeight, mask: bothMasks(mask, computed.mask) }, how);
}
