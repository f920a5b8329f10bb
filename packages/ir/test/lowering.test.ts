import {
  add,
  batchNormalization,
  defineLayer,
  dense,
  dropout,
  GraphBuilder,
  type Model,
  Mul,
  type PrimitiveGraph,
  printPrimitives,
  ReduceSum,
  regularizers,
  resetNames,
  symbolicInput,
  traceForward,
  type TracedForward,
  type Tracer,
  verifyPrimitives,
} from "@lamella/ir";
import { beforeEach, describe, expect, test } from "vitest";

import { plainModel } from "./plain-model.ts";

beforeEach(resetNames);

const input = () => symbolicInput({ shape: [4], name: "x" });

/** A model's forward pass in training, with what it assigns and the losses it adds as outputs. */
function train(model: Model, options: { readonly seed?: number; readonly stepped?: boolean } = {}) {
  const builder = new GraphBuilder("step");
  const step = options.stepped === true ? { step: builder.input("step", [], "int32") } : {};
  const forward = traceForward(model, builder, { training: true, seed: options.seed ?? 0, ...step });
  const results: Record<string, Tracer> = {};
  for (const [name, { tensor }] of forward.outputs) results[`out ${name}`] = tensor;
  for (const [variable, value] of forward.lowering.assigned) results[`${variable.path}:next`] = value;
  for (const [i, loss] of forward.lowering.losses.entries()) results[`loss${i}`] = loss;
  const graph = builder.finish(results);
  verifyPrimitives(graph);
  return { forward, graph };
}

const constants = (graph: PrimitiveGraph, dtype: string) =>
  graph.nodes.flatMap(({ op }) =>
    op.type === "Constant" && op.attributes.value.dtype === dtype && op.attributes.value.size === 12
      ? [op.attributes.value.toNumbers()]
      : [],
  );

describe("training mode", () => {
  test("reaches every layer, those of inner models too, but not calls with a mode of their own", () => {
    const x = input();
    const inner = plainModel(x, dropout(0.5)(x), { name: "inner" });
    const z = input();
    const layer = dropout(0.5);
    const net = plainModel(z, layer(layer(inner(z)), { training: false }));
    const { graph } = train(net);
    expect(constants(graph, "int32")).toHaveLength(2);
  });

  test("a batchNormalization called twice updates its statistics twice, one after the other", () => {
    const x = input();
    const layer = batchNormalization();
    const { forward, graph } = train(plainModel(x, layer(layer(x))));
    expect([...forward.lowering.assigned.keys()].map(({ name }) => name)).toEqual(["moving_mean", "moving_variance"]);
    const mean = graph.inputs.find(({ name }) => name === "batch_normalization/moving_mean")!;
    const users = graph.nodes.filter(({ inputs }) => inputs.includes(mean.value));
    expect(users.map(({ op }) => op.type)).toEqual(["Mul"]);
    const blends = graph.nodes.filter(
      ({ name, op }) => op.type === "Add" && name.startsWith("batch_normalization/Add"),
    );
    expect(blends.length).toBeGreaterThanOrEqual(4);
  });

  test("collects the losses that layers add", () => {
    const penalty = defineLayer({
      type: "Penalty",
      fields: {},
      lower(context, [x]) {
        context.addLoss(Mul(ReduceSum(x!.tensor), 0.1));
        return x!;
      },
    });
    const x = input();
    const y = dense(3, { activityRegularizer: regularizers.l2(0.5) })(penalty()(x));
    const { forward } = train(plainModel(x, y));
    expect(forward.lowering.losses.map(({ shape, dtype }) => [shape, dtype])).toEqual([
      [[], "float32"],
      [[], "float32"],
    ]);
  });
});

describe("random numbers", () => {
  const twoDropouts = () => {
    const x = input();
    return plainModel(x, add()([dropout(0.5)(x), dropout(0.5)(x)]));
  };
  const keys = (model: Model, seed = 0) => constants(train(model, { seed }).graph, "int32");

  test("differ from layer to layer and from call to call", () => {
    const x = input();
    const layer = dropout(0.5);
    for (const net of [twoDropouts(), plainModel(x, add()([layer(x), layer(x)]))]) {
      const [first, second] = keys(net);
      expect(first).not.toEqual(second);
    }
  });

  test("are the same for the same seed, whatever layers are called", () => {
    const first = keys(twoDropouts(), 5);
    expect(keys(twoDropouts(), 5)).toEqual(first);
    expect(keys(twoDropouts(), 6)).not.toEqual(first);
  });

  test("of a layer with a seed of its own do not depend on the seed of the pass", () => {
    const x = input();
    const net = plainModel(x, dropout(0.5, { seed: 9 })(x));
    expect(keys(net, 1)).toEqual(keys(net, 2));
  });

  test("are fresh at every step: the step is an input", () => {
    const { graph } = train(twoDropouts(), { stepped: true });
    const step = graph.inputs.find(({ name }) => name === "step")!;
    expect(graph.nodes.filter(({ inputs }) => inputs.includes(step.value)).length).toBeGreaterThan(0);
  });
});

test("the same model gives the same graph, every time", () => {
  const x = input();
  const net = plainModel(x, dropout(0.5)(batchNormalization()(dense(3)(x))));
  const text = (forward: { readonly graph: PrimitiveGraph; readonly forward: TracedForward }) =>
    printPrimitives(forward.graph);
  expect(text(train(net))).toBe(text(train(net)));
});
