import type { Logs } from "../history.ts";
import { StepTimer } from "../step-timer.ts";
import { Callback } from "./callback.ts";

/** How far a `fit` is, for user interfaces. */
export interface ProgressEvent {
  /** An epoch begins, a step of it is done, or it has ended, its validation included. */
  readonly kind: "epochBegin" | "step" | "epochEnd";
  /** Counted from 0. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps of the epoch that are done. */
  readonly step: number;
  /** Steps in an epoch; undefined while nobody knows. */
  readonly steps: number | undefined;
  /** The mean time of this epoch's steps, in milliseconds; undefined before the first one. */
  readonly stepTime: number | undefined;
  /** The time that the other steps of the epoch will take, in milliseconds; undefined when nobody knows. */
  readonly eta: number | undefined;
  /** The values so far, by their names. */
  readonly logs: Readonly<Logs>;
}

/** Tells a function how far training is. */
export class ProgressReporter extends Callback {
  private readonly tell: (event: ProgressEvent) => void;
  private readonly timer = new StepTimer();
  private steps: number | undefined;
  private epoch = 0;

  constructor(tell: (event: ProgressEvent) => void) {
    super();
    this.tell = tell;
  }

  override onEpochBegin(epoch: number): void {
    this.epoch = epoch;
    this.steps = this.params.steps ?? this.steps;
    this.timer.begin(this.steps);
    this.report("epochBegin", {});
  }

  override onTrainBatchEnd(batch: number, logs: Logs): void {
    this.timer.step(batch + 1);
    this.report("step", logs);
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    this.steps = this.timer.done;
    this.report("epochEnd", logs);
  }

  private report(kind: ProgressEvent["kind"], logs: Logs): void {
    const { epoch, steps, timer } = this;
    this.tell({
      kind,
      epoch,
      epochs: this.params.epochs,
      step: timer.done,
      steps,
      stepTime: timer.done === 0 ? undefined : timer.perStep,
      eta: timer.left,
      logs: { ...logs },
    });
  }
}
