import type { Tensor } from "./tensor.ts";

/** An input of a graph that the host computes from another one before every run. */
export interface HostInput {
  /** The input that it is computed from: one of the model's, or one computed before. */
  readonly from: string;
  readonly to: string;
  compute(value: Tensor): Tensor;
}

/** The inputs that the host computes, by their names. */
export function hostInputs(
  hosted: readonly HostInput[],
  inputs: Readonly<Record<string, Tensor>>,
): Readonly<Record<string, Tensor>> {
  const computed: Record<string, Tensor> = {};
  for (const input of hosted) computed[input.to] = input.compute(computed[input.from] ?? inputs[input.from]!);
  return computed;
}
