import { LamellaError } from "@lamella/ir";
import { Callback } from "@lamella/train";

/**
 * Ends training at Ctrl-C after the batch that runs, with a backup from which it goes on. A second Ctrl-C ends the process.
 */
export class Interruptible extends Callback {
  private readonly file: string;
  private readonly tell: (text: string) => void;
  private isInterrupted = false;
  private epoch = 0;

  /**
   * @param file what training goes on from
   * @param tell is told that it stops
   */
  constructor(file: string, tell: (text: string) => void) {
    super();
    this.file = file;
    this.tell = tell;
  }

  /** Does work during which Ctrl-C is taken. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const stop = () => {
      this.isInterrupted = true;
      this.tell("\nStopping after this batch; Ctrl-C again stops at once.");
    };
    process.once("SIGINT", stop).once("SIGTERM", stop);
    try {
      return await work();
    } finally {
      process.off("SIGINT", stop).off("SIGTERM", stop);
    }
  }

  override get watchesEveryBatch(): boolean {
    return false;
  }

  override onEpochBegin(epoch: number): void {
    this.epoch = epoch;
  }

  override async onTrainBatchEnd(batch: number): Promise<void> {
    await this.stopIfInterrupted(`epoch ${this.epoch + 1}, step ${batch + 1}`);
  }

  /** What stateful layers carry is of the validation then: a backup has to wait until it is over. */
  override async onTestBatchEnd(): Promise<void> {
    if (this.model.states.length === 0) await this.stopIfInterrupted(`epoch ${this.epoch + 1}, validation`);
  }

  override async onEpochEnd(epoch: number): Promise<void> {
    await this.stopIfInterrupted(`epoch ${epoch + 1}`);
  }

  private async stopIfInterrupted(where: string): Promise<void> {
    if (!this.isInterrupted) return;
    await this.training.save(this.file);
    throw new LamellaError("aborted", {
      where,
      problem: "Training was stopped, and what it needs to go on is saved.",
      hint: "Go on with the same command and --resume.",
    });
  }
}
