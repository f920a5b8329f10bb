/** Counts batches across epochs and says when so many have gone by. */
export class BatchCounter {
  private readonly every: number;
  private seen = 0;
  private first = 0;

  constructor(every: number) {
    this.every = every;
  }

  /** @param batch the first of those that are done next */
  begin(batch: number): void {
    this.first = batch;
  }

  /** Counts batches that are done. @param batch the last of them */
  isDue(batch: number): boolean {
    this.seen += batch + 1 - this.first;
    if (this.seen < this.every) return false;
    this.seen = 0;
    return true;
  }
}
