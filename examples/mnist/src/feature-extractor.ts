import { adam, conv2d, dense, flatten, maxPooling2d, model, sequential } from "lamella";

import { type Part, pick } from "./data.ts";

export interface TransferResult {
  /** The share of the digits 5 to 9 that are told apart, with the features and without. */
  readonly withFeatures: number;
  readonly fromPixels: number;
}

const classifier = { optimizer: adam({ learningRate: 0.003 }), loss: "sparseCategoricalCrossentropy" } as const;
const head = (size: number) => sequential([dense(5, { activation: "softmax", inputShape: [size] })]);

/**
 * Transfer: what a network learnt on the digits 0 to 4 helps to tell 5 to 9 apart from a few examples. The features are an
 * inner output of the trained network, as a model of its own that shares its weights.
 */
export async function transfer(train: Part, test: Part, examples = 50, epochs = 3): Promise<TransferResult> {
  const net = sequential([
    conv2d(12, 5, { strides: 2, activation: "relu", inputShape: [28, 28, 1] }),
    maxPooling2d(),
    conv2d(24, 3, { activation: "relu" }),
    flatten({ name: "features" }),
    dense(5, { activation: "softmax" }),
  ]);
  const old = pick(train, (label) => label < 5);
  net.compile(classifier);
  await net.fit(old.images, old.labels, { epochs, batchSize: 32, verbose: 0 });

  const extractor = model({ inputs: net.inputs, outputs: net.getLayer("features").output });
  const isNew = (label: number) => label >= 5;
  const [few, unseen] = [train, test].map((part) => pick(part, isNew, (label) => label - 5)) as [Part, Part];
  const labels = few.labels.subarray(0, examples);
  const score = async (see: (part: Part) => Promise<Part["images"]>) => {
    const seen = await see(few);
    const top = head(seen.size / seen.shape[0]!);
    top.compile({ ...classifier, metrics: ["accuracy"] });
    await top.fit(seen.rows(0, examples), labels, { epochs: 40, batchSize: 16, verbose: 0 });
    return (await top.evaluate(await see(unseen), unseen.labels, { verbose: 0 }))["accuracy"]!;
  };
  const pixels = sequential([flatten({ inputShape: [28, 28, 1] })]);
  return {
    withFeatures: await score(({ images }) => extractor.predict(images)),
    fromPixels: await score(({ images }) => pixels.predict(images)),
  };
}
