import { type ConfigOf, fields, LamellaError } from "@lamella/ir";

import { Callback } from "./callback.ts";

/** What callbacks that watch one value can be told. */
export const monitorFields = {
  /** The name of the value in the logs. */
  monitor: fields.text("val_loss"),
  /** Whether small or large values are good. 'auto' knows by the metric. */
  mode: fields.choice(["auto", "min", "max"], "auto"),
};

/**
 * Watches one value and knows what is better. As in Keras values are compared as float32. (Keras: `MonitorCallback`.)
 */
export abstract class MonitorCallback extends Callback {
  protected readonly monitor: string;
  protected best: number | undefined;
  private readonly type: string;
  private readonly mode: "auto" | "min" | "max";
  private readonly minDelta: number;
  private sign: 1 | -1 | undefined;

  /** @param minDelta by how much more than this a value must be better */
  constructor(type: string, { monitor, mode }: ConfigOf<typeof monitorFields>, minDelta = 0) {
    super();
    this.type = type;
    this.monitor = monitor;
    this.mode = mode;
    this.minDelta = Math.abs(minDelta);
  }

  /**
   * Whether a value is better than another one. Anything is better than nothing.
   *
   * @throws LamellaError `config` when nobody knows whether large values are good
   */
  protected isImprovement(value: number, reference: number | undefined): boolean {
    this.sign ??= this.findSign();
    if (reference === undefined) return true;
    const [own, other] = [Math.fround(value - this.sign * this.minDelta), Math.fround(reference)];
    return this.sign === 1 ? own > other : own < other;
  }

  private findSign(): 1 | -1 {
    const { mode, monitor } = this;
    const direction = mode === "auto" ? this.training.directionOf(monitor) : mode === "max" ? "up" : "down";
    if (direction !== undefined) return direction === "up" ? 1 : -1;
    throw new LamellaError("config", {
      where: `${this.type}, option 'mode'`,
      problem: `Whether '${monitor}' should be large or small cannot be told from its name.`,
      hint: "Give mode: 'max' or mode: 'min'.",
    });
  }
}
