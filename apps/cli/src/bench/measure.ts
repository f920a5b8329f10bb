/** What runs took, in milliseconds. */
export interface Times {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly runs: number;
}

export interface MeasureOptions {
  /** Most rounds. */
  readonly runs: number;
  /** When no further round begins. */
  readonly seconds: number;
  /** Is told after every round. */
  readonly onRound: (done: number) => void;
}

/** Runs that are not counted. */
const warmUps = 2;
/** Rounds that are measured even when time is up. */
const fewestRounds = 3;

/** Measures works in turns, so that what happens on the machine meanwhile happens to all of them. */
export async function measureInTurns(
  works: readonly (() => Promise<unknown>)[],
  { runs, seconds, onRound }: MeasureOptions,
): Promise<Times[]> {
  for (const work of works) for (let i = 0; i < warmUps; i++) await work();
  const times: number[][] = works.map(() => []);
  const began = performance.now();
  for (let round = 0; round < runs; round++) {
    if (round >= fewestRounds && performance.now() - began > 1000 * seconds) break;
    for (const [i, work] of works.entries()) {
      const started = performance.now();
      await work();
      times[i]!.push(performance.now() - started);
    }
    onRound(round + 1);
  }
  return times.map((own) => ({
    median: median(own),
    least: Math.min(...own),
    most: Math.max(...own),
    runs: own.length,
  }));
}

/** The middle of an odd number of values, the mean of both middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
