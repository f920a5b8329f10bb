/** Steps done one by one before anything is decided: a short training is not worth a second graph. */
const watched = 32;
/** What a backend copies in a millisecond, in and out, with the memory that it takes and gives back. */
const bytesPerMillisecond = 3e6;
/** The part of a step's time that copies have to take for several steps in one run to be worth it. */
const worthwhile = 0.05;
/** For how long one run may keep everything else waiting, in milliseconds. */
const longest = 100;
const most = 16;

/** How many steps should go into one run, given how long one takes. @param stateBytes what a run takes in, and gives back */
export function stepsWorthwhile(stateBytes: number, milliseconds: number): number {
  if (stateBytes / bytesPerMillisecond < worthwhile * milliseconds) return 1;
  return Math.min(most, Math.max(2, Math.floor(longest / milliseconds)));
}

/** Watches single steps to find out how many should go into one run. */
export class StepsTogether {
  private readonly stateBytes: number;
  private left = watched;
  /** Of a step, in milliseconds: what disturbs a step only makes it longer. */
  private shortest = Infinity;

  constructor(stateBytes: number) {
    this.stateBytes = stateBytes;
  }

  /** Takes note of a single step. */
  note(milliseconds: number): void {
    if (this.left === 0) return;
    this.left -= 1;
    this.shortest = Math.min(this.shortest, milliseconds);
  }

  /** 1 until enough steps have been watched. */
  get count(): number {
    return this.left > 0 ? 1 : stepsWorthwhile(this.stateBytes, this.shortest);
  }
}
