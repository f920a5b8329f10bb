import type { Logs } from "../history.ts";
import type { Progress } from "../progress.ts";
import { Callback } from "./callback.ts";

/** Shows how far training, evaluation or prediction is. (Keras: `ProgbarLogger`.) */
export class ProgbarLogger extends Callback {
  private readonly progress: Progress;
  private trains = false;

  constructor(progress: Progress) {
    super();
    this.progress = progress;
  }

  override get watchesEveryBatch(): boolean {
    return false;
  }

  override onTrainBegin(): void {
    this.trains = true;
  }
  override onEpochBegin(epoch: number): void {
    this.progress.begin(`Epoch ${epoch + 1}/${this.params.epochs}`, this.params.steps);
  }
  override onTrainBatchEnd(batch: number, logs: Logs): void {
    this.progress.step(batch + 1, logs);
  }
  override onEpochEnd(_epoch: number, logs: Logs): void {
    this.progress.end(logs);
  }
  override onTestBegin(): void {
    if (!this.trains) this.progress.begin("Evaluate", this.params.steps);
  }
  override onTestBatchEnd(batch: number, logs: Logs): void {
    if (!this.trains) this.progress.step(batch + 1, logs);
  }
  override onTestEnd(logs: Logs): void {
    if (!this.trains) this.progress.end(logs);
  }
  override onPredictBegin(): void {
    this.progress.begin("Predict", this.params.steps);
  }
  override onPredictBatchEnd(batch: number): void {
    this.progress.step(batch + 1, {});
  }
  override onPredictEnd(): void {
    this.progress.end({});
  }
}
