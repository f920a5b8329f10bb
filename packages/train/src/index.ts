export { gradients } from "./gradients/gradients.ts";
export {
  computeLoss,
  type Loss,
  type LossFunction,
  lossNames,
  type LossType,
  losses,
  resolveLoss,
} from "./losses/losses.ts";
export type { Reduction, Weighting } from "./losses/reduce-loss.ts";
export type { MetricTotals } from "./metrics/mean.ts";
export {
  type Metric,
  type MetricFunction,
  metricName,
  metricNames,
  metrics,
  metricTotals,
  type MetricType,
  resolveMetric,
} from "./metrics/metrics.ts";
export { applyGradients, type OptimizerResult, type OptimizerStep } from "./optimizers/apply-gradients.ts";
export {
  adam,
  type Optimizer,
  type OptimizerConfig,
  optimizerNames,
  type OptimizerSlot,
  optimizerSlots,
  type OptimizerType,
  resolveOptimizer,
  rmsprop,
  sgd,
} from "./optimizers/optimizers.ts";
