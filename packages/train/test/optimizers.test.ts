import * as ir from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { describe, expect, test } from "vitest";

import {
  adafactor,
  adagrad,
  adam,
  adamw,
  exponentialDecay,
  type Kept,
  learningRateOf,
  lion,
  lossScaleOptimizer,
  muon,
  nadam,
  type Optimizer,
  optimizerNames,
  OptimizerState,
  type Parameter,
  planOptimizer,
  resolveOptimizer,
  rmsprop,
  scheduleFreeAdamw,
  sgd,
} from "../src/index.ts";

const kernel: Parameter = { path: "block/dense/kernel", shape: [2, 3], dtype: "float32" };
const bias: Parameter = { path: "block/dense/bias", shape: [3], dtype: "float32" };
const namesOf = (optimizer: Optimizer, parameters = [kernel, bias]) =>
  planOptimizer(optimizer, parameters).listed.map(({ name }) => name);

/** A step of an optimizer, recorded. */
function traced(optimizer: Optimizer, parameters: readonly Parameter[], withSlope = parameters.map(() => true)) {
  const builder = new ir.GraphBuilder("test");
  const plan = planOptimizer(optimizer, parameters);
  const asked = new Map<Kept, ir.Tracer>();
  const read = (kept: Kept) => {
    const value = asked.get(kept) ?? builder.input(`kept${asked.size}`, kept.shape, kept.dtype);
    asked.set(kept, value);
    return value;
  };
  const slopes = parameters.map(({ shape, dtype, path }, i) =>
    withSlope[i] === true
      ? { value: builder.input(path, shape, dtype), gradient: builder.input(`${path}, gradient`, shape, dtype) }
      : undefined,
  );
  const result = plan.step({ read, slopes });
  return { builder, plan, asked: [...asked.keys()], result };
}

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
        excludeFromWeightDecay: [],
        clipnorm: null,
        clipvalue: null,
        globalClipnorm: null,
        useEma: false,
        emaMomentum: 0.99,
        emaOverwriteFrequency: null,
        lossScaleFactor: null,
        gradientAccumulationSteps: null,
      },
    });
    expect(resolveOptimizer(JSON.parse(JSON.stringify(optimizer)))).toEqual(optimizer);
    expect(sgd().config).toMatchObject({ learningRate: 0.01, momentum: 0, nesterov: false });
    expect(adamw().config).toMatchObject({ learningRate: 0.001, weightDecay: 0.004 });
    expect(muon().config).toMatchObject({ weightDecay: 0.004, adamWeightDecay: 0.004, muonB: -4.775, rmsRate: 0.2 });
    expect(scheduleFreeAdamw().config).toMatchObject({ learningRate: 0.0025, epsilon: 1e-8, warmupSteps: 0 });
  });

  test.each(optimizerNames.filter((name) => name !== "LossScaleOptimizer"))("%s, by name and as data", (type) => {
    const optimizer = resolveOptimizer(type);
    expect(optimizer.type).toBe(type);
    expect(resolveOptimizer(type.toLowerCase())).toEqual(optimizer);
    expect(resolveOptimizer(JSON.parse(JSON.stringify(optimizer)))).toEqual(optimizer);
  });

  test.each([
    ["schedule_free_adam_w", "ScheduleFreeAdamW"],
    ["rms_prop", "RMSprop"],
    ["adamW", "AdamW"],
  ])("%s", (name, type) => {
    expect(resolveOptimizer(name).type).toBe(type);
  });

  test("take a schedule for a learning rate, as data too", () => {
    const schedule = exponentialDecay({ initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.5 });
    const optimizer = sgd({ learningRate: schedule });
    expect(learningRateOf(optimizer)).toEqual({
      type: "ExponentialDecay",
      config: { initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.5, staircase: false },
    });
    const asData = { type: "exponential_decay", config: schedule.config };
    expect(resolveOptimizer({ type: "sgd", config: { learningRate: asData } })).toEqual(optimizer);
    expect(learningRateOf(lossScaleOptimizer(optimizer))).toEqual(schedule);
  });

  test("scale losses around another one, by name and as data too", () => {
    const optimizer = lossScaleOptimizer(adam(), { initialScale: 8 });
    expect(optimizer.config).toEqual({ innerOptimizer: adam(), initialScale: 8, dynamicGrowthSteps: 2000 });
    expect(resolveOptimizer(JSON.parse(JSON.stringify(optimizer)))).toEqual(optimizer);
    expect(lossScaleOptimizer("adam").config["innerOptimizer"]).toEqual(adam());
  });
});

