/** `--loss` of the commands that measure. */
export const lossOption = [
  "--loss <loss>",
  "loss by Keras's name, with options as huber:delta=2; OUTPUT=LOSS, again, for several outputs (default: the file's)",
] as const;

/** `--metrics`, beside `--loss`. */
export const metricsOption = [
  "--metrics <metrics>",
  "metrics: accuracy,topKCategoricalAccuracy:k=3; OUTPUT=METRICS for one of several outputs (default: the file's)",
] as const;
