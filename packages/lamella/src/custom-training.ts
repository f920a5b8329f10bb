import { onnxruntime } from "@lamella/backend-onnxruntime";
import type { Backend } from "@lamella/runtime";
import {
  type Data,
  lossGradients as gradientsOn,
  type LossGradients,
  type ObjectiveOptions,
  type TrainStep,
  trainStep as stepOn,
  type TrainStepOptions,
} from "@lamella/train";

interface Where {
  /** Where the step runs. Default: `onnxruntime()`. */
  readonly backend?: Backend;
}

/**
 * A step that minimises any tensor built of symbolic tensors: of several models, of what lies within them, by `ops`.
 *
 *     const step = trainStep({ inputs: [x], loss: ops.square(net(x)), variables: net.trainableWeights });
 *     const { loss } = await step.run({ x: [[1], [2]] });
 *
 * @throws LamellaError `graph` when the loss depends on an input that is not among `inputs`; `name`, `config` for optimizers
 */
export function trainStep<const Inputs extends string = string, Metrics extends string = never>(
  options: Omit<TrainStepOptions<Inputs, Metrics>, "backend"> & Where,
): TrainStep<Inputs, Metrics> {
  return stepOn({ backend: onnxruntime(), ...options });
}

/**
 * The mean of a tensor, with all that is added to it, and its gradients for one batch. Layers run in training mode, and
 * nothing is changed. (TensorFlow: `GradientTape`.)
 *
 * @throws LamellaError `data`, `graph`, `config`
 */
export function lossGradients<const Inputs extends string>(
  options: Omit<ObjectiveOptions<Inputs>, "backend"> & Where,
  batch: Readonly<Record<Inputs, Data>>,
): Promise<LossGradients> {
  return gradientsOn({ backend: onnxruntime(), ...options }, batch);
}
