import {
  batchNormalization,
  bidirectional,
  dense,
  type DTypePolicy,
  embedding,
  groupNormalization,
  inputLayer,
  layerFromConfig,
  layerNormalization,
  lower,
  lstm,
  lstmCell,
  modelFromData,
  modelToData,
  multiHeadAttention,
  ops,
  resetNames,
  rnn,
  summaryText,
  type SymbolicTensor,
  symbolicInput,
  verifyPrimitives,
  withDTypePolicy,
} from "@lamella/ir";
import { beforeEach, describe, expect, test } from "vitest";

import { errorOf, expectError } from "./expect-error.ts";
import { plainModel, registry } from "./plain-model.ts";

beforeEach(resetNames);

const mixed = <T>(build: () => T): T => withDTypePolicy("mixed_float16", build);

function network() {
  const x = symbolicInput({ shape: [4], name: "x" });
  const hidden = ops.square(batchNormalization()(dense(3)(x)));
  return plainModel(x, dense(2, { dtype: "float32", activation: "softmax" })(hidden));
}

describe("a layer of the policy 'mixed_float16'", () => {
  test("keeps weights in float32, computes in float16 and gives float16", () => {
    const layer = dense(2, { dtype: "mixed_float16" });
    const y = layer(symbolicInput({ shape: [3] }));
    expect(y.dtype).toBe("float16");
    expect(layer.weights.map(({ dtype }) => dtype)).toEqual(["float32", "float32"]);
    expect([layer.dtypePolicy, layer.computeDtype, layer.variableDtype, layer.dtype]).toEqual([
      "mixed_float16",
      "float16",
      "float32",
      "float32",
    ]);
  });

  test("hands the policy on to the layers it makes for itself", () => {
    const inner = lstm(3, { dtype: "mixed_float16", returnSequences: true });
    const outer = bidirectional(inner, { dtype: "mixed_float16" });
    const x = symbolicInput({ shape: [5, 2] });
    const attention = multiHeadAttention(2, 3, { dtype: "mixed_float16" });
    expect([outer(x).dtype, attention([x, x]).dtype]).toEqual(["float16", "float16"]);
    const all = [...outer.sublayers, ...outer.sublayers.flatMap(({ sublayers }) => sublayers), ...attention.sublayers];
    expect(all.map(({ dtypePolicy }) => dtypePolicy)).toEqual(all.map(() => "mixed_float16"));
    expect(outer.weights.every(({ dtype }) => dtype === "float32")).toBe(true);
  });

  test.each([
    ["BatchNormalization", batchNormalization()],
    ["LayerNormalization", layerNormalization()],
    ["GroupNormalization", groupNormalization({ groups: 2 })],
  ])("%s uses its weights in float32, as in Keras", (_, { definition, config }) => {
    const layer = layerFromConfig(definition, config, { dtype: "mixed_float16" });
    const x = symbolicInput({ shape: [4] });
    const { graph, variables } = lower(plainModel(x, layer(x) as SymbolicTensor));
    const read = new Set(graph.inputs.filter(({ name }) => variables.has(name)).map(({ value }) => value));
    const users = graph.nodes.filter(({ inputs }) => inputs.some((id) => read.has(id)));
    expect(users.length).toBeGreaterThanOrEqual(2);
    expect(users.flatMap(({ outputs }) => outputs.map((id) => graph.values[id]!.dtype))).not.toContain("float16");
  });

  test("carries states from batch to batch in float32", () => {
    const x = symbolicInput({ batchShape: [2, 5, 2] });
    const { graph, updates } = lower(plainModel(x, lstm(3, { dtype: "mixed_float16", stateful: true })(x)));
    const carried = graph.outputs.filter(({ name }) => updates.has(name));
    expect(carried.map(({ value }) => graph.values[value]!.dtype)).toEqual(["float32", "float32"]);
  });

  test("gives its own dtype, whatever the layers within compute in", () => {
    const x = symbolicInput({ shape: [5, 2] });
    const plain = { dtype: "float32" } as const;
    const around = { dtype: "mixed_float16" } as const;
    const looped = rnn(lstmCell(3, plain), { ...around, returnState: true })(x);
    expect(looped.map(({ dtype }) => dtype)).toEqual(["float16", "float16", "float16"]);
    expect(bidirectional(lstm(3, plain), around)(x).dtype).toBe("float16");
  });

  test("casts to its own dtype what a layer of another policy gives, and no whole numbers", () => {
    const rows = mixed(() => embedding(9, 4)(symbolicInput({ shape: [5], dtype: "int32" })));
    expect(rows.dtype).toBe("float16");
    expect(dense(2)(rows).dtype).toBe("float32");
  });

  test.for<[DTypePolicy, string, string]>([
    ["float16", "float16", "float16"],
    ["float64", "float64", "float64"],
    ["mixed_float16", "float32", "float16"],
  ])("%s: weights are %s, the output is %s", ([dtype, weights, output]) => {
    const layer = batchNormalization({ dtype });
    expect(layer(symbolicInput({ shape: [3] })).dtype).toBe(output);
    expect(layer.weights.map((weight) => weight.dtype)).toEqual([weights, weights, weights, weights]);
  });
});

