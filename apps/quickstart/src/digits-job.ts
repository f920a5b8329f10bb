import { writeFile } from "node:fs/promises";

import type { Digits } from "@lamella-examples/mnist";
import { exportOnnx } from "lamella";

import { largestDifference, runOnnx } from "./bare-onnx.ts";
import { classesOf, digitModel, trainDigits } from "./digit-model.ts";
import { accuracyOf, percent, sameFigures, written } from "./figures.ts";
import { evaluateInNewProcess } from "./in-new-process.ts";
import { drawPicture } from "./picture.ts";
import type { Report } from "./report.ts";

export interface DigitsJob {
  readonly train: Digits;
  readonly test: Digits;
  readonly epochs: number;
  /** The share of the test digits that the network must know. */
  readonly wanted: number;
  /** The folder to write to. */
  readonly out: string;
}

const batchSize = 500;
const allowedDifference = 1e-5;

/** Trains a network on digits, then saves it, loads it, exports it, and draws what it learned. */
export async function digitsJob(report: Report, { train, test, epochs, wanted, out }: DigitsJob): Promise<void> {
  const [modelFile, onnxFile, pictureFile] = [`${out}/digits.lamella`, `${out}/digits.onnx`, `${out}/digits.svg`];
  await using net = digitModel();
  net.summary({ print: report.print });
  const { history } = await report.step(
    `Train a network on the digits, ${epochs} epochs`,
    () => trainDigits(net, train, epochs),
    (result) => `loss ${result.history["loss"]!.at(-1)!.toFixed(4)}`,
  );
  const figures = await report.step(
    "Evaluate it on the test digits",
    () => net.evaluate(test.images, test.labels, { batchSize, verbose: 0 }),
    (logs) => `test accuracy: ${accuracyOf(logs)}`,
  );
  report.expect(figures["accuracy"]! >= wanted, `The test accuracy is below ${percent(wanted)}.`);

  await report.step(
    "Save digits.lamella",
    () => net.save(modelFile),
    () => written(modelFile),
  );
  const again = await report.step(
    "Load and evaluate it in a new process",
    () => evaluateInNewProcess(modelFile, test.count),
    accuracyOf,
  );
  report.expect(sameFigures(figures, again), "digits.lamella gives other figures in a new process.");

  await report.step(
    "Export digits.onnx",
    () => exportOnnx(net, onnxFile),
    () => written(onnxFile),
  );
  const own = (await net.predict(test.images, { batchSize })).data as Float32Array;
  const classes = classesOf(own);
  const bare = await report.step(
    "Run it by onnxruntime alone",
    () => runOnnx(onnxFile, test.images, test.side),
    (outputs) => `largest difference ${Number(largestDifference(own, outputs).toPrecision(2))}`,
  );
  const isSame = Buffer.compare(classes, classesOf(bare)) === 0;
  report.expect(isSame && largestDifference(own, bare) <= allowedDifference, "digits.onnx gives other predictions.");

  const training = { loss: history["loss"]!, validationLoss: history["val_loss"]! };
  const picture = drawPicture(test, classes, training);
  await report.step(
    "Draw digits.svg",
    () => writeFile(pictureFile, picture),
    () => written(pictureFile),
  );
}
