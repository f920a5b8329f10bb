import { adam, setRandomSeed, Tensor } from "lamella";
import { expect, test } from "vitest";

import { sequenceToSequenceModels, translate } from "../src/index.ts";

const [start, end] = [1, 2];
const options = { start, end, maxLength: 6 };

/** Sequences of three of the tokens 3, 4 and 5, and the same backwards. */
const sources = Array.from({ length: 27 }, (_, i) => [3 + (i % 3), 3 + (Math.floor(i / 3) % 3), 3 + Math.floor(i / 9)]);
const backwards = sources.map((tokens) => tokens.toReversed());

test("learns to say sequences backwards, and says them token by token", async () => {
  setRandomSeed(2);
  const models = sequenceToSequenceModels({ sourceVocabulary: 6, targetVocabulary: 6, width: 8, units: 32 });
  const { training } = models;
  training.compile({ optimizer: adam({ learningRate: 0.02 }), loss: "sparseCategoricalCrossentropy" });
  const said = backwards.map((tokens) => tokens.concat(end));
  const before = await Promise.all(sources.map((source) => translate(models, source, options)));
  expect(before).not.toEqual(said);
  const heard = backwards.map((tokens) => [start].concat(tokens));
  await training.fit({ source: sources, target: heard }, said, { epochs: 150, batchSize: 27, verbose: 0 });
  const after = [];
  for (const source of sources) after.push(await translate(models, source, options));
  expect(after).toEqual(said);
});

test("says what the training model finds likeliest after the tokens so far, up to the greatest length", async () => {
  setRandomSeed(2);
  const models = sequenceToSequenceModels({ sourceVocabulary: 6, targetVocabulary: 9, width: 4, units: 6 });
  const tokens = await translate(models, [3, 5, 0, 4], { start, end: -1, maxLength: 4 });
  expect(tokens).toHaveLength(4);
  const target = [start, ...tokens.slice(0, -1)];
  const likelihoods = await models.training.predict({ source: [[3, 5, 0, 4]], target: [target] });
  expect(likelihoods).toBeInstanceOf(Tensor);
  const [rows] = likelihoods.toArray() as [number[][]];
  expect(rows.map((row) => row.indexOf(Math.max(...row)))).toEqual(tokens);
});
