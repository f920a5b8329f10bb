import type { Logs } from "./history.ts";

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
function lines(print: (line: string) => void): Progress {
  let label = "";
  let count = 0;
  let started = 0;
  return {
    begin(title) {
      label = title;
      count = 0;
      started = performance.now();
    },
    step(done) {
      count = done;
    },
    end(logs) {
      const seconds = (performance.now() - started) / 1000;
      const each = ((1000 * seconds) / Math.max(1, count)).toFixed(seconds > count ? 0 : 1);
      print(`${label} - ${count} steps - ${seconds.toFixed(1)}s - ${each}ms/step - ${formatLogs(logs)}`);
    },
    stop: nothing,
  };
}

/** A bar, short enough for the values on 80 columns, and in its place a line once the epoch is over. */
async function bar(stream: NodeJS.WriteStream): Promise<Progress> {
  const { default: progress } = await import("cli-progress");
  const format = "{label} {bar} {value}/{total} - {eta_formatted} left - {logs}";
  const options = { format, stream, barsize: 20, clearOnComplete: true };
  const shown = new progress.SingleBar(options, progress.Presets.shades_classic);
  const summary = lines((line) => stream.write(`${line}\n`));
  return {
    begin(title, steps) {
      summary.begin(title, steps);
      shown.start(steps ?? 0, 0, { label: title, logs: "" });
    },
    step(done, logs) {
      summary.step(done, logs);
      if (done > shown.getTotal()) shown.setTotal(done);
      shown.update(done, { logs: formatLogs(logs) });
    },
    end(logs) {
      shown.stop();
      summary.end(logs);
    },
    stop: () => shown.stop(),
  };
}

/** The progress of a verbosity here. Browsers, pipes and logs get lines. */
export async function progressFor(verbose: Verbosity): Promise<Progress> {
  if (verbose === 0) return silent;
  const stream = globalThis.process?.stdout;
  return verbose !== 2 && stream?.isTTY ? bar(stream) : lines((line) => console.log(line));
}
