import {
  Add,
  add,
  catalogue,
  concatenate,
  defineLayer,
  dense,
  lower,
  type Model,
  modelFromJson,
  printPrimitives,
  type Registry,
  Relu,
  relu,
  type SymbolicTensor,
  type Value,
  verifyGraph,
  verifyPrimitives,
} from "@lamella/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { sequential, sequentialType } from "../../sequential/src/index.ts";
import { functionalType, input, model } from "../src/index.ts";

const registry: Registry = { layers: catalogue, models: [functionalType, sequentialType] };

/** A step of a random graph; its sources are counted back from the end of the tensors there are. */
type Step =
  | { readonly kind: "dense"; readonly from: number; readonly units: number }
  | { readonly kind: "relu"; readonly from: number }
  | { readonly kind: "shared"; readonly from: number }
  | { readonly kind: "add" | "concatenate"; readonly from: readonly number[] };

const from = fc.nat(20);
const several = fc.array(from, { minLength: 2, maxLength: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("dense" as const), from, units: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant("relu" as const), from }),
  fc.record({ kind: fc.constant("shared" as const), from }),
  fc.record({ kind: fc.constantFrom("add" as const, "concatenate" as const), from: several }),
);
const plans = fc.record({
  inputs: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
  steps: fc.array(step, { minLength: 1, maxLength: 25 }),
  outputs: fc.uniqueArray(from, { minLength: 1, maxLength: 3 }),
});
type Plan = typeof plans extends fc.Arbitrary<infer T> ? T : never;

/** The model of a plan. Every tensor is brought to 4 features before a shared layer or a sum. */
function build({ inputs, steps, outputs }: Plan): Model {
  const entries = inputs.map((size, i) => input({ shape: [size], name: `input${i}` }));
  const tensors: SymbolicTensor[] = [...entries];
  const pick = (back: number) => tensors.at(-1 - (back % tensors.length))!;
  const four = (tensor: SymbolicTensor) => (tensor.shape[1] === 4 ? tensor : dense(4)(tensor));
  const shared = dense(4, { activation: "tanh" });
  for (const plan of steps) {
    switch (plan.kind) {
      case "dense":
        tensors.push(dense(plan.units)(pick(plan.from)));
        break;
      case "relu":
        tensors.push(relu()(pick(plan.from)));
        break;
      case "shared":
        tensors.push(shared(four(pick(plan.from))));
        break;
      case "add":
        tensors.push(add()(plan.from.map((back) => four(pick(back)))));
        break;
      case "concatenate":
        tensors.push(concatenate()(plan.from.map(pick)));
        break;
    }
  }
  return model({ inputs: entries, outputs: [...new Set(outputs.map(pick))] });
}

test("random graphs can be built, lowered, verified and saved", () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const net = build(plan);
      verifyGraph(net.graph);
      const { graph, variables } = lower(net);
      verifyPrimitives(graph);
      expect([...variables.values()].every((variable) => net.weights.includes(variable))).toBe(true);
      expect(new Set(net.layers.map(({ name }) => name)).size).toBe(net.layers.length);
      const again = modelFromJson(net.toJson(), registry);
      expect(again.toJson()).toBe(net.toJson());
      expect(printPrimitives(lower(again).graph)).toBe(printPrimitives(graph));
    }),
    { numRuns: 60 },
  );
});

test("random graphs within another model give the same primitives", () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const net = build(plan);
      const entries = plan.inputs.map((size) => input({ shape: [size] }));
      const called: unknown = net.call(entries);
      const outputs = (Array.isArray(called) ? called : [called]) as SymbolicTensor[];
      const outer = model({ inputs: entries, outputs });
      const types = (graph: ReturnType<typeof lower>["graph"]) =>
        graph.nodes.map(({ op }) => op.type).filter((type) => type !== "Identity");
      const { graph } = lower(outer);
      verifyPrimitives(graph);
      expect(types(graph)).toEqual(types(lower(net).graph));
      expect(outer.weights).toEqual(net.weights);
    }),
    { numRuns: 30 },
  );
});

