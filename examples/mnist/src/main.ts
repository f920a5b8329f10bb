import { adam, setRandomSeed } from "lamella";

import { digits } from "./data.ts";
import { transfer } from "./feature-extractor.ts";
import { inceptionNet } from "./inception.ts";
import { residualNet } from "./residual.ts";
import { pairsOf, siameseNet } from "./siamese.ts";

setRandomSeed(1);
const { train, test } = await digits(10_000, 2000);
for (const net of [residualNet(), inceptionNet()]) {
  net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  await net.fit(train.images, train.labels, { epochs: 2, batchSize: 64 });
  const { accuracy } = await net.evaluate(test.images, test.labels, { verbose: 0 });
  console.log(`${net.name}: ${(100 * accuracy!).toFixed(1)} % of the test digits`);
}
const { withFeatures, fromPixels } = await transfer(train, test);
console.log(`50 examples of 5 to 9: ${(100 * withFeatures).toFixed(1)} % by features of a network that knows 0 to 4,`);
console.log(`${(100 * fromPixels).toFixed(1)} % by pixels`);
const siamese = siameseNet();
siamese.compile({ optimizer: adam({ learningRate: 0.003 }), loss: "binaryCrossentropy", metrics: ["accuracy"] });
const { left, right, same } = pairsOf(train);
await siamese.fit({ left, right }, same, { epochs: 3, batchSize: 64 });
const pairs = pairsOf(test);
const { accuracy } = await siamese.evaluate({ left: pairs.left, right: pairs.right }, pairs.same, { verbose: 0 });
console.log(`siamese: ${(100 * accuracy!).toFixed(1)} % of the test pairs`);
