import { onnxruntime } from "@lamella/backend-onnxruntime";
import { input, model } from "@lamella/functional";
import {
  activation,
  type Activation,
  type AnyModel,
  dense,
  dropout,
  GraphBuilder,
  type JsonObject,
  type NestedArray,
  reshape,
  softmax,
  type SymbolicTensor,
  tensor,
  traceForward,
} from "@lamella/ir";
import { type Backend, reference } from "@lamella/runtime";
import { computeLoss, gradients, resolveLoss } from "@lamella/train";
import { describe, test } from "vitest";

import { expectClose } from "../src/compare.ts";
import { readVariables, withGraph } from "../src/evaluate.ts";
import { readGoldenCases } from "../src/golden.ts";
import { gradientTolerance, valueTolerance } from "../src/tolerance.ts";

type Route = "direct" | "reshape" | "logits" | "directFromLogits" | "activationLayer" | "dropout" | "activationClass";

interface CrossentropyGolden {
  readonly id: string;
  readonly loss: { readonly type: string; readonly config: JsonObject };
  readonly route: Route;
  readonly activation: Activation | null;
  readonly logits: NestedArray;
  readonly targets: NestedArray;
  readonly value: number;
  readonly perSample: NestedArray;
  readonly gradient: NestedArray;
}

/** What stands between the logits and the loss. */
function head({ route, activation: name }: CrossentropyGolden, x: SymbolicTensor): SymbolicTensor {
  const own = name ?? "linear";
  const units = x.shape[1] as number;
  const inside = !["logits", "activationLayer", "activationClass"].includes(route);
  const options = { useBias: false, kernelInitializer: "identity" } as const;
  const y = dense(units, { ...options, activation: inside ? own : "linear" })(x);
  if (route === "reshape") return reshape([units])(y);
  if (route === "dropout") return dropout(0.5)(y);
  if (route === "activationLayer") return activation(own)(y);
  return route === "activationClass" ? softmax()(y) : y;
}

/** The loss, the loss of every sample, and the gradient of the logits. */
function trace(built: AnyModel, golden: CrossentropyGolden) {
  const builder = new GraphBuilder(golden.id);
  const { lowering, inputs, outputs } = traceForward(built, builder, { training: false });
  const [x] = [...inputs.values()];
  const [{ tensor: output }] = [...outputs.values()] as [{ readonly tensor: typeof x & object }];
  const sparse = golden.loss.type.startsWith("Sparse");
  const target = builder.input("target", sparse ? ["batch"] : output.shape, sparse ? "int32" : "float32");
  const loss = (config: JsonObject) =>
    computeLoss(
      resolveLoss({ ...golden.loss, config: { ...golden.loss.config, ...config } }, target, output),
      target,
      output,
    );
  const value = loss({});
  const [gradient] = gradients(value, [x!]);
  const graph = builder.finish({ value, perSample: loss({ reduction: "none" }), gradient: gradient! });
  return { graph, variables: lowering.ports };
}

async function expectLoss(golden: CrossentropyGolden, backend: Backend): Promise<void> {
  const logits = tensor(golden.logits);
  const x = input({ shape: logits.shape.slice(1), name: "logits" });
  const built = model({ inputs: x, outputs: head(golden, x) });
  const { graph, variables } = trace(built, golden);
  const targets = tensor(golden.targets, undefined, golden.loss.type.startsWith("Sparse") ? "int32" : "float32");
  const feeds = { logits, target: targets, ...(await readVariables(variables)) };
  const results = await withGraph(backend, graph, (run) => run(feeds));
  expectClose("loss", results["value"]!, tensor(golden.value), valueTolerance);
  expectClose("loss of each sample", results["perSample"]!, tensor(golden.perSample), valueTolerance);
  expectClose("gradient", results["gradient"]!, tensor(golden.gradient), gradientTolerance);
}

const goldens = readGoldenCases("crossentropy") as readonly CrossentropyGolden[];

describe.each([
  ["reference", reference()],
  ["onnxruntime", onnxruntime({ intraOpThreads: 1 })],
] as const)("saturated crossentropies are Keras's on %s", (_, backend) => {
  for (const golden of goldens) {
    // oxlint-disable-next-line vitest/expect-expect -- expectLoss throws
    test(`of ${golden.id}`, () => expectLoss(golden, backend));
  }
});
