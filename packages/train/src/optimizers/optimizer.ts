import type { JsonObject } from "@lamella/ir";

/** The names of Keras's classes in `keras.optimizers`. */
export type OptimizerType =
  | "SGD"
  | "RMSprop"
  | "Adam"
  | "AdamW"
  | "Adamax"
  | "Nadam"
  | "Adagrad"
  | "Adadelta"
  | "Ftrl"
  | "Adafactor"
  | "Lion"
  | "Lamb"
  | "Muon"
  | "ScheduleFreeAdamW"
  | "LossScaleOptimizer";

/** An optimizer as plain data: its Keras class and its complete configuration. Its state lives with whoever trains. */
export interface Optimizer {
  readonly type: OptimizerType;
  readonly config: JsonObject;
}