describe("what an optimizer keeps", () => {
  test("has Keras's names and order: counter, rate, averages, sums, then group by group", () => {
    const both = ["block_dense_kernel", "block_dense_bias"];
    expect(namesOf(sgd())).toEqual(["iteration", "learning_rate"]);
    expect(namesOf(rmsprop({ centered: true, useEma: true, gradientAccumulationSteps: 2 }))).toEqual([
      "iteration",
      "learning_rate",
      ...["average", "gradient_accumulator", "velocity", "average_gradient"].flatMap((slot) =>
        both.map((path) => `${path}_${slot}`),
      ),
    ]);
    expect(namesOf(adam({ amsgrad: true }), [kernel, bias]).slice(2)).toEqual([
      ...both.flatMap((path) => [`${path}_momentum`, `${path}_velocity`]),
      ...both.map((path) => `${path}_velocity_hat`),
    ]);
  });

  test("has no learning rate under a schedule", () => {
    const learningRate = exponentialDecay({ initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.5 });
    expect(namesOf(sgd({ learningRate }))).toEqual(["iteration"]);
  });

  test("may differ in shape, start with numbers, or with the variable", () => {
    const factored = planOptimizer(adafactor(), [kernel, bias]).kept.slice(2);
    expect(factored.map(({ name, shape }) => [name, shape])).toEqual([
      ["kernel", [2]],
      ["kernel", [3]],
      ["block_dense_kernel_velocity", [2, 3]],
      ["bias", []],
      ["bias", []],
      ["block_dense_bias_velocity", [3]],
    ]);
    expect(planOptimizer(adagrad({ initialAccumulatorValue: 3 }), [bias]).kept.at(-1)!.initial).toBe(3);
    expect(planOptimizer(scheduleFreeAdamw(), [bias]).kept[2]!.initial).toBe(bias);
    expect(planOptimizer(nadam(), [bias]).kept.at(-1)).toMatchObject({ name: "variable", shape: [], initial: 1 });
  });

  test("is listed inside another optimizer only where Keras lists it", () => {
    const inside = planOptimizer(lossScaleOptimizer(nadam()), [bias]);
    expect(inside.listed.map(({ name }) => name).slice(6)).toEqual([
      "block_dense_bias_momentum",
      "block_dense_bias_velocity",
    ]);
    expect(inside.kept.at(-1)!.name).toBe("variable");
    expect(namesOf(lossScaleOptimizer(adafactor()), [bias]).slice(6)).toEqual(["block_dense_bias_velocity"]);
  });

  test("becomes variables whose names do not repeat", () => {
    const state = new OptimizerState(lossScaleOptimizer(sgd({ learningRate: 0.5 })), []);
    const names = ["iteration", "learning_rate", "step_counter", "dynamic_scale", "iteration_1", "learning_rate_1"];
    expect(state.listed.map(({ name }) => name)).toEqual(names);
    expect(state.listed.indexOf(state.iterations)).toBe(4);
    expect(state.listed.indexOf(state.learningRate!)).toBe(5);
  });

  test("is asked for only where a step uses it", () => {
    const { asked, plan } = traced(adafactor(), [bias]);
    expect(plan.kept.filter((kept) => !asked.includes(kept)).map(({ name }) => name)).toEqual(["bias", "bias"]);
  });
});

describe("a step", () => {
  test("shares its scalars among variables", () => {
    const { builder } = traced(adam(), [kernel, bias]);
    expect(builder.nodes.filter(({ op }) => op.type === "Pow")).toHaveLength(2);
  });

  test("leaves out variables that have no part in the loss", () => {
    const { result, asked } = traced(adam({ useEma: true }), [kernel, bias], [false, true]);
    expect(result.values.map((value) => value !== undefined)).toEqual([false, true]);
    expect(asked.some(({ name }) => name.includes("kernel"))).toBe(false);
  });

  test.each([[[]], [["bias"]], [["dense/b"]], [["^kernel", "k.*l"]]])("decays all but %j", (excluded) => {
    const { builder } = traced(sgd({ weightDecay: 0.5, excludeFromWeightDecay: excluded }), [kernel, bias]);
    expect(builder.nodes.filter(({ op }) => op.type === "Sub")).toHaveLength(excluded.length === 0 ? 4 : 3);
  });

  test("gives Muon matrices, and Adam all else", () => {
    const embeddings: Parameter = { ...kernel, path: "Embedding/embeddings" };
    const adams = (optimizer: Optimizer) =>
      namesOf(optimizer, [kernel, bias, embeddings]).filter((name) => name.endsWith("velocity"));
    expect(adams(muon())).toEqual(["block_dense_bias_velocity", "Embedding_embeddings_velocity"]);
    expect(adams(muon({ excludeEmbeddings: false, excludeLayers: ["dense"] }))).toEqual([
      "block_dense_kernel_velocity",
      "block_dense_bias_velocity",
    ]);
  });

  test("scales the loss, and by the inner optimizer's factor only without an outer one", async () => {
    const scaledBy = async (optimizer: Optimizer) => {
      const builder = new ir.GraphBuilder("test");
      const plan = planOptimizer(optimizer, [bias]);
      const loss = builder.input("loss", [], "float32");
      const read = ({ shape, dtype, initial }: Kept) => builder.constant(ir.filled(dtype, shape, Number(initial)));
      const executable = await reference().compile(builder.finish({ scaled: plan.scaleLoss(loss, read) }));
      const { scaled } = await executable.run({ loss: ir.tensor(1) });
      return (await scaled!.read()).toNumbers();
    };
    expect(await scaledBy(sgd())).toEqual([1]);
    expect(await scaledBy(sgd({ lossScaleFactor: 3 }))).toEqual([3]);
    expect(await scaledBy(lossScaleOptimizer(sgd({ lossScaleFactor: 3 }), { initialScale: 16 }))).toEqual([16]);
  });
});

