import { decode, encode } from "@lamella/format";
import { input, model } from "@lamella/functional";
import {
  Add,
  type AnyModel,
  defineLayer,
  dense,
  embedding,
  fields,
  globalAveragePooling1d,
  modelFromData,
  modelFromJson,
  modelToData,
  modelToJson,
  Mul,
  type Registry,
  resetNames,
  SliceAxis,
  Tanh,
  tensor,
  Tensor,
} from "@lamella/ir";
import { resolveOptimizer, Trainer } from "@lamella/train";
import { describe, expect, test } from "vitest";

import { expectClose } from "../src/compare.ts";
import { cotangentData, weightData } from "../src/data.ts";
import { readVariables, withGraph } from "../src/evaluate.ts";
import { registry } from "../src/registry.ts";
import { throughFormat } from "../src/routes.ts";
import type { Subject } from "../src/subject.ts";
import { subjects } from "../src/subjects.ts";
import { gradientTolerance, valueTolerance } from "../src/tolerance.ts";
import { traceAll, traceGradients } from "../src/trace-case.ts";

/** gain * tanh(x * scale + shift) of every nth step, with what the mask says of those steps. */
const thinned = defineLayer({
  type: "Thinned",
  fields: { every: fields.integer({ min: 1 }), gain: fields.number({ default: 1 }) },
  positional: ["every"],
  masking: "own",
  lower(context, [x]) {
    const { every, gain } = context.config;
    const { tensor: steps, mask } = x!;
    const features = steps.shape.at(-1)!;
    const scale = context.weight("scale", [features], { initializer: "ones" });
    const shift = context.weight("shift", [features], { initializer: "zeros" });
    const kept = SliceAxis(steps, 1, 0, steps.shape[1]!, every);
    return {
      tensor: Mul(Tanh(Add(Mul(kept, scale), shift)), gain),
      mask: mask && SliceAxis(mask, 1, 0, mask.shape[1]!, every),
    };
  },
});

const own: Registry = { ...registry, layers: [...registry.layers, thinned] };

const [tokenCount, featureCount] = [6, 3];
const tokens = [
  [3, 1, 0, 2, 4],
  [5, 0, 2, 0, 0],
];
const settings = { every: 2, gain: 0.5 };
const targets = [
  [0.5, -1],
  [0, 0.25],
];
const rate = 0.1;

/** Masked tokens, thinned out, averaged and weighed; the thinned steps are an output too when asked for. */
function build(withSteps: boolean): AnyModel {
  resetNames();
  const x = input({ shape: [null], dtype: "int32", name: "tokens" });
  const steps = thinned(settings.every, { gain: settings.gain })(
    embedding(tokenCount, featureCount, { maskZero: true })(x),
  );
  const predictions = dense(2)(globalAveragePooling1d()(steps));
  const net = model({ inputs: x, outputs: withSteps ? [steps, predictions] : [predictions], name: "own" });
  for (const [i, variable] of net.weights.entries()) {
    variable.write(weightData("custom-layer", i, variable.name, variable.shape));
  }
  return net;
}

type Numbers = readonly number[];
type Weights = Readonly<Record<string, Numbers>>;

/** The same in plain arithmetic: the thinned steps, and the predictions. */
function computed(weights: Weights): { readonly steps: Numbers; readonly predictions: Numbers } {
  const at = (path: string, i: number) => weights[path]![i]!;
  const feature = Array.from({ length: featureCount }, (_, k) => k);
  const kept = tokens.map((sample) => sample.filter((_, i) => i % settings.every === 0));
  const steps = kept.map((sample) =>
    sample.map((token) =>
      feature.map((k) => {
        const x = at("embedding/embeddings", token * featureCount + k);
        return settings.gain * Math.tanh(x * at("thinned/scale", k) + at("thinned/shift", k));
      }),
    ),
  );
  const predictions = steps.map((sample, i) => {
    const counted = sample.filter((_, step) => kept[i]![step] !== 0);
    const mean = feature.map((k) => counted.reduce((sum, step) => sum + step[k]!, 0) / counted.length);
    return [0, 1].map((o) => mean.reduce((sum, m, k) => sum + m * at("dense/kernel", k * 2 + o), at("dense/bias", o)));
  });
  return { steps: steps.flat(2), predictions: predictions.flat() };
}

const step = 1e-5;

/** Central differences in float64; their own error, about step^2, is far below that of float32. */
function slopes(weights: Weights, path: string, loss: (weights: Weights) => number): Numbers {
  return weights[path]!.map((_, i) => {
    const moved = (by: number) => ({ ...weights, [path]: weights[path]!.map((w, k) => (k === i ? w + by : w)) });
    return (loss(moved(step)) - loss(moved(-step))) / (2 * step);
  });
}

async function weightsOf({ weights }: AnyModel): Promise<Weights> {
  const values = await Promise.all(weights.map(async (variable) => [variable.path, await variable.read()] as const));
  return Object.fromEntries(values.map(([path, value]) => [path, value.toNumbers()]));
}

