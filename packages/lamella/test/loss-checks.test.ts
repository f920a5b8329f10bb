import type { NestedArray } from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { activation, dense, dropout, input, losses, model, reshape, type SymbolicTensor } from "../src/index.ts";

const warn = vi.spyOn(console, "warn");
beforeEach(() => {
  warn.mockReset();
  warn.mockImplementation(() => undefined);
});

const quiet = { verbose: 0 } as const;

/** Trains and evaluates two samples of two features. */
async function fit(head: (x: SymbolicTensor) => SymbolicTensor, loss: unknown, y: NestedArray): Promise<void> {
  const x = input({ shape: [2], name: "x" });
  const net = model({ inputs: x, outputs: head(x) });
  net.compile({ loss: loss as string, backend: reference() });
  const data = [
    [0.1, 0.2],
    [0.3, -0.4],
  ];
  await net.fit(data, y, quiet);
  await net.evaluate(data, y, quiet);
  await net.dispose();
}

const units = (count: number, name = "linear") => dense(count, { activation: name, name: "y" });

describe("activations that do not fit the loss", () => {
  test("a softmax over one unit", async () => {
    const problem = "A softmax over one unit gives 1 whatever the model computes, so that there is nothing to learn.";
    const expected = "Expected: activation 'sigmoid' for one unit, or one unit a class.";
    for (const head of [units(1, "softmax"), (x: SymbolicTensor) => activation("softmax")(units(1)(x))]) {
      await expect(fit(head, "binaryCrossentropy", [0, 1])).rejects.toThrow(`${problem} ${expected}`);
    }
    await expect(fit(units(1, "softmax"), "mse", [0, 1])).rejects.toThrow(
      "a softmax over 1 unit, with MeanSquaredError",
    );
  });

  test.each([
    ["binaryCrossentropy", 1, [0, 1]],
    ["binaryFocalCrossentropy", 1, [0, 1]],
    ["sparseCategoricalCrossentropy", 3, [0, 2]],
    [
      "categoricalFocalCrossentropy",
      2,
      [
        [0, 1],
        [1, 0],
      ],
    ],
  ])("logits given to %s: a warning, once", async (loss, count, y) => {
    await fit((x) => dropout(0)(units(count)(x)), loss, y);
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^lamella: output '.*' of .*: .*takes probabilities, but the last layer has no activation\. Give it 'softmax' or 'sigmoid', or tell the loss: \{ fromLogits: true \}\.$/,
        ),
      ],
    ]);
  });

  test("logits given to a loss that takes none", async () => {
    await fit(units(2), "kld", [
      [0, 1],
      [1, 0],
    ]);
    expect(warn.mock.calls[0]![0]).toMatch(/KLDivergence takes probabilities.* Give it 'softmax' or 'sigmoid'\.$/);
  });

  test("probabilities given to a loss that is told of logits", async () => {
    await fit(units(1, "sigmoid"), losses.binaryCrossentropy({ fromLogits: true }), [0, 1]);
    expect(warn.mock.calls[0]![0]).toContain(
      "BinaryCrossentropy takes logits, but they come from a sigmoid. Leave out 'fromLogits' or the activation.",
    );
  });

  test.each([
    [units(1, "sigmoid"), "binaryCrossentropy"],
    [units(1), losses.binaryCrossentropy({ fromLogits: true })],
    [units(1), "mse"],
    [units(1, "relu"), "binaryCrossentropy"],
    [(x: SymbolicTensor) => reshape([1])(units(1, "sigmoid")(x)), "binaryCrossentropy"],
  ])("nothing is said where they fit, %#", async (head, loss) => {
    await fit(head, loss, [0, 1]);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("targets that the loss would misread", () => {
  test("values for every class given to a loss of class numbers", async () => {
    for (const loss of ["sparseCategoricalCrossentropy", "categoricalGeneralizedCrossEntropy"]) {
      await expect(
        fit(units(3, "softmax"), loss, [
          [0, 1, 0],
          [1, 0, 0],
        ]),
      ).rejects.toThrow(
        /targets 'y': \w+ takes class numbers, and these targets have a value for every class\. Expected: one number for each prediction, \(None,\)\. Received: \(2, 3\)\. Use categoricalCrossentropy/,
      );
    }
  });

  test.each(["categoricalCrossentropy", "categoricalFocalCrossentropy", "categoricalHinge"])(
    "class numbers given to %s",
    async (loss) => {
      await expect(fit(units(3, "softmax"), loss, [2, 0])).rejects.toThrow(
        "targets 'y': The shape of the targets does not fit the output. Expected: (None, 3). Received: (2,). " +
          "Use sparseCategoricalCrossentropy for targets that are class numbers.",
      );
    },
  );

  test("targets of CTC", async () => {
    const logits = (x: SymbolicTensor) => reshape([3, 2], { name: "y" })(dense(6)(x));
    await fit(logits, "ctc", [[1], [1]]);
    await expect(fit(logits, "ctc", [1, 0])).rejects.toThrow(
      "targets 'y': CTC takes a sequence of class numbers for every sample, filled up with 0. " +
        "Expected: (samples, labels). Received: (2,).",
    );
    await expect(
      fit(logits, "ctc", [
        [1, 0],
        [2, 0],
      ]),
    ).rejects.toThrow("Label 2 at sample 1 is out of range. Expected: class numbers from 0 to 1");
  });

  test("targets of the circle loss", async () => {
    await fit(units(2), "circle", [7, 7]);
    await expect(
      fit(units(2), "circle", [
        [1, 2],
        [3, 4],
      ]),
    ).rejects.toThrow(
      "targets 'y': Circle takes one whole number a sample, equal for samples that belong together. " +
        "Expected: (samples,), whole numbers. Received: (2, 2).",
    );
    await expect(fit(units(2), "circle", [0.5, 1])).rejects.toThrow("Received: (2,), with fractions.");
  });
});
