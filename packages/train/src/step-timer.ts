/** Measures steps: from a beginning on, of which some may have been done before. Times in milliseconds. */
export class StepTimer {
  /** Steps that are done, the earlier ones included. */
  done = 0;
  private steps: number | undefined;
  private before: number | undefined;
  private started = performance.now();

  /** @param steps how many there are; undefined when nobody knows */
  begin(steps: number | undefined): void {
    this.steps = steps;
    this.done = 0;
    this.before = undefined;
    this.started = performance.now();
  }

  /** @param done how many steps are done, this one included */
  step(done: number): void {
    this.before ??= done - 1;
    this.done = done;
  }

  /** The time since the beginning. */
  get elapsed(): number {
    return performance.now() - this.started;
  }

  /** The mean time of a step so far. */
  get perStep(): number {
    return this.elapsed / Math.max(1, this.done - (this.before ?? 0));
  }

  /** The time that the other steps will take; undefined when nobody knows. */
  get left(): number | undefined {
    if (this.steps === undefined || this.before === undefined) return undefined;
    return this.perStep * Math.max(0, this.steps - this.done);
  }
}

/** The time of a step as Keras shows it: `2s/step`, `15ms/step`, `80us/step`. */
export function formatStepTime(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(0)}s/step`;
  if (milliseconds >= 1) return `${milliseconds.toFixed(0)}ms/step`;
  return `${(milliseconds * 1000).toFixed(0)}us/step`;
}

/** The time that is left: `8s left`, `1:05 left`, `2:00:09 left`. */
export function formatTimeLeft(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return "? left";
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s left`;
  const two = (value: number) => String(value % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${two(seconds)} left`
    : `${Math.floor(minutes / 60)}:${two(minutes)}:${two(seconds)} left`;
}
