import { modelFromJson, modelToJson } from "@lamella/ir";

import type { Check } from "./check.ts";
import { expectIdentical, expectSame } from "./compare.ts";
import { goldenOf } from "./golden.ts";
import { registry } from "./registry.ts";

const config: Check = {
  name: "config",
  group: "model",
  async run(run) {
    const json = modelToJson(run.original());
    expectSame("the architecture after a round trip", modelToJson(modelFromJson(json, registry)), json);
    expectSame("the architecture after the detour", modelToJson(await run.model()), json);
  },
};

const weights: Check = {
  name: "weights",
  group: "model",
  async run(run) {
    const model = await run.model();
    const described = model.weights.map(({ path, shape, dtype, trainable }) => ({ path, shape, dtype, trainable }));
    expectSame("the weights", described, goldenOf(run.layerCase.id).weights);
    for (const [i, variable] of run.original().weights.entries()) {
      expectIdentical(variable.path, await model.weights[i]!.read(), await variable.read());
    }
  },
};

const shapes: Check = {
  name: "shapes",
  group: "model",
  async run(run) {
    const model = await run.model();
    const golden = goldenOf(run.layerCase.id).outputShapes;
    // Inference may know more than Keras's: the executed shapes prove it.
    const inferred = model.outputs.map(({ shape }, i) =>
      shape.map((dim, axis) => (typeof dim === "number" && golden[i]?.[axis] !== null ? dim : null)),
    );
    expectSame("the inferred shapes", inferred, golden);
    const { outputs, first } = await run.inference();
    const executed = outputs.map((name) => ({ shape: first[name]!.shape, dtype: first[name]!.dtype }));
    const promised = run.promisedShapes(model).map((shape, i) => ({ shape, dtype: model.outputs[i]!.dtype }));
    expectSame("the executed shapes", executed, promised);
  },
};

/** What a model is before it runs. */
export const modelChecks: readonly Check[] = [config, weights, shapes];
