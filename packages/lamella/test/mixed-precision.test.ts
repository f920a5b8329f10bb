import { dense, loadModel, sequential, withDTypePolicy } from "lamella";
import { expect, test } from "vitest";

import { inFolder, line } from "./support.ts";

test("a model of mixed precision trains, is saved, and goes on as if it had not stopped", async () => {
  const { x, y } = line(32);
  await using model = withDTypePolicy("mixed_float16", () =>
    sequential([dense(8, { activation: "tanh", inputShape: [2] }), dense(1, { dtype: "float32", name: "out" })]),
  );
  model.compile({ optimizer: "adam", loss: "mse", seed: 3 });
  const options = { epochs: 3, verbose: 0 } as const;
  const { history } = await model.fit(x, y, options);
  expect(history["loss"]![2]).toBeLessThan(history["loss"]![0]!);
  await inFolder(async (at) => {
    await model.save(at("mixed.lamella"));
    await using loaded = await loadModel(at("mixed.lamella"));
    expect(loaded.dtypePolicy).toBe("mixed_float16");
    expect(loaded.layers.map(({ dtypePolicy }) => dtypePolicy)).toEqual(["mixed_float16", "float32"]);
    const goOn = [await model.fit(x, y, options), await loaded.fit(x, y, options)].map((run) => run.history["loss"]);
    expect(goOn[1]).toEqual(goOn[0]);
    expect((await loaded.predict(x)).dtype).toBe("float32");
  });
});
