import {
  Add,
  type AnyModel,
  Cast,
  DimSize,
  LamellaError,
  locate,
  type Lowering,
  Mul,
  ReduceMean,
  ReduceSum,
  regularize,
  type Tracer,
  type TracedForward,
  type Value,
  type ValueType,
  type Variable,
} from "@lamella/ir";

import { isMeasured, type OutputPlan, type PlannedMetric, usesWeights } from "./compile-options.ts";
import { checkActivation } from "./losses/check-activation.ts";
import { computeDtype } from "./losses/compute-dtype.ts";
import { computeLoss } from "./losses/losses.ts";
import { metricResult, metricSums } from "./metrics/metrics.ts";
import { meanResult, type Measure } from "./report.ts";
import { warnOnce } from "./warn-once.ts";

/** The port that takes the targets of an output. */
export function targetPort(output: string): string {
  return `target:${output}`;
}

/** The port that takes the sample weights of an output. */
export function weightPort(output: string): string {
  return `weight:${output}`;
}

export interface MeasureOptions {
  readonly model: AnyModel;
  readonly plans: readonly OutputPlan[];
  /** One for each plan. */
  readonly targets: readonly ValueType[];
  /**
   * One for each plan: undefined where all samples count alike. Weights are (batch) or, one a step in time, (batch, time):
   * the leading axes of the losses they weigh.
   */
  readonly weights?: readonly (ValueType | undefined)[];
}

export interface Measured {
  /** The scalar that is minimised. */
  readonly loss: Tracer;
  /** The first is the loss. */
  readonly measures: readonly Measure[];
}

/** Adds losses and metrics to a forward pass, weighted and reported as Keras does. */
export function measure(
  { model, plans, targets, weights = [] }: MeasureOptions,
  { lowering, outputs }: TracedForward,
): Measured {
  const { builder } = lowering;
  const [{ tensor: anyOutput }] = [...outputs.values()] as [Value, ...Value[]];
  const samples = Cast(DimSize(builder, anyOutput.shape[0]!), "float32");
  /** A value that counts once for every sample of the batch. */
  const averaged = (name: string, value: Tracer): Measure => ({
    name,
    sums: { total: Mul(Cast(ReduceMean(value), "float32"), samples), count: samples },
    result: meanResult,
  });
  const terms: Tracer[] = [];
  const losses: Measure[] = [];
  const metrics: Measure[] = [];
  const weighted: Measure[] = [];
  for (const [i, plan] of plans.entries()) {
    if (!isMeasured(plan)) continue;
    const { name, loss, lossWeight } = plan;
    const { tensor, mask } = outputs.get(name)!;
    const declare = (port: string, { shape, dtype }: ValueType) => builder.input(port, shape, dtype);
    const yTrue = declare(targetPort(name), targets[i]!);
    const weight = weights[i];
    const sampleWeight = weight === undefined || !usesWeights(plan) ? undefined : declare(weightPort(name), weight);
    if (loss !== undefined) {
      const value = builder.scoped("loss", () =>
        locate(`output '${name}'`, () => {
          const warning = checkActivation(loss, tensor);
          if (warning !== undefined) warnOnce(model, `output '${name}' of ${model.label}: ${warning}`);
          return computeLoss(loss, yTrue, tensor, { mask, sampleWeight });
        }),
      );
      terms.push(lossWeight === 1 ? value : Mul(value, lossWeight));
      losses.push(averaged(`${name}_loss`, value));
    }
    const predicted = Cast(tensor, computeDtype(tensor));
    const measured = ({ name: reported, metric }: PlannedMetric, weighting: Tracer | undefined): Measure => ({
      name: reported,
      sums: builder.scoped("metrics", () => metricSums(metric, yTrue, predicted, { mask, sampleWeight: weighting })),
      result: (totals) => metricResult(metric, totals),
    });
    metrics.push(...plan.metrics.map((metric) => measured(metric, undefined)));
    weighted.push(...plan.weightedMetrics.map((metric) => measured(metric, sampleWeight)));
  }
  terms.push(...penalties(lowering, ({ trainable }) => trainable));
  const [first, ...rest] = terms;
  if (first === undefined) {
    throw new LamellaError("config", {
      where: model.label,
      problem: "There is nothing to minimise.",
      expected: "a loss for at least one output",
      hint: "Give compile() a loss, for instance 'meanSquaredError'.",
    });
  }
  const loss = rest.reduce((a, b) => Add(a, b), first);
  // As in Keras, the one loss of a model is not reported a second time under its output's name.
  const perOutput = losses.length > 1 ? losses : [];
  return { loss: ReduceSum(loss), measures: [averaged("loss", loss), ...perOutput, ...metrics, ...weighted] };
}

/** What the weights that are trained, and the layers, add to the loss. */
export function penalties(lowering: Lowering, isTrained: (variable: Variable) => boolean): readonly Tracer[] {
  const terms = [...lowering.variables.keys()].flatMap((variable) => {
    const { regularizer } = variable;
    if (regularizer === null || !isTrained(variable)) return [];
    return lowering.builder.scoped("regularization", () => regularize(regularizer, lowering.read(variable)));
  });
  return [...terms, ...lowering.losses].map((term) => Cast(term, computeDtype(term)));
}