describe("10,000 layers", { timeout: 60_000 }, () => {
  /** Two layer types, of one input and of several, that count how often they are lowered. */
  function counted() {
    const counts = { lowered: 0, visited: 0 };
    const lowerCounted = (inputs: readonly Value[]) => {
      counts.lowered += 1;
      return inputs.map(({ tensor }) => Relu(tensor)).reduce((a, b) => Add(a, b));
    };
    const layer = defineLayer({ type: "Counted", fields: {}, lower: (_, inputs) => lowerCounted(inputs) });
    const merge = defineLayer({
      type: "CountedMerge",
      inputs: "several",
      fields: {},
      lower: (_, inputs) => lowerCounted(inputs),
    });
    /** Counts how often a walk over the graph looks at what a tensor comes from. */
    const watch = ({ source }: SymbolicTensor) => {
      const { inputs } = source;
      Object.defineProperty(source, "inputs", {
        get: () => {
          counts.visited += 1;
          return inputs;
        },
      });
    };
    return { counts, layer, merge, watch };
  }

  const size = 10_000;

  test("in a chain are built, lowered, saved and loaded without running out of stack, in linear work", () => {
    const { counts, layer, watch } = counted();
    const x = input({ shape: [4] });
    let y: SymbolicTensor = x;
    for (let i = 0; i < size; i++) {
      y = layer({ name: `layer${i}` })(y);
      watch(y);
    }
    expect(counts.lowered).toBe(size);
    const net = model({ inputs: x, outputs: y });
    expect(counts.visited).toBeLessThan(10 * size);
    const { graph } = lower(net);
    expect([graph.nodes.length, counts.lowered]).toEqual([size, 2 * size]);
    verifyPrimitives(graph);
    const again = modelFromJson(net.toJson(), { ...registry, layers: [layer, ...catalogue] });
    expect([again.layers.length, counts.lowered]).toEqual([size + 1, 3 * size]);
  });

  test("in a random graph are built and lowered in linear work", () => {
    const { counts, merge, watch } = counted();
    const x = input({ shape: [4] });
    const tensors: SymbolicTensor[] = [x];
    const drawn = fc.sample(fc.tuple(fc.nat(), fc.nat()), { numRuns: size, seed: 1 });
    for (const [i, pair] of drawn.entries()) {
      const y = merge({ name: `layer${i}` })(pair.map((n) => tensors[n % tensors.length]!));
      watch(y);
      tensors.push(y);
    }
    const net = model({ inputs: x, outputs: tensors.slice(1) });
    expect(net.layers).toHaveLength(size + 1);
    expect(counts.visited).toBeLessThan(10 * size);
    const { graph } = lower(net);
    expect([graph.nodes.length, counts.lowered]).toEqual([3 * size, 2 * size]);
    verifyPrimitives(graph);
  });

  test("can be stacked in a sequential model one by one", () => {
    const { counts, layer, watch } = counted();
    const stack = sequential([input({ shape: [4] })]);
    for (let i = 0; i < size; i++) {
      stack.add(layer({ name: `layer${i}` }));
      watch(stack.output);
    }
    expect(counts.lowered).toBe(size);
    expect(stack.graph.nodes).toHaveLength(size);
    expect(counts.visited).toBeLessThan(10 * size);
    expect(lower(stack).graph.nodes).toHaveLength(size);
  });

  test("with weights have one input a weight", () => {
    const x = input({ shape: [1] });
    let y: SymbolicTensor = x;
    for (let i = 0; i < size; i++) y = dense(1, { name: `dense${i}` })(y);
    const { graph, variables } = lower(model({ inputs: x, outputs: y }));
    expect([variables.size, graph.inputs.length, graph.nodes.length]).toEqual([2 * size, 2 * size + 1, 2 * size]);
    verifyPrimitives(graph);
  });
});
