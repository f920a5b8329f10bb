import { type ConfigOf, fields } from "@lamella/ir";

import { Callback } from "./callback.ts";
import { type OptionsOf, parseOptions } from "./options.ts";

const declared = {
  /** Whether the averages are in place at the end of epochs, too, for the callbacks that come after. Default false. */
  swapOnEpoch: fields.boolean(false),
};

export type SwapEMAWeightsOptions = OptionsOf<typeof declared>;

/**
 * Evaluates and predicts with the moving averages of an optimizer with `useEma` in the place of the weights. Unlike Keras's
 * it puts the weights back after `predict`, too, and the averages are what remains of a training that ends early.
 * (Keras: `SwapEMAWeights`.)
 */
export class SwapEMAWeights extends Callback {
  private readonly options: ConfigOf<typeof declared>;

  constructor(options: SwapEMAWeightsOptions = {}) {
    super();
    this.options = parseOptions("SwapEMAWeights", declared, options);
  }

  override async onEpochBegin(): Promise<void> {
    if (this.options.swapOnEpoch) await this.training.useAverages(false);
  }

  override async onEpochEnd(): Promise<void> {
    if (this.options.swapOnEpoch) await this.training.useAverages(true);
  }

  override onTestBegin(): Promise<void> {
    return this.training.useAverages(true);
  }

  override onTestEnd(): Promise<void> {
    return this.training.useAverages(false);
  }

  override onPredictBegin(): Promise<void> {
    return this.training.useAverages(true);
  }

  override onPredictEnd(): Promise<void> {
    return this.training.useAverages(false);
  }
}
