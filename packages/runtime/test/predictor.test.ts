import {
  type AnyModel,
  dense,
  lstm,
  Model,
  type ModelType,
  symbolicInput,
  type SymbolicTensor,
  tensor,
} from "@lamella/ir";
import { Predictor, VariableStore } from "@lamella/runtime";
import { expect, test } from "vitest";

import { CountingBackend } from "./counting-backend.ts";

const netType: ModelType = { type: "Net", restore: ({ inputs, outputs }) => new Net(inputs, outputs) };

class Net extends Model {
  constructor(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]) {
    super(netType, { name: "net" });
    this.become(inputs, outputs);
  }
  become(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): void {
    this.connect(inputs, outputs);
  }
}

function predictorOf(model: AnyModel) {
  const backend = new CountingBackend();
  const store = new VariableStore(backend);
  return { backend, store, predictor: new Predictor(model, backend, store) };
}

function doubling() {
  const x = symbolicInput({ shape: [1], name: "x" });
  const layer = dense(1, { name: "out" });
  const net = new Net([x], [layer(x)]);
  net.setWeights([[[2]], [0]]);
  return { net, x, layer };
}

const three = { x: tensor([[3]]) };

test("weights are embedded: nothing is uploaded, and nothing stays", async () => {
  const { backend, predictor } = predictorOf(doubling().net);
  expect((await predictor.run(three))["out"]!.toArray()).toEqual([[6]]);
  await predictor.run({ x: tensor([[1], [2]]) });
  expect(backend).toMatchObject({ uploads: 0, tensors: 0, sessions: 1, compiled: ["net, predict"] });
});

test("is compiled again after a change of a weight, or of the model, and only then", async () => {
  const { net, x, layer } = doubling();
  const { backend, predictor } = predictorOf(net);
  await predictor.run(three);
  net.setWeights([[[5]], [1]]);
  expect((await predictor.run(three))["out"]!.toArray()).toEqual([[16]]);
  await predictor.run(three);
  expect(backend.compiled).toHaveLength(2);

  net.become([x], [layer(layer(x))]);
  expect((await predictor.run(three))["out"]!.toArray()).toEqual([[81]]);
  expect(backend.compiled).toHaveLength(3);
  expect(backend.sessions).toBe(1);
});

test("a weight that changes while it is compiled is not missed", async () => {
  const { net } = doubling();
  const { backend, predictor } = predictorOf(net);
  const compile = backend.compile.bind(backend);
  backend.compile = async (graph, options) => {
    backend.compile = compile;
    net.setWeights([[[7]], [0]]);
    return compile(graph, options);
  };
  await predictor.run(three);
  expect((await predictor.run(three))["out"]!.toArray()).toEqual([[21]]);
});

test("states are fed and kept, and do not make it compile again", async () => {
  const x = symbolicInput({ shape: [1, 1], batchSize: 1, name: "x" });
  const net = new Net([x], [lstm(1, { name: "out", stateful: true })(x)]);
  const { backend, predictor } = predictorOf(net);
  const step = { x: tensor([[[1]]]) };
  const values = [];
  for (let i = 0; i < 3; i++) values.push((await predictor.run(step))["out"]!.toNumbers()[0]);
  expect(new Set(values).size).toBe(3);
  expect(backend).toMatchObject({ sessions: 1, tensors: 2, compiled: ["net, predict"] });
  net.resetStates();
  expect((await predictor.run(step))["out"]!.toNumbers()[0]).toBe(values[0]);
});

test("runs at the same time share one session", async () => {
  const { backend, predictor } = predictorOf(doubling().net);
  const results = await Promise.all([predictor.run(three), predictor.run(three), predictor.run(three)]);
  expect(results.map((result) => result["out"]!.toArray())).toEqual([[[6]], [[6]], [[6]]]);
  expect(backend.sessions).toBe(1);
});

test("dispose frees the session after the runs that were asked for; the next run makes another one", async () => {
  const { backend, predictor } = predictorOf(doubling().net);
  const running = predictor.run(three);
  const disposing = predictor.dispose();
  expect((await running)["out"]!.toArray()).toEqual([[6]]);
  await disposing;
  expect(backend.sessions).toBe(0);
  await predictor.run(three);
  expect(backend.compiled).toHaveLength(2);
  await predictor[Symbol.asyncDispose]();
  expect(backend.sessions).toBe(0);
});
