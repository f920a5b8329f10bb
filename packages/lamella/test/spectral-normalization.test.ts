import { dense, lstm, reference, type regularizers, sequential, sgd, spectralNormalization, Tensor } from "lamella";
import { describe, expect, test } from "vitest";

import { expectError } from "./support.ts";

type Penalty = ReturnType<typeof regularizers.l2>;

/** A kernel after one step of training on zeros, where only penalties have a gradient. */
async function trained(kernel: number[][], kernelRegularizer: Penalty | null = null): Promise<number[]> {
  const inner = dense(2, { useBias: false, kernelRegularizer });
  await using net = sequential([spectralNormalization(inner, { powerIterations: 60, inputShape: [3] })]);
  inner.setWeights([kernel]);
  net.compile({ loss: "mse", optimizer: sgd({ learningRate: 0.5 }), backend: reference() });
  const zeros = (...shape: number[]) => new Tensor("float32", shape, new Float32Array(4 * shape[1]!));
  await net.fit(zeros(4, 3), zeros(4, 2), { epochs: 1, batchSize: 4, verbose: 0 });
  return (await inner.getWeights())[0]!.toNumbers();
}

/** Singular values 2 and 0.5. */
const kernel = [
  [2, 0],
  [0, 0.5],
  [0, 0],
];

describe("spectralNormalization", () => {
  test("divides the kernel by its largest singular value", async () => {
    const found = await trained(kernel);
    for (const [i, value] of [1, 0, 0, 0.25, 0, 0].entries()) expect(found[i]).toBeCloseTo(value, 5);
  });

  test("steps from there: the penalty of the new kernel and its gradient", async () => {
    const found = await trained(kernel, { type: "L2", config: { l1: 0, l2: 0.1 } });
    for (const [i, value] of [0.9, 0, 0, 0.225, 0, 0].entries()) expect(found[i]).toBeCloseTo(value, 5);
  });

  test("leaves a kernel of zeros alone", async () => {
    const zeros = kernel.map((row) => row.map(() => 0));
    expect(await trained(zeros)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("refuses a layer without a kernel", async () => {
    const wrapped = spectralNormalization(lstm(2), { inputShape: [3, 2] });
    await expectError(() => sequential([wrapped]), "config", "no weight that could be normalized", "Received: lstm");
  });
});
