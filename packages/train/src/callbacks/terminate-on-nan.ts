import { type ConfigOf, fields } from "@lamella/ir";

import type { Logs } from "../history.ts";
import { Callback } from "./callback.ts";
import { type OptionsOf, parseOptions } from "./options.ts";

const declared = {
  /** Whether a loss that is not finite is an error, as it is without this callback. Default false. */
  raiseError: fields.boolean(false),
};

export type TerminateOnNaNOptions = OptionsOf<typeof declared>;

/**
 * Ends training, without an error, at a loss that is NaN or infinite. Unlike Keras's, the weights are those from before that
 * batch. (Keras: `TerminateOnNaN`.)
 */
export class TerminateOnNaN extends Callback {
  private readonly options: ConfigOf<typeof declared>;

  constructor(options: TerminateOnNaNOptions = {}) {
    super();
    this.options = parseOptions("TerminateOnNaN", declared, options);
  }

  override onTrainBegin(): void {
    this.training.notFinite = this.options.raiseError ? "throw" : "stop";
  }

  override onTrainBatchEnd(batch: number, logs: Logs): void {
    if (logs["loss"] === undefined || Number.isFinite(logs["loss"])) return;
    console.log(`Batch ${batch}: Invalid loss, terminating training`);
    this.training.stopTraining = true;
  }
}
