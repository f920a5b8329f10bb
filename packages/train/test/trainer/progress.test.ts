import { PassThrough } from "node:stream";

import { dense } from "@lamella/ir";
import { afterEach, describe, expect, test, vi } from "vitest";

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
          String.raw`^Epoch 1/2 - 2 steps - \d+\.\ds - \d+\.?\d?ms/step - loss: ${number} - mae: ${number} - ` +
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
    expect(written()).toMatch(/Epoch 1\/2 [█░]{20} 3\/3 - 0s left - loss: \d\.\d{4} - mae: /);
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
