import type { Logs } from "./history.ts";
import { formatStepTime, formatTimeLeft, StepTimer } from "./step-timer.ts";

/** Is told how training goes on. */
export interface Progress {
  /** @param steps undefined when nobody knows */
  begin(title: string, steps: number | undefined): void;
  step(done: number, logs: Logs): void;
  end(logs: Logs): void;
  /** Gives the terminal back after a failure. Does nothing after `end`. */
  stop(): void;
}

/** 0: silent. 1: a bar on a terminal, plain lines elsewhere. 2: one line an epoch. 'auto' is 1. */
export type Verbosity = "auto" | 0 | 1 | 2;

const nothing = () => undefined;
const silent: Progress = { begin: nothing, step: nothing, end: nothing, stop: nothing };

/** Numbers as Keras prints them. */
function formatLogs(logs: Logs): string {
  return Object.entries(logs)
    .map(
      ([name, value]) =>
        `${name}: ${Math.abs(value) >= 1e-3 || value === 0 ? value.toFixed(4) : value.toExponential(4)}`,
    )
    .join(" - ");
}

/** One line at the end of every epoch. */
function lines(print: (line: string) => unknown): Progress {
  let label = "";
  const timer = new StepTimer();
  return {
    begin(title, steps) {
      label = title;
      timer.begin(steps);
    },
    step(done) {
      timer.step(done);
    },
    end(logs) {
      const seconds = (timer.elapsed / 1000).toFixed(1);
      print(`${label} - ${timer.done} steps - ${seconds}s - ${formatStepTime(timer.perStep)} - ${formatLogs(logs)}`);
    },
    stop: nothing,
  };
}

/** A bar, short enough for the values on 80 columns, and in its place a line once the epoch is over. */
async function bar(stream: NodeJS.WriteStream): Promise<Progress> {
  const { default: progress } = await import("cli-progress");
  const format = "{label} {bar} {value}/{total} - {left} - {each}{logs}";
  const options = { format, stream, barsize: 20, clearOnComplete: true };
  const shown = new progress.SingleBar(options, progress.Presets.shades_classic);
  const timer = new StepTimer();
  const summary = lines((line) => stream.write(`${line}\n`));
  return {
    begin(title, steps) {
      summary.begin(title, steps);
      timer.begin(steps);
      shown.start(steps ?? 0, 0, { label: title, left: formatTimeLeft(undefined), each: "", logs: "" });
    },
    step(done, logs) {
      summary.step(done, logs);
      timer.step(done);
      if (done > shown.getTotal()) shown.setTotal(done);
      const each = `${formatStepTime(timer.perStep)} - `;
      shown.update(done, { left: formatTimeLeft(timer.left), each, logs: formatLogs(logs) });
    },
    end(logs) {
      shown.stop();
      summary.end(logs);
    },
    stop: () => shown.stop(),
  };
}

/**
 * The progress of a verbosity here. Browsers, pipes and logs get lines.
 *
 * @param stream where it is shown. Default: stdout, and the console where there is none
 */
export async function progressFor(verbose: Verbosity, stream?: NodeJS.WriteStream): Promise<Progress> {
  if (verbose === 0) return silent;
  const shown = stream ?? globalThis.process?.stdout;
  if (verbose !== 2 && shown?.isTTY) return bar(shown);
  return lines((line) => (stream === undefined ? console.log(line) : stream.write(`${line}\n`)));
}