describe("bad configurations", () => {
  const unchecked = (config: object) => config as never;

  test("of optimizers that are not known", () => {
    expect(() => resolveOptimizer("adm")).toThrow(
      `optimizer: Unknown optimizer 'adm'. Expected: one of ${optimizerNames.join(", ")}. Did you mean 'Adam'?`,
    );
    expect(() => resolveOptimizer({ type: "adam", config: { beta: 1 } })).toThrow("Did you mean 'beta1'?");
    expect(() => resolveOptimizer(7)).toThrow("This is not an optimizer.");
  });

  const refused: readonly [() => unknown, string][] = [
    [() => sgd({ momentum: 2 }), "sgd, option 'momentum': The value cannot be used."],
    [
      () => sgd({ clipnorm: -1 }),
      "sgd, option 'clipnorm': The value cannot be used. Expected: a number of at least 0. Received: -1.",
    ],
    [() => sgd({ clipvalue: -0.5 }), "Expected: a number of at least 0. Received: -0.5."],
    [() => adam({ clipnorm: 1, clipvalue: 1 }), "Gradients are clipped in one way only."],
    [() => adam({ gradientAccumulationSteps: 1 }), "Expected: a whole number of at least 2. Received: 1."],
    [() => adam({ gradientAccumulationSteps: 2.5 }), "Expected: a whole number of at least 2. Received: 2.5."],
    [() => adam({ emaMomentum: 1.5 }), "Expected: a number from 0 to 1. Received: 1.5."],
    [() => adam({ emaOverwriteFrequency: 0 }), "Expected: a whole number of at least 1. Received: 0."],
    [() => adam({ lossScaleFactor: 0 }), "Expected: a number above 0. Received: 0."],
    [() => adam({ weightDecay: -1 }), "Expected: a number of at least 0"],
    [() => adam({ excludeFromWeightDecay: ["(bias"] }), "Expected: a list of regular expressions"],
    [() => adam(unchecked({ excludeFromWeightDecay: "bias" })), 'Received: "bias".'],
    [() => adamw(unchecked({ weightDecay: null })), "adamw, option 'weightDecay': The value cannot be used."],
    [() => lion({ beta1: 0 }), "Expected: a number above 0 and up to 1. Received: 0."],
    [() => resolveOptimizer({ type: "ftrl", config: { learningRatePower: 0.5 } }), "Expected: a number up to 0."],
    [() => adagrad({ initialAccumulatorValue: -1 }), "Expected: a number of at least 0. Received: -1."],
    [() => resolveOptimizer("lossScaleOptimizer"), "'innerOptimizer' is missing. Expected: an optimizer."],
    [() => lossScaleOptimizer(lossScaleOptimizer("sgd")), "LossScaleOptimizer cannot stand inside another optimizer."],
    [() => lossScaleOptimizer("sgdd"), "option 'innerOptimizer': Unknown optimizer 'sgdd'."],
    [
      () => lossScaleOptimizer("sgd", { dynamicGrowthSteps: 0 }),
      "Expected: a whole number of at least 1. Received: 0.",
    ],
    [() => lossScaleOptimizer("sgd", { initialScale: -1 }), "Expected: a number above 0. Received: -1."],
  ];
  test.each(refused.map(([make, message]) => [message, make] as const))("%s", (message, make) => {
    expect(make).toThrow(message);
  });
});
