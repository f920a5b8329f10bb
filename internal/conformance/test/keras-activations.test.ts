import { readFileSync } from "node:fs";

import type { AnyModel, JsonObject } from "@lamella/ir";
import { modelFromContents, readKeras } from "@lamella/keras";
import { describe, expect, test } from "vitest";

import { registry } from "../src/registry.ts";

const fixture = (path: string) =>
  readFileSync(new URL(`../../../packages/keras/test/fixtures/${path}`, import.meta.url));

describe("activations that are layers become layers behind those that have them", () => {
  test.each(["2.15.0/activated.h5", "3.0.5/activated.keras", "3.15.1/activated.keras"])("in %s", async (path) => {
    const { saved, report } = await readKeras(fixture(path), { registry });
    expect(report.converted).toEqual([
      "within: its activation, ELU, is a layer of its own behind it: 'within_activation'.",
      "conv: its activation, LeakyReLU, is a layer of its own behind it: 'conv_activation'.",
      "one: its activation, ReLU, is a layer of its own behind it: 'one_activation'.",
    ]);
    expect(report.ignored).toEqual([]);
    const { loss, lossWeights } = saved.training!.config;
    expect([loss, lossWeights]).toEqual([
      { conv_activation: "mae", one_activation: "mse" },
      { conv_activation: 2, one_activation: 0.5 },
    ]);
    expect(saved.training!.state.size).toBe(8);
  });

  const object = (className: string, config: JsonObject): JsonObject => ({
    module: "keras.layers",
    class_name: className,
    config,
    registered_name: null,
  });

  test("with names that are free, and what is regularized is what comes out at the end", () => {
    const settings = { units: 2, activation: object("LeakyReLU", { negative_slope: 0.25 }) };
    const layers = [
      object("InputLayer", { batch_shape: [null, 3], dtype: "float32", name: "x" }),
      object("Dense", { name: "a", ...settings, activity_regularizer: object("L2", { l2: 0.5 }) }),
      object("Dense", { name: "a_activation", units: 2, activation: "relu" }),
    ];
    const config = { name: "stack", trainable: true, layers };
    const contents = { model: { module: "keras", class_name: "Sequential", config }, notes: [] };
    const model: AnyModel = modelFromContents(contents, { registry }).model;
    expect(model.layers.map(({ name, type }) => [name, type])).toEqual([
      ["a", "Dense"],
      ["a_activation_1", "LeakyReLU"],
      ["a_activation", "Dense"],
    ]);
    const [dense, leaky] = model.layers;
    expect([dense!.config["activation"], leaky!.config["negativeSlope"]]).toEqual(["linear", 0.25]);
    expect(dense!.activityRegularizer).toBeNull();
    expect(leaky!.activityRegularizer).toMatchObject({ config: { l2: 0.5 } });
  });
});
