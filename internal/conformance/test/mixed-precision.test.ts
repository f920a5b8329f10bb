import { onnxruntime } from "@lamella/backend-onnxruntime";
import { tfjs } from "@lamella/backend-tfjs";
import {
  Add,
  activation,
  type AnyModel,
  batchNormalization,
  Cast,
  conv2d,
  dense,
  flatten,
  GraphBuilder,
  Identity,
  inputLayer,
  isFloating,
  Mul,
  randomKey,
  randomUniform,
  ReduceSum,
  resetNames,
  sizeOf,
  Tensor,
  traceForward,
  type Tracer,
  withDTypePolicy,
} from "@lamella/ir";
import { type Backend, reference } from "@lamella/runtime";
import { sequential } from "@lamella/sequential";
import { gradients, lossScaleOptimizer, sgd, Trainer } from "@lamella/train";
import { describe, expect, test } from "vitest";

import { mixed } from "../cases/index.ts";
import { buildCase } from "../src/build-case.ts";
import { CaseRun } from "../src/case-run.ts";
import { cotangentData } from "../src/data.ts";
import { readVariables, type Tensors, withGraph } from "../src/evaluate.ts";
import { decodeTensor, type GoldenTensor, readGolden } from "../src/golden.ts";
import { tolerated, valueTolerance } from "../src/tolerance.ts";

interface MixedGolden {
  readonly id: string;
  readonly weights: readonly { readonly path: string; readonly dtype: string }[];
  /** `distance`: how far the farthest number is from what Keras gives in float32. */
  readonly values: readonly { readonly what: string; readonly value: GoldenTensor; readonly distance: number }[];
}

const { cases, trajectory } = readGolden("mixed-precision") as {
  readonly cases: readonly MixedGolden[];
  readonly trajectory: {
    readonly initialScale: number;
    readonly growthSteps: number;
    readonly losses: readonly number[];
    readonly scales: readonly number[];
    readonly distance: number;
    readonly weights: readonly { readonly sum: number; readonly distance: number }[];
  };
};

/** What rounding to float16 takes off a number, at most, as a share of it. */
const rounding = 2 ** -11;

/**
 * Two programs that round to float16 in places of their own are each about as far from exact as Keras is from float32, and so
 * twice that from each other; and each rounds what it gives once more. Inputs, weights and cotangents are about 1: half a
 * rounding of that is left where terms cancel out. Statistics are float32 throughout.
 */
function allowed(what: string, distance: number, largest: number): number {
  if (what.startsWith("update")) return 2 * distance + tolerated([largest], valueTolerance);
  return 2 * distance + rounding * (2 * largest + 0.5);
}

function expectNear(what: string, actual: Tensor, expected: Tensor, distance: number): void {
  expect(`${actual.dtype} ${actual.shape.join()}`, `type of ${what}`).toBe(
    `${expected.dtype} ${expected.shape.join()}`,
  );
  const [ours, keras] = [actual.toNumbers(), expected.toNumbers()];
  const largest = Math.max(0, ...keras.map(Math.abs));
  const furthest = Math.max(0, ...ours.map((value, i) => Math.abs(value - keras[i]!)));
  expect(furthest, `${what}, largest ${largest}`).toBeLessThanOrEqual(allowed(what, distance, largest));
}

/** What a model gives, in inference and in training, and its gradients of outputs times cotangents, as the golden names them. */
async function valuesOf(run: CaseRun, built: AnyModel, backend: Backend): Promise<Tensors> {
  const numbered = (what: string, tracers: readonly Tracer[]) =>
    tracers.map((tracer, i): readonly [string, Tracer] => [`${what} ${i}`, Identity(tracer)]);
  const evaluate = async (training: boolean, name: string, withGradients: boolean): Promise<Tensors> => {
    const builder = new GraphBuilder(name);
    const { lowering, inputs, outputs } = traceForward(built, builder, { training });
    const tensors = [...outputs.values()].map(({ tensor }) => tensor);
    const results = numbered(name, tensors);
    const cotangents: Record<string, Tensor> = {};
    if (training) {
      const assigned = [...lowering.assigned].map(([{ path }, value]) => [`update ${path}`, Identity(value)] as const);
      results.push(...assigned);
    }
    if (withGradients) {
      const terms = tensors.map((tensor, i) => {
        cotangents[`cotangent ${i}`] = cotangentData(run.layerCase.id, i, run.promisedShapes(built)[i]!);
        return ReduceSum(Mul(Cast(tensor, "float32"), builder.input(`cotangent ${i}`, tensor.shape, "float32")));
      });
      const floats = [...inputs.values()].filter(({ dtype }) => isFloating(dtype));
      const weights = built.trainableWeights;
      const wrt = [...floats, ...weights.map((variable) => lowering.read(variable))];
      const found = gradients(
        terms.reduce((a, b) => Add(a, b)),
        wrt,
      );
      results.push(...numbered("input gradient", found.slice(0, floats.length)));
      for (const [i, { path }] of weights.entries())
        results.push([`gradient ${path}`, Identity(found[floats.length + i]!)]);
    }
    const feeds = { ...run.inputs, ...cotangents, ...(await readVariables(lowering.ports)) };
    return withGraph(backend, builder.finish(Object.fromEntries(results)), (go) => go(feeds));
  };
  return { ...(await evaluate(false, "output", false)), ...(await evaluate(true, "training output", true)) };
}

