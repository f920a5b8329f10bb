import { adam, metrics, setRandomSeed } from "lamella";

import { purchaseModel } from "./purchase-model.ts";
import { horizon, samplesAt } from "./samples.ts";
import { lastDay, readCustomers } from "./tables.ts";

export interface PurchaseResult {
  readonly customers: number;
  /** The share of them who buy. */
  readonly share: number;
  /** Area under the ROC curve: of the model, and of the guess that who bought last buys next. */
  readonly auc: number;
  readonly recencyAuc: number;
  readonly accuracy: number;
}

/** The chance that a buyer scores higher than one who does not buy. */
function aucOf(scores: readonly number[], buys: readonly number[]): number {
  const order = scores.map((score, i) => ({ score, buys: buys[i]! })).toSorted((a, b) => a.score - b.score);
  let rankSum = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && order[end]!.score === order[start]!.score) end += 1;
    const rank = (start + 1 + end) / 2;
    for (const { buys: one } of order.slice(start, end)) rankSum += one * rank;
    start = end;
  }
  const positive = buys.reduce((total, value) => total + value, 0);
  return (rankSum - (positive * (positive + 1)) / 2) / (positive * (buys.length - positive));
}

/**
 * Who buys in the next 90 days? Learns from the 90 days before the last 90, and is measured on the last.
 *
 * @param epochs times over the customers
 */
export async function predictPurchases(epochs: number, verbose: "auto" | 0 = "auto"): Promise<PurchaseResult> {
  setRandomSeed(1);
  const customers = readCustomers();
  const testDay = lastDay + 1 - horizon;
  const [train, test] = [samplesAt(customers, testDay - horizon), samplesAt(customers, testDay)];
  await using net = purchaseModel(train);
  net.compile({
    optimizer: adam({ learningRate: 0.003 }),
    loss: "binaryCrossentropy",
    metrics: ["accuracy", metrics.auc()],
  });
  const inputs = ({ profile, activity }: typeof train) => ({ profile_data: profile, activity_data: activity });
  await net.fit(inputs(train), train.buys, { epochs, batchSize: 64, validationSplit: 0.1, verbose });
  const { auc, accuracy } = await net.evaluate(inputs(test), test.buys, { verbose });
  const buys = test.buys.toNumbers();
  return {
    customers: buys.length,
    share: buys.reduce((total, value) => total + value, 0) / buys.length,
    auc: auc!,
    accuracy: accuracy!,
    recencyAuc: aucOf(
      test.recency.map((days) => -days),
      buys,
    ),
  };
}
