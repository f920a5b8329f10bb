/** Counts batches across epochs and says when so many have gone by. */
export class BatchCounter {
  private readonly every: number;
  private seen = 0;

  constructor(every: number) {
    this.every = every;
  }

  /** Counts a batch that is done. */
  isDue(): boolean {
    this.seen = (this.seen + 1) % this.every;
    return this.seen === 0;
  }
}
