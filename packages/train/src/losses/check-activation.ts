import { LamellaError, type Primitive, type Tracer } from "@lamella/ir";

import { producerOf } from "../gradients/producer.ts";
import type { TracedFunction } from "../tensor-function.ts";
import type { Loss } from "./losses.ts";

const passing = new Set<Primitive>(["Identity", "Reshape", "Cast", "Transpose"]);

/** What computes an output, behind what only moves it. */
function source(output: Tracer): ReturnType<typeof producerOf> {
  const node = producerOf(output);
  const isPassed = node !== undefined && passing.has(node.op.type);
  return isPassed ? source(output.builder.tracer(node.inputs[0]!)) : node;
}

/** Whether an output is a sum of products and nothing more, as that of a layer without an activation. */
function isLinear(output: Tracer): boolean {
  const node = source(output);
  if (node === undefined) return false;
  const isProduct = (type: Primitive | undefined) => type === "MatMul" || type === "Conv";
  if (node.op.type !== "Add") return isProduct(node.op.type);
  return node.inputs.some((id) => isProduct(source(output.builder.tracer(id))?.op.type));
}

const probabilityLosses = new Set(["KLDivergence", "CategoricalGeneralizedCrossEntropy"]);

/**
 * Looks at what gives the predictions of a loss.
 *
 * @returns a warning when logits and probabilities seem to be taken for each other
 * @throws LamellaError `config` for a softmax over one unit
 */
export function checkActivation(loss: Loss | TracedFunction, output: Tracer): string | undefined {
  if (typeof loss === "function") return undefined;
  const { type, config } = loss;
  const node = source(output);
  const softmax = node?.op.type === "Softmax" ? node : undefined;
  const axis = softmax?.op.type === "Softmax" ? softmax.op.attributes.axis : -1;
  if (softmax !== undefined && output.builder.typeOf(softmax.outputs[0]!).shape.at(axis) === 1) {
    throw new LamellaError("config", {
      problem: "A softmax over one unit gives 1 whatever the model computes, so that there is nothing to learn.",
      expected: "activation 'sigmoid' for one unit, or one unit a class",
      received: `a softmax over 1 unit, with ${type}`,
    });
  }
  const { fromLogits } = config;
  const wantsProbabilities = fromLogits === false || probabilityLosses.has(type);
  if (wantsProbabilities && isLinear(output)) {
    const logits = fromLogits === undefined ? "" : ", or tell the loss: { fromLogits: true }";
    return `${type} takes probabilities, but the last layer has no activation. Give it 'softmax' or 'sigmoid'${logits}.`;
  }
  if (fromLogits === true && (softmax !== undefined || node?.op.type === "Sigmoid")) {
    return `${type} takes logits, but they come from a ${node!.op.type.toLowerCase()}. Leave out 'fromLogits' or the activation.`;
  }
  return undefined;
}