function numbers(shape: readonly number[], ...words: readonly (string | number)[]): Float32Array {
  return randomUniform(randomKey("mixed", ...words), sizeOf(shape));
}

const learningRate = 0.05;

/** The model of the generator, mixed_precision.py. */
function trajectoryModel(): AnyModel {
  resetNames();
  const model = withDTypePolicy("mixed_float16", () =>
    sequential([
      inputLayer([null, 6, 6, 1]),
      conv2d(4, 3),
      batchNormalization(),
      activation("relu"),
      flatten(),
      dense(8, { activation: "tanh", kernelRegularizer: "l2" }),
      dense(3, { activation: "softmax", dtype: "float32" }),
    ]),
  );
  for (const [i, variable] of model.weights.entries()) {
    const values = numbers(variable.shape, "weight", i).map((value) => value / 2);
    const shifted = variable.path.includes("variance") ? values.map((value) => 1 + value) : values;
    variable.write(new Tensor("float32", variable.shape, shifted));
  }
  return model;
}

const labels = new Tensor(
  "int32",
  [8],
  Int32Array.from({ length: 8 }, (_, i) => (i * 5) % 3),
);

for (const backend of [reference(), onnxruntime({ intraOpThreads: 1 })]) {
  describe(`'mixed_float16' on ${backend.name}`, () => {
    test.for(mixed)("$id is as in Keras", async (layerCase) => {
      const golden = cases.find(({ id }) => id === layerCase.id)!;
      const built = withDTypePolicy("mixed_float16", () => buildCase(layerCase));
      expect(built.weights.map(({ path, dtype }) => ({ path, dtype }))).toStrictEqual(golden.weights);
      const values = await valuesOf(new CaseRun(layerCase, { backend }), built, backend);
      for (const { what, value, distance } of golden.values) {
        expectNear(what, values[what]!, decodeTensor(value), distance);
      }
    });

    test("training leaves out the same steps, and the losses are Keras's", async () => {
      const model = trajectoryModel();
      await using trainer = new Trainer(model, backend);
      const { initialScale, growthSteps: dynamicGrowthSteps } = trajectory;
      const inner = sgd({ learningRate, momentum: 0.9 });
      const optimizer = lossScaleOptimizer(inner, { initialScale, dynamicGrowthSteps });
      trainer.compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
      const losses: number[] = [];
      const scales: number[] = [];
      for (const step of trajectory.losses.keys()) {
        const x = new Tensor("float32", [8, 6, 6, 1], numbers([8, 36], "x", step));
        losses.push((await trainer.trainOnBatch(x, labels))["loss"]!);
        const { state } = (await trainer.trainingState())!;
        scales.push(state.get("dynamic_scale")!.toNumbers()[0]!);
      }
      expect(scales).toStrictEqual(trajectory.scales);
      for (const [step, loss] of trajectory.losses.entries()) {
        const difference = Math.abs(losses[step]! - loss);
        expect(difference, `loss of step ${step}`).toBeLessThanOrEqual(2 * trajectory.distance);
      }
      for (const [i, { sum, distance }] of trajectory.weights.entries()) {
        const { path } = model.weights[i]!;
        // Beside that, one rounding of a gradient: a bias in front of a batch normalization has no other.
        const ours = (await model.weights[i]!.read()).toNumbers().reduce((total, value) => total + value, 0);
        expect(Math.abs(ours - sum), `sum of ${path}`).toBeLessThanOrEqual(2 * distance + learningRate * rounding);
      }
    });
  });
}

test("TensorFlow.js, which has no float16, says so before anything runs", async () => {
  await using trainer = new Trainer(trajectoryModel(), tfjs({ device: "cpu" }));
  trainer.compile({ loss: "sparseCategoricalCrossentropy" });
  const x = new Tensor("float32", [8, 6, 6, 1], numbers([8, 36], "x", 0));
  await expect(trainer.trainOnBatch(x, labels)).rejects.toThrow(
    /conv2d\/Cast[^]*TensorFlow\.js has no float16[^]*'mixed_float16'[^]*'float32'[^]*onnxruntime\(\)/,
  );
});
