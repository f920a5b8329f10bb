import type { Digits } from "@lamella-examples/mnist";
import {
  adam,
  conv2d,
  dense,
  dropout,
  flatten,
  type History,
  maxPooling2d,
  onnxruntime,
  sequential,
  setRandomSeed,
} from "lamella";

export type DigitModel = ReturnType<typeof sequential>;

/** A small convolutional network for images of digits, with the same weights at every start. */
export function digitModel(seed = 1): DigitModel {
  setRandomSeed(seed);
  const net = sequential(
    [
      conv2d(8, 5, { activation: "relu", inputShape: [28, 28, 1] }),
      maxPooling2d(),
      conv2d(32, 5, { activation: "relu" }),
      maxPooling2d(),
      flatten(),
      dropout(0.3),
      dense(64, { activation: "relu" }),
      dense(10, { activation: "softmax" }),
    ],
    { name: "digits" },
  );
  net.compile({
    optimizer: adam({ learningRate: 0.002 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
    // Threads that spin while they wait are faster only on a machine with nothing else to do.
    backend: onnxruntime({ allowSpinning: false }),
  });
  return net;
}

/** Trains on all digits but the last tenth, which measures the loss after every epoch. */
export function trainDigits(net: DigitModel, { images, labels }: Digits, epochs: number): Promise<History> {
  return net.fit(images, labels, { epochs, batchSize: 128, validationSplit: 0.1 });
}

/** The class with the largest probability, sample by sample. */
export function classesOf(probabilities: Float32Array, classes = 10): Uint8Array {
  return Uint8Array.from({ length: probabilities.length / classes }, (_, sample) => {
    const row = probabilities.subarray(sample * classes, (sample + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
}
