/** Counts batches across epochs and says when so many have gone by. */
export class BatchCounter {
  private readonly every: number;
  private seen = 0;
  private last: number | undefined;

  constructor(every: number) {
    this.every = every;
  }

  /** @param batch the number of a batch that is done, within its epoch */
  isDue(batch: number): boolean {
    this.seen += this.last === undefined || batch <= this.last ? batch + 1 : batch - this.last;
    this.last = batch;
    if (this.seen < this.every) return false;
    this.seen = 0;
    return true;
  }
}
