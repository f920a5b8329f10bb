import { PassThrough } from "node:stream";

import { dense } from "@lamella/ir";
import type { ProgressEvent } from "@lamella/train";
import { afterEach, describe, expect, test, vi } from "vitest";

import { formatStepTime, formatTimeLeft, StepTimer } from "../../src/step-timer.ts";
import { errorOf, numbers, trainerOf } from "./support.ts";

const x = numbers("x", 8, 2);
const y = numbers("y", 8, 1);

function trainer() {
  const made = trainerOf([2], (input) => dense(1)(input));
  made.compile({ loss: "mse", metrics: ["mae"] });
  return made;
}

/** Puts something else in the place of the standard output. */
function onStream(properties: object): () => string {
  let written = "";
  const stream = new PassThrough();
  stream.on("data", (chunk: Buffer) => (written += chunk.toString()));
  vi.spyOn(process, "stdout", "get").mockReturnValue(Object.assign(stream, properties) as never);
  return () => written;
}

afterEach(() => vi.restoreAllMocks());

describe("off a terminal", () => {
  test("fit prints a line an epoch, evaluate one", async () => {
    onStream({ isTTY: false });
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const made = trainer();
    await made.fit(x, y, { epochs: 2, batchSize: 3, validationSplit: 0.25 });
    await made.evaluate(x, y);
    const number = String.raw`\d+\.\d{4}`;
    expect(log.mock.calls.map(([line]) => line as string)).toEqual([
      expect.stringMatching(
        new RegExp(
          String.raw`^Epoch 1/2 - 2 steps - \d+\.\ds - \d+[mu]s/step - loss: ${number} - mae: ${number} - ` +
            `val_loss: ${number} - val_mae: ${number}$`,
        ),
      ),
      expect.stringMatching(/^Epoch 2\/2 - /),
      expect.stringMatching(new RegExp(String.raw`^Evaluate - 1 steps - .* - loss: ${number} - mae: ${number}$`)),
    ]);
  });

  test("small values keep their digits", async () => {
    onStream({ isTTY: false });
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const made = trainerOf([1], (input) => dense(1, { kernelInitializer: "zeros" })(input));
    made.compile({ loss: "mae" });
    await made.evaluate([[1]], [[0.000123456]]);
    expect(log.mock.calls[0]![0]).toContain("loss: 1.2346e-4");
  });
});

describe("on a terminal", () => {
  const terminal = { isTTY: true, columns: 80, cursorTo: () => true, clearLine: () => true, moveCursor: () => true };

  test("fit shows a bar, and in its place a line with the values at the end", async () => {
    const written = onStream(terminal);
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const made = trainer();
    await made.fit(x, y, { epochs: 2, batchSize: 2, validationSplit: 0.25 });
    await made.evaluate(x, y);
    expect(log).not.toHaveBeenCalled();
    expect(written()).toMatch(/Epoch 1\/2 [█░]{20} 3\/3 - 0s left - \d+[mu]s\/step - loss: \d\.\d{4} - mae: /);
    expect(written()).toMatch(/Epoch 1\/2 - 3 steps - .* - loss: \d\.\d{4} - mae: .* - val_loss: .* - val_mae: .*\n/);
    expect(written()).toMatch(/Epoch 2\/2 - 3 steps - .*\n/);
    expect(written()).toMatch(/Evaluate [█░]{20} 1\/1 /);
    expect(written()).toMatch(/Evaluate - 1 steps - .* - loss: .*\n/);
    // The cursor is never hidden: whatever ends the process, the terminal stays usable.
    expect(written()).not.toContain("[?25l");
  });

  test("a failure ends the bar, which would draw itself again and again", async () => {
    const written = onStream(terminal);
    const bad = numbers("x", 8, 2);
    bad.data[15] = Number.NaN;
    await errorOf(() => trainer().fit(bad, y, { batchSize: 2, shuffle: false }));
    const length = written().length;
    expect(length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(written()).toHaveLength(length);
  });

  test("verbose 2 prints lines there, too", async () => {
    const written = onStream(terminal);
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await trainer().fit(x, y, { verbose: 2 });
    expect(log).toHaveBeenCalledTimes(1);
    expect(written()).toBe("");
  });
});

test("verbose 0 is silent everywhere", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  for (const isTTY of [true, false]) {
    const written = onStream({ isTTY });
    await trainer().fit(x, y, { verbose: 0 });
    await trainer().evaluate(x, y, { verbose: 0 });
    expect(written()).toBe("");
  }
  expect(log).not.toHaveBeenCalled();
});

describe("onProgress", () => {
  test("tells of epochs and steps, with times as numbers", async () => {
    const events: ProgressEvent[] = [];
    const slow = { onTrainBatchBegin: () => new Promise<void>((resolve) => setTimeout(resolve, 20)) };
    const { history } = await trainer().fit(x, y, {
      epochs: 2,
      batchSize: 3,
      validationSplit: 0.25,
      verbose: 0,
      callbacks: [slow],
      onProgress: (event) => void events.push(event),
    });
    const step = { kind: "step", epochs: 2, steps: 2 };
    expect(events.map(({ kind, epoch, epochs, step: done, steps }) => ({ kind, epoch, epochs, done, steps }))).toEqual(
      [0, 1].flatMap((epoch) => [
        { ...step, epoch, kind: "epochBegin", done: 0 },
        { ...step, epoch, done: 1 },
        { ...step, epoch, done: 2 },
        { ...step, epoch, kind: "epochEnd", done: 2 },
      ]),
    );
    const [begin, first, second, end] = events as [ProgressEvent, ProgressEvent, ProgressEvent, ProgressEvent];
    expect([begin.stepTime, begin.eta, begin.logs]).toEqual([undefined, undefined, {}]);
    // Timers may be a little early.
    expect(first.stepTime).toBeGreaterThan(18);
    expect(first.eta).toBeGreaterThan(18);
    expect(second.eta).toBe(0);
    expect(Object.keys(first.logs)).toEqual(["loss", "mae"]);
    expect(end.logs["val_loss"]).toBe(history["val_loss"]![0]);
  });

  test("where nobody knows the number of steps, the second epoch does", async () => {
    const events: ProgressEvent[] = [];
    const batches = () => [0, 2, 4].map((start) => [x.rows(start, start + 2), y.rows(start, start + 2)] as const);
    await trainer().fit(batches, { epochs: 2, verbose: 0, onProgress: (event) => void events.push(event) });
    const at = (epoch: number) => events.filter((event) => event.epoch === epoch && event.kind === "step");
    expect(at(0).map(({ steps, eta }) => [steps, eta])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(at(1).map(({ steps }) => steps)).toEqual([3, 3, 3]);
    expect(at(1)[0]!.eta).toBeGreaterThan(0);
  });
});

test("step times as Keras shows them", () => {
  expect([2400, 1000, 15.4, 1, 0.0801].map(formatStepTime)).toEqual([
    "2s/step",
    "1s/step",
    "15ms/step",
    "1ms/step",
    "80us/step",
  ]);
});

test("the time that is left", () => {
  expect([undefined, 0, 8400, 65_000, 7_209_000].map(formatTimeLeft)).toEqual([
    "? left",
    "0s left",
    "8s left",
    "1:05 left",
    "2:00:09 left",
  ]);
});

test("steps that were done before an epoch was resumed take no time", async () => {
  const timer = new StepTimer();
  timer.begin(10);
  await new Promise((resolve) => setTimeout(resolve, 30));
  timer.step(8);
  expect(timer.perStep).toBeGreaterThan(25);
  expect(timer.left! / timer.perStep).toBeGreaterThan(1.5);
});
