import { batchNormalization, dense, lstm, reshape, symbolicInput } from "@lamella/ir";
import { Trainer } from "@lamella/train";
import { expect, test } from "vitest";

import { CountingBackend } from "../../../runtime/test/counting-backend.ts";
import { errorOf, Net, numbers } from "./support.ts";

const quiet = { verbose: 0 } as const;

function statefulTrainer() {
  const backend = new CountingBackend();
  const x = symbolicInput({ shape: [3, 2], batchSize: 2, name: "x" });
  const y = dense(1)(batchNormalization()(lstm(2, { stateful: true })(reshape([3, 2])(x))));
  const trainer = new Trainer(new Net([x], [y]), backend);
  trainer.compile({ loss: "mse", optimizer: "adam" });
  return { backend, trainer };
}

const x = numbers("x", 400, 3, 2);
const y = numbers("y", 400, 1);

test("200 steps and 200 predictions leave as many tensors as one of each", async () => {
  const { backend, trainer } = statefulTrainer();
  const few = x.rows(0, 2);
  await trainer.fit(few, y.rows(0, 2), quiet);
  await trainer.predict(few);
  await trainer.evaluate(few, y.rows(0, 2), quiet);
  const { tensors, uploads } = backend;
  // Two variables of the optimizer, the trained weights with two slots each, two statistics, two states.
  const variables = trainer.model.trainableWeights.length;
  expect(variables).toBe(7);
  expect(tensors).toBe(2 + 3 * variables + 2 + 2);
  await trainer.fit(x, y, quiet);
  expect(backend.tensors).toBe(tensors);
  await trainer.predict(x);
  expect(backend.tensors).toBe(tensors);
  await trainer.evaluate(x, y, quiet);
  expect(backend.tensors).toBe(tensors);
  // The state went from step to step without coming back.
  expect(backend.uploads).toBe(uploads);
  expect(backend.sessions).toBe(3);

  await trainer.dispose();
  expect(backend).toMatchObject({ tensors: 0, sessions: 0 });
  await trainer.dispose();
  expect(backend).toMatchObject({ tensors: 0, sessions: 0 });
});

test("dispose keeps weights, statistics, states and the optimizer's state", async () => {
  const run = async (disposing: boolean) => {
    const { trainer } = statefulTrainer();
    trainer.model.setWeights(
      trainer.model.weights.map(({ shape, path }) => numbers(path.replace(/_\d+/g, ""), ...shape)),
    );
    trainer.compile({ loss: "mse", optimizer: "adam", seed: 1 });
    await trainer.fit(x.rows(0, 8), y.rows(0, 8), quiet);
    if (disposing) await trainer.dispose();
    const { history } = await trainer.fit(x.rows(0, 8), y.rows(0, 8), quiet);
    if (disposing) await trainer.dispose();
    return [history, await trainer.predict(x.rows(0, 4))];
  };
  expect(await run(true)).toEqual(await run(false));
});

test("failures leave nothing behind", async () => {
  const { backend, trainer } = statefulTrainer();
  const broken = numbers("x", 4, 3, 2);
  broken.data[20] = Number.NaN;
  await trainer.fit(x.rows(0, 4), y.rows(0, 4), quiet);
  await trainer.evaluate(x.rows(0, 4), y.rows(0, 4), quiet);
  const { tensors } = backend;
  await errorOf(() => trainer.fit(broken, y.rows(0, 4), { ...quiet, shuffle: false }));
  await errorOf(() => trainer.evaluate(broken, y.rows(0, 4), quiet));
  expect(backend.tensors).toBe(tensors);
  await trainer.dispose();
  expect(backend).toMatchObject({ tensors: 0, sessions: 0 });
});

test("values set from outside replace those on the backend", async () => {
  const { backend, trainer } = statefulTrainer();
  await trainer.fit(x.rows(0, 2), y.rows(0, 2), quiet);
  const { tensors } = backend;
  for (let i = 0; i < 5; i++) {
    trainer.model.setWeights(await trainer.model.getWeights());
    trainer.model.resetStates();
    await trainer.fit(x.rows(0, 2), y.rows(0, 2), quiet);
  }
  expect(backend.tensors).toBe(tensors);
});