describe("withDTypePolicy", () => {
  test("holds for what is made within it, and is over afterwards", () => {
    const model = mixed(network);
    expect(model.dtypePolicy).toBe("mixed_float16");
    expect(model.layers.map(({ name, dtypePolicy }) => `${name} ${dtypePolicy}`)).toEqual([
      "x float32",
      "dense mixed_float16",
      "batch_normalization mixed_float16",
      "dense_1 float32",
    ]);
    expect(model.output.dtype).toBe("float32");
    expect(dense(1).dtypePolicy).toBe("float32");
    verifyPrimitives(lower(model).graph);
  });

  test("can stand within another one, and ends with an error, too", () => {
    const inner = mixed(() => [withDTypePolicy("float64", () => dense(1)), dense(1)]);
    expect(inner.map(({ dtypePolicy }) => dtypePolicy)).toEqual(["float64", "mixed_float16"]);
    expectError(() => mixed(() => dense(-1)), "config", "units");
    expect(dense(1).dtypePolicy).toBe("float32");
  });

  test("leaves inputs in float32, also in front of a stack", () => {
    expect(mixed(() => [symbolicInput({ shape: [2] }).dtype, inputLayer([null, 2]).dtype])).toEqual([
      "float32",
      "float32",
    ]);
  });

  test("refuses what it cannot hold for", () => {
    expectError(() => withDTypePolicy("int32", () => dense(1)), "dtype", "floating", "'mixed_float16'", "int32");
    expectError(() => withDTypePolicy("float32", async () => dense(1)), "config", "asynchronous");
  });
});

describe("other policies", () => {
  test.each(["mixed_bfloat16", "bfloat16"])("%s is refused with what to use instead", (dtype) => {
    const error = errorOf(() => dense(1, { dtype: dtype as DTypePolicy }));
    expect(error.message).toMatch(/There is no bfloat16 here[^]*Use 'mixed_float16', or 'float32'/);
    expect(error.code).toBe("dtype");
  });

  test("an unknown one is refused with all that are known", () => {
    expectError(() => dense(1, { dtype: "half" as DTypePolicy }), "dtype", "mixed_float16, float32, float16");
  });
});

test("policies are saved and come back, whatever the default is then", async () => {
  const saved = await modelToData(mixed(network));
  const policies = ({ layers }: { readonly layers: readonly { readonly dtypePolicy: string }[] }) =>
    layers.map(({ dtypePolicy }) => dtypePolicy);
  expect(saved.layers.find(({ name }) => name === "dense")!.config["dtype"]).toBe("mixed_float16");
  for (const loaded of [
    modelFromData(saved, registry),
    withDTypePolicy("float64", () => modelFromData(saved, registry)),
  ]) {
    expect(loaded.dtypePolicy).toBe("mixed_float16");
    expect(policies(loaded)).toEqual(["float32", "mixed_float16", "mixed_float16", "float32"]);
  }
});

test("the summary tells policies that are not all float32", () => {
  expect(summaryText(network())).not.toContain("Dtype policy");
  resetNames();
  expect(summaryText(mixed(network))).toMatch(/\nDtype policy: mixed_float16; float32 \(dense_1\)$/);
});
