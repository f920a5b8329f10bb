import {
  add,
  batchNormalization,
  catalogue,
  concatenate,
  conv2d,
  dense,
  flatten,
  globalAveragePooling2d,
  lower,
  type Model,
  modelFromData,
  modelFromJson,
  modelToData,
  type Registry,
  resetNames,
  verifyPrimitives,
} from "@lamella/ir";
import { beforeEach, describe, expect, test } from "vitest";

import { expectError } from "../../ir/test/expect-error.ts";
import { sequential, sequentialType } from "../../sequential/src/index.ts";
import { functionalType, input, model } from "../src/index.ts";

beforeEach(resetNames);

const registry: Registry = { layers: catalogue, models: [functionalType, sequentialType] };
const paths = (net: Model) => net.weights.map(({ path }) => path);
const names = (net: Model) => net.layers.map(({ name }) => name);

function siamese() {
  const tower = sequential([conv2d(4, 3, { activation: "relu" }), flatten(), dense(8)], { name: "tower" });
  const [left, right] = [input({ shape: [8, 8, 1], name: "left" }), input({ shape: [8, 8, 1], name: "right" })];
  const outputs = dense(1, { name: "same" })(concatenate()([tower(left), tower(right)]));
  return { tower, net: model({ inputs: [left, right], outputs, name: "siamese" }) };
}

describe("a sequential model within a functional one", () => {
  test("has Keras's paths, and its weights once however often it is called", () => {
    const { tower, net } = siamese();
    expect(names(net)).toEqual(["left", "right", "tower", "concatenate", "same"]);
    expect(paths(net)).toEqual([
      "tower/conv2d/kernel",
      "tower/conv2d/bias",
      "tower/dense/kernel",
      "tower/dense/bias",
      "same/kernel",
      "same/bias",
    ]);
    expect(net.weights.slice(0, 4)).toEqual(tower.weights);
    const { graph, variables } = lower(net);
    verifyPrimitives(graph);
    expect(variables.size).toBe(6);
    expect(graph.nodes.filter(({ op }) => op.type === "Conv")).toHaveLength(2);
  });

  test("comes back from JSON and from data, shared as before", async () => {
    const { net } = siamese();
    const again = modelFromJson(net.toJson(), registry);
    expect(again.toJson()).toBe(net.toJson());
    expect(paths(again)).toEqual(paths(net));
    expect(again.getLayer("tower").calls).toHaveLength(2);
    verifyPrimitives(lower(again).graph);
    const data = modelFromData(await modelToData(net), registry);
    expect(await data.getWeights()).toEqual(await net.getWeights());
  });

  test("can be looked into", () => {
    const { tower, net } = siamese();
    const features = model({ inputs: tower.inputs, outputs: tower.getLayer("flatten").output });
    expect(features.output.shape).toEqual(["batch", 144]);
    expect(features.weights).toEqual(net.weights.slice(0, 2));
  });
});

describe("a functional model within a sequential one", () => {
  function stacked() {
    const image = input({ shape: [8, 8, 3], name: "image" });
    const block = add()([conv2d(3, 3, { padding: "same" })(image), image]);
    const backbone = model({ inputs: image, outputs: globalAveragePooling2d()(block), name: "backbone" });
    return { backbone, stack: sequential([backbone, batchNormalization(), dense(2)], { name: "stack" }) };
  }

  test("has Keras's paths, and gives the stack its shape", () => {
    const { stack } = stacked();
    expect([stack.input.shape, stack.output.shape]).toEqual([
      ["batch", 8, 8, 3],
      ["batch", 2],
    ]);
    expect(paths(stack)).toEqual([
      "conv2d/kernel",
      "conv2d/bias",
      "stack/batch_normalization/gamma",
      "stack/batch_normalization/beta",
      "stack/batch_normalization/moving_mean",
      "stack/batch_normalization/moving_variance",
      "stack/dense/kernel",
      "stack/dense/bias",
    ]);
    verifyPrimitives(lower(stack).graph);
  });

  test("is frozen by itself", () => {
    const { backbone, stack } = stacked();
    backbone.trainable = false;
    expect(stack.trainableWeights.map(({ path }) => path)).toEqual([
      "stack/batch_normalization/gamma",
      "stack/batch_normalization/beta",
      "stack/dense/kernel",
      "stack/dense/bias",
    ]);
    const again = modelFromJson(stack.toJson(), registry);
    expect(again.trainableWeights).toHaveLength(4);
    expect(again.layers.map(({ trainable }) => trainable)).toEqual([false, true, true]);
  });

  test("comes back from JSON", () => {
    const { stack } = stacked();
    const again = modelFromJson(stack.toJson(), registry);
    expect([again.type, again.layers[0]!.type]).toEqual(["Sequential", "Functional"]);
    expect([again.toJson(), paths(again)]).toEqual([stack.toJson(), paths(stack)]);
  });
});

test("a model in a model in a model", () => {
  const inner = sequential([dense(4, { inputShape: [4] })], { name: "inner" });
  const x = input({ shape: [4], name: "x" });
  const middle = model({ inputs: x, outputs: add()([inner(x), inner(inner(x))]), name: "middle" });
  const outer = sequential([middle, inner, dense(2)], { name: "outer" });
  expect(outer.weights).toHaveLength(4);
  verifyPrimitives(lower(outer).graph);
  const again = modelFromJson(outer.toJson(), registry);
  expect([again.toJson(), paths(again)]).toEqual([outer.toJson(), paths(outer)]);
  expect(again.countParams()).toBe(20 + 10);
  expectError(() => inner.add(outer), "graph", "inner (Sequential): A model cannot contain itself.");
  expectError(() => inner.add(middle), "graph", "Received: middle (Functional).");
});
