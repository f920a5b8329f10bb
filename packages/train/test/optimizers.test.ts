import * as ir from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { adam, applyGradients, optimizerSlots, resolveOptimizer, rmsprop, sgd } from "../src/index.ts";
import { camelCased, expectClose, kerasValues, of, type OptimizerCase, run } from "./train-values.ts";

const described = kerasValues.optimizers.map((item): [string, OptimizerCase] => [
  `${item.type} ${JSON.stringify(item.config)}`,
  item,
]);

const numbered = (prefix: string, values: readonly ir.Tensor[]) =>
  Object.fromEntries(values.map((value, i) => [`${prefix}${i}`, { value }]));
const listed = (prefix: string, values: readonly ir.Tracer[]) =>
  Object.fromEntries(values.map((value, i) => [`${prefix}${i}`, value]));

/** One step on the reference backend. */
async function stepOnce(
  item: OptimizerCase,
  state: {
    readonly iterations: ir.Tensor;
    readonly variables: readonly ir.Tensor[];
    readonly slots: readonly ir.Tensor[];
  },
  gradients: readonly ir.Tensor[],
) {
  const optimizer = resolveOptimizer({ type: item.type, config: camelCased(item.config) });
  const inputs = {
    iterations: { value: state.iterations },
    learningRate: { value: of(optimizer.config.learningRate) },
    ...numbered("variable", state.variables),
    ...numbered("gradient", gradients),
    ...numbered("slot", state.slots),
  };
  const outputs = await run(inputs, (tracers) => {
    const all = (prefix: string, values: readonly unknown[]) => values.map((_, i) => tracers[`${prefix}${i}`]!);
    const result = applyGradients({
      optimizer,
      iterations: tracers["iterations"]!,
      learningRate: tracers["learningRate"]!,
      variables: all("variable", state.variables),
      gradients: all("gradient", gradients),
      slots: all("slot", state.slots),
    });
    return {
      iterations: result.iterations,
      ...listed("variable", result.variables),
      ...listed("slot", result.slots),
    };
  });
  return {
    iterations: outputs["iterations"]!,
    variables: state.variables.map((_, i) => outputs[`variable${i}`]!),
    slots: state.slots.map((_, i) => outputs[`slot${i}`]!),
  };
}

describe("steps are Keras's", () => {
  test.each(described)("%s", async (_, item) => {
    const optimizer = resolveOptimizer({ type: item.type, config: camelCased(item.config) });
    const slots = optimizerSlots(optimizer, ["kernel", "bias"]);
    expect(slots.map(({ name }) => name)).toEqual(item.slotNames);
    const variables = item.initial.map((value) => of(value));
    let state = {
      iterations: of(0, "int32"),
      variables,
      slots: slots.map(({ variable }) => ir.filled("float32", variables[variable]!.shape, 0) as ir.Tensor),
    };
    for (const step of item.steps) {
      state = await stepOnce(
        item,
        state,
        step.gradients.map((gradient) => of(gradient)),
      );
      for (const [i, variable] of state.variables.entries()) expectClose(variable, step.variables[i]!, 1e-6);
      for (const [i, slot] of state.slots.entries()) expectClose(slot, step.slots[i]!, 1e-6);
    }
    expect(state.iterations.toNumbers()).toEqual([item.iterations]);
  });
});

describe("optimizers", () => {
  test("are plain data with all their options", () => {
    const optimizer = adam({ learningRate: 0.01 });
    expect(optimizer).toEqual({
      type: "Adam",
      config: {
        learningRate: 0.01,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-7,
        amsgrad: false,
        weightDecay: null,
        clipnorm: null,
        clipvalue: null,
        globalClipnorm: null,
      },
    });
    expect(resolveOptimizer(JSON.parse(JSON.stringify(optimizer)))).toEqual(optimizer);
    expect(sgd().config).toMatchObject({ learningRate: 0.01, momentum: 0, nesterov: false });
    expect(rmsprop().config).toMatchObject({
      learningRate: 0.001,
      rho: 0.9,
      momentum: 0,
      epsilon: 1e-7,
      centered: false,
    });
  });

  test.each([
    ["adam", "Adam"],
    ["Adam", "Adam"],
    ["sgd", "SGD"],
    ["SGD", "SGD"],
    ["rmsprop", "RMSprop"],
    ["RMSprop", "RMSprop"],
  ])("%s", (name, type) => {
    expect(resolveOptimizer(name).type).toBe(type);
  });

  test("name their slots after the variables' paths", () => {
    expect(optimizerSlots(sgd({ momentum: 0.9 }), ["block/dense/kernel"])).toEqual([
      { name: "block_dense_kernel_momentum", slot: "momentum", variable: 0 },
    ]);
    expect(optimizerSlots(sgd(), ["kernel"])).toEqual([]);
  });

  test("share the scalars of a step among variables", () => {
    const builder = new ir.GraphBuilder("test");
    const input = (name: string) => builder.input(name, [2], "float32");
    applyGradients({
      optimizer: adam(),
      iterations: builder.input("iterations", [], "int32"),
      learningRate: builder.input("learningRate", [], "float32"),
      variables: [input("a"), input("b")],
      gradients: [input("c"), input("d")],
      slots: ["e", "f", "g", "h"].map(input),
    });
    expect(builder.nodes.filter(({ op }) => op.type === "Pow")).toHaveLength(2);
  });

  test("refuse what they do not know", () => {
    expect(() => resolveOptimizer("adm")).toThrow(
      "optimizer: Unknown optimizer 'adm'. Expected: one of SGD, RMSprop, Adam. Did you mean 'Adam'?",
    );
    expect(() => resolveOptimizer({ type: "adam", config: { beta: 1 } })).toThrow("Did you mean 'beta1'?");
    expect(() => sgd({ momentum: 2 })).toThrow("sgd, option 'momentum': The value cannot be used.");
    expect(() => resolveOptimizer(7)).toThrow("This is not an optimizer.");
    expect(() => adam({ clipnorm: 1, clipvalue: 1 })).toThrow("Gradients are clipped in one way only.");
  });
});
