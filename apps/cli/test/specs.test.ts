import { adam, cosineDecay, resolveOptimizer } from "@lamella/train";
import { describe, expect, test } from "vitest";

import { compileConfig } from "../src/specs/compile-specs.ts";
import { parseSpec, parseSpecs } from "../src/specs/parse-spec.ts";

describe("what stands after a name", () => {
  test.each([
    ["adam", {}],
    ["adam:learningRate=1e-3,beta1=.5,amsgrad=true", { learningRate: 0.001, beta1: 0.5, amsgrad: true }],
    ["adam:learning_rate=0.1,beta_1=0.5", { learningRate: 0.1, beta1: 0.5 }],
    ['auc:curve=PR,thresholds=[0.25,0.5],name="a, b"', { curve: "PR", thresholds: [0.25, 0.5], name: "a, b" }],
    [
      "sgd:clipnorm=null,learningRate=f(a=1,g=h(b=[1,2]))",
      {
        clipnorm: null,
        learningRate: { type: "f", config: { a: 1, g: { type: "h", config: { b: [1, 2] } } } },
      },
    ],
  ])("%s", (text, config) => {
    expect(parseSpec(text, "--x")).toEqual({ type: text.split(":")[0], config });
  });

  test.each(["", ":", "adam:rate", "adam:rate=(1", "a b", "adam:rate=[1", "adam:rate=a b", 'adam:name="a'])(
    "'%s' is refused",
    (text) => {
      expect(() => parseSpec(text, "--x")).toThrow(/--x: The value cannot be read.*Received: /);
    },
  );

  test("several: a comma may go on with options or begin the next", () => {
    expect(parseSpecs("accuracy,auc:curve=PR,name=pr,mse", "--x")).toEqual([
      { type: "accuracy", config: {} },
      { type: "auc", config: { curve: "PR", name: "pr" } },
      { type: "mse", config: {} },
    ]);
    expect(() => parseSpecs("accuracy,k=3", "--x")).toThrow(/cannot be read/);
  });
});

describe("what a model is compiled with", () => {
  test("an optimizer with a schedule is the one that the functions make", () => {
    const text = "Adam:learningRate=cosineDecay(initialLearningRate=0.1,decaySteps=100),beta1=0.8";
    const { optimizer } = compileConfig({ optimizer: text }, ["out"]);
    const learningRate = cosineDecay({ initialLearningRate: 0.1, decaySteps: 100 });
    expect(resolveOptimizer(optimizer)).toEqual(adam({ learningRate, beta1: 0.8 }));
  });

  test("losses and metrics for one output, for all, and for each", () => {
    expect(compileConfig({ loss: ["mse"], metrics: ["acc,auc:curve=PR"] }, ["out"])).toEqual({
      loss: "mse",
      metrics: ["acc", { type: "auc", config: { curve: "PR" }, name: "auc" }],
    });
    expect(compileConfig({ loss: ["huber:delta=2"], metrics: ["mae"] }, ["p", "q"])).toEqual({
      loss: { type: "huber", config: { delta: 2 } },
      metrics: { p: ["mae"], q: ["mae"] },
    });
    expect(compileConfig({ loss: ["q=mse", "p=mae"], metrics: ["q=acc,mse", "mae"] }, ["p", "q"])).toEqual({
      loss: { q: "mse", p: "mae" },
      metrics: { p: ["mae"], q: ["mae", "acc", "mse"] },
    });
    expect(compileConfig({}, ["out"])).toEqual({});
  });

  test.each([
    [{ optimizer: "adan" }, /--optimizer: Unknown optimizer 'adan'.*SGD.*Did you mean 'Adam'/],
    [{ optimizer: "adam:learningrate=1" }, /--optimizer, Adam: Unknown option 'learningrate'.*learningRate/],
    [{ optimizer: "adam:learningRate=fast" }, /learningRate.*a number/],
    [{ optimizer: "sgd:learningRate=cosineDekay(decaySteps=1)" }, /Unknown schedule 'cosineDekay'.*CosineDecay/],
    [{ loss: ["msee"] }, /--loss: Unknown loss 'msee'.*MeanSquaredError/],
    [{ loss: ["r=mse"] }, /--loss: Unknown output 'r'. Expected: one of p, q/],
    [{ loss: ["mse", "mae"] }, /more than one loss.*for each of p, q/],
    [{ loss: ["mse", "p=mae"] }, /more than one loss/],
    [{ loss: ["p=mse", "p=mae"] }, /more than one loss/],
    [{ metrics: ["acuracy"] }, /--metrics: Unknown metric 'acuracy'/],
    [{ metrics: ["auc:curve=XX"] }, /--metrics, AUC.*curve/],
  ])("%o is refused, with what there is", (choice, message) => {
    expect(() => compileConfig(choice, ["p", "q"])).toThrow(message);
  });
});