function floats(shape: readonly number[], values: Numbers): Tensor {
  return new Tensor("float32", shape, Float32Array.from(values));
}

function dot(a: Numbers, b: Numbers): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

describe.each(Object.entries<{ readonly subject: Subject }>(subjects))("%s", (_, { subject }) => {
  const { backend, detour } = subject;
  const arranged = (withSteps: boolean) =>
    detour === undefined ? Promise.resolve(build(withSteps)) : throughFormat(build(withSteps), own);
  const x = tensor(tokens, undefined, "int32");

  test("a layer of one's own gives what it says, and its mask goes on", async () => {
    const net = await arranged(true);
    const { graph, variables } = traceAll(net, false);
    const expected = computed(await weightsOf(net));
    await withGraph(backend, graph, async (run) => {
      const results = await run({ tokens: x, ...(await readVariables(variables)) });
      expectClose("the steps", results["output 0"]!, floats([2, 3, featureCount], expected.steps), valueTolerance);
      expectClose("the predictions", results["output 1"]!, floats([2, 2], expected.predictions), valueTolerance);
      expect(results["mask 0"]!.toNumbers()).toEqual([1, 0, 1, 1, 1, 0]);
      expect(results["mask 1"]).toBeUndefined();
    });
  });

  test("its gradients are those of the arithmetic", async () => {
    const net = await arranged(true);
    const { graph, variables, weights } = traceGradients(net, true);
    const cotangents = [
      cotangentData("custom-layer", 0, [2, 3, featureCount]),
      cotangentData("custom-layer", 1, [2, 2]),
    ];
    const loss = (values: Weights) => {
      const { steps, predictions } = computed(values);
      return dot(steps, cotangents[0]!.toNumbers()) + dot(predictions, cotangents[1]!.toNumbers());
    };
    const values = await weightsOf(net);
    expect(weights.map(({ path }) => path)).toEqual(Object.keys(values));
    await withGraph(backend, graph, async (run) => {
      const [c0, c1] = cotangents;
      const feeds = { tokens: x, "cotangent 0": c0!, "cotangent 1": c1! };
      const results = await run({ ...feeds, ...(await readVariables(variables)) });
      for (const [i, { path, shape }] of weights.entries()) {
        const expected = floats(shape, slopes(values, path, loss));
        expectClose(`gradient of ${path}`, results[`weight gradient ${i}`]!, expected, gradientTolerance);
      }
    });
  });

  test("it is trained: one step of gradient descent", async () => {
    const net = await arranged(false);
    const loss = (values: Weights) => {
      const errors = computed(values).predictions.map((value, i) => value - targets.flat()[i]!);
      return dot(errors, errors) / errors.length;
    };
    const before = await weightsOf(net);
    await using trainer = new Trainer(net, backend);
    trainer.compile({ optimizer: resolveOptimizer({ type: "SGD", config: { learningRate: rate } }), loss: "mse" });
    const { history } = await trainer.fit(x, tensor(targets), { batchSize: 2, verbose: 0 });
    const reported = floats([], [history["loss"]![0]!]);
    expectClose("the loss", reported, floats([], [loss(before)]), valueTolerance);
    for (const variable of net.weights) {
      const { path, shape } = variable;
      const gradient = slopes(before, path, loss);
      const expected = before[path]!.map((value, i) => value - rate * gradient[i]!);
      expect(gradient.some((slope) => Math.abs(slope) > 1e-3)).toBe(true);
      expectClose(`${path} after the step`, await variable.read(), floats(shape, expected), valueTolerance);
    }
  });
});

describe("saving a layer of one's own", () => {
  test("is by name and config; its weights come along", async () => {
    const net = build(true);
    const data = decode(encode(await modelToData(net)));
    const config = { ...settings, dtype: "float32" };
    expect(data.layers).toContainEqual({ type: "Thinned", name: "thinned", trainable: true, config });
    const again = modelFromData(data, own);
    expect(modelToJson(again)).toBe(modelToJson(net));
    expect(await weightsOf(again)).toEqual(await weightsOf(net));
    expect(modelToJson(modelFromJson(modelToJson(net), own))).toBe(modelToJson(net));
  });

  test("and loading it unregistered says what is missing, and how to register it", async () => {
    const message =
      "The model needs layer types that are not registered: Thinned. " +
      "Pass their factories when loading: { layers: [...catalogue, yourLayer] }.";
    const bytes = encode(await modelToData(build(true)));
    expect(() => modelFromData(decode(bytes), registry)).toThrow(message);
    expect(() => modelFromJson(modelToJson(build(true)), registry)).toThrow(message);
  });

  test("a Lambda in a file is refused, with what to do instead", async () => {
    const data = await modelToData(build(true));
    const layers = data.layers.map((layer) => (layer.type === "Thinned" ? { ...layer, type: "Lambda" } : layer));
    const bytes = encode({ ...data, layers });
    expect(() => modelFromData(decode(bytes), registry)).toThrow(
      /^thinned: A Lambda layer cannot be loaded\. It is code, .* with ops \(.*\), .* or as a layer of your own with defineLayer\.$/,
    );
  });
});
