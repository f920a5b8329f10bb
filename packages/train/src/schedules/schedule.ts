import { type ConfigOf, type Fields, type JsonObject, type Tracer } from "@lamella/ir";

/** The names of Keras's classes in `keras.optimizers.schedules`. */
export type ScheduleType =
  | "ExponentialDecay"
  | "PiecewiseConstantDecay"
  | "PolynomialDecay"
  | "InverseTimeDecay"
  | "CosineDecay"
  | "CosineDecayRestarts";

/** A learning rate that follows the number of steps, as plain data: its Keras class and its complete configuration. */
export interface Schedule {
  readonly type: ScheduleType;
  readonly config: JsonObject;
}

export interface ScheduleDefinition<F extends Fields = Fields> {
  readonly fields: F;
  /** Refuses fields that do not fit together. @throws LamellaError `config` */
  check?(config: ConfigOf<F>, where: string): void;
  /** The learning rate, float32, after `step` steps, an int32 scalar. */
  at(config: ConfigOf<F>, step: Tracer): Tracer;
}
