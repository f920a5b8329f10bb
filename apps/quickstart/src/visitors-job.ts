import { loadModel } from "lamella";

import { accuracyOf, percent, sameFigures, written } from "./figures.ts";
import type { Report } from "./report.ts";
import { makeVisitors, visitorModel } from "./visitors.ts";

export interface VisitorsJob {
  readonly count: number;
  readonly epochs: number;
  /** The share of other visitors that the network must judge right. */
  readonly wanted: number;
  /** The folder to write to. */
  readonly out: string;
}

/** Trains a network with two inputs on made-up data, then saves it and loads it. */
export async function visitorsJob(report: Report, { count, epochs, wanted, out }: VisitorsJob): Promise<void> {
  const file = `${out}/visitors.lamella`;
  const [train, test] = [makeVisitors(count, 0.1), makeVisitors(Math.ceil(count / 4), 0.2)];
  await using net = visitorModel();
  net.summary({ print: report.print });
  await report.step(
    `Train a network with two inputs, ${epochs} epochs`,
    () => net.fit(train.inputs, train.buys, { epochs, batchSize: 32, validationSplit: 0.1 }),
    ({ history }) => `loss ${history["loss"]!.at(-1)!.toFixed(4)}`,
  );
  const figures = await report.step(
    "Evaluate it on other visitors",
    () => net.evaluate(test.inputs, test.buys, { verbose: 0 }),
    accuracyOf,
  );
  report.expect(figures["accuracy"]! >= wanted, `The accuracy on visitors is below ${percent(wanted)}.`);

  await report.step(
    "Save visitors.lamella",
    () => net.save(file),
    () => written(file),
  );
  const again = await report.step(
    "Load and evaluate it",
    async () => {
      await using loaded = await loadModel<"profile_data" | "activity_data", "prediction">(file);
      return loaded.evaluate(test.inputs, test.buys, { verbose: 0 });
    },
    accuracyOf,
  );
  report.expect(sameFigures(figures, again), "visitors.lamella gives other figures after loading.");
}
