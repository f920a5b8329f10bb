export { gradients } from "./gradients/gradients.ts";
export { lossNames, type LossType } from "./losses/catalogue.ts";
export { computeLoss, type Loss, type LossFunction, losses, resolveLoss } from "./losses/losses.ts";
export type { Reduction, Weighting } from "./losses/reduce-loss.ts";
export type { MetricResult, Sums, Totals } from "./metrics/definition.ts";
export { metricNames, type MetricType } from "./metrics/catalogue.ts";
export {
  type Metric,
  type MetricFunction,
  metricName,
  metricResult,
  metrics,
  metricSums,
  resolveMetric,
} from "./metrics/metrics.ts";
export type { Optimizer, OptimizerType } from "./optimizers/optimizer.ts";
export {
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamax,
  adamw,
  ftrl,
  lamb,
  learningRateOf,
  lion,
  lossScaleOptimizer,
  muon,
  nadam,
  type OptimizerConfig,
  optimizerNames,
  planOptimizer,
  resolveOptimizer,
  rmsprop,
  scheduleFreeAdamw,
  sgd,
} from "./optimizers/optimizers.ts";
export type { Kept, OptimizerPlan, Parameter, PlanResult, PlanStep, ReadKept, Slope } from "./optimizers/plan.ts";
export type { Schedule, ScheduleType } from "./schedules/schedule.ts";
export {
  cosineDecay,
  cosineDecayRestarts,
  exponentialDecay,
  inverseTimeDecay,
  learningRateAt,
  piecewiseConstantDecay,
  polynomialDecay,
  resolveSchedule,
} from "./schedules/schedules.ts";
export type {
  LossOption,
  LossOptions,
  LossWeights,
  MetricOption,
  MetricOptions,
  OptimizerOption,
  OutputPlan,
  PlannedMetric,
} from "./compile-options.ts";
export type { BatchData, Batches, BatchStream, RepeatableBatches } from "./batch-source.ts";
export {
  Callback,
  type CallbackHooks,
  type CallbackParams,
  lambdaCallback,
  type PredictLogs,
  type TrainingControls,
} from "./callbacks/callback.ts";
export type { CallbackOption } from "./callbacks/callback-list.ts";
export { callbacks } from "./callbacks/callbacks.ts";
export { ProgbarLogger } from "./callbacks/progbar-logger.ts";
export type { ProgressEvent } from "./callbacks/progress-reporter.ts";
export {
  lossGradients,
  type LossGradients,
  type ObjectiveOptions,
  TrainStep,
  trainStep,
  type TrainStepOptions,
} from "./custom-step.ts";
export type { Data, DataFor, Slot, TensorLike } from "./data.ts";
export { batchesOf, type SampleSet } from "./batches.ts";
export { batchSizeFor, samplesFor } from "./prepare.ts";
export { History, type Logs } from "./history.ts";
export type { PlotOptions } from "./history-svg.ts";
export { OptimizerState } from "./optimizer-state.ts";
export { type Progress, progressFor, type Verbosity } from "./progress.ts";
export { buildTestStep, buildTrainStep, reportPort, type StepGraph, type StepOptions } from "./step-graph.ts";
export { type MeasureOptions, targetPort, weightPort } from "./measure.ts";
export { type ReportEntry, ReportTotals } from "./report.ts";
export type { TensorFunction, TracedFunction } from "./tensor-function.ts";
export { Trainer, type TrainingFiles } from "./trainer.ts";
export type {
  CompileOptions,
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  Prediction,
  ValidationData,
} from "./trainer-options.ts";
