import { resolveOptimizer, Trainer } from "@lamella/train";
import * as core from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";

import { trajectories } from "../cases/index.ts";
import { subjects } from "../src/subjects.ts";
import { trajectoryBatch, trajectoryModel } from "../src/trajectory-models.ts";

const { backend } = subjects.tfjsCpu.subject;
const kind = trajectories.find(({ model }) => model === "mlp")!;
const { x, y } = trajectoryBatch(kind, 0);

/** The loss of a step, and what the model says afterwards. */
async function trained(inputs: typeof x | core.Tensor, targets: typeof y | core.Tensor) {
  await using trainer = new Trainer(trajectoryModel(kind), backend);
  trainer.compile({ optimizer: resolveOptimizer(kind.optimizer), loss: kind.loss });
  const { history } = await trainer.fit(inputs, targets, { verbose: 0, shuffle: false });
  return { loss: history["loss"], output: await trainer.predict(inputs) };
}

test("tensors of TensorFlow.js are data, and stay the caller's", async () => {
  expect(await backend.check()).toBeUndefined();
  await core.setBackend("cpu");
  const [inputs, targets] = [x, y].map((of) => core.tensor(of.data as Float32Array, [...of.shape]));
  const expected = await trained(x, y);
  expect(await trained(inputs!, targets!)).toEqual(expected);
  expect(inputs!.dataSync()).toEqual(x.data);
  core.dispose([inputs!, targets!]);
});
