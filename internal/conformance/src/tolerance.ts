/** The distance from 1 to the next float32. */
export const epsilon = 2 ** -23;

/** How far a tensor may be from its golden, in epsilons. */
export interface Tolerance {
  /** Times the largest number in the golden. */
  readonly ofLargest: number;
  /** Times 1. Inputs, weights and cotangents are about that large, so that this is what is left where terms cancel out. */
  readonly ofOne: number;
}

/**
 * Outputs and new states. Keras computes in float32 and sums in another order than any other program. Measured, in
 * epsilons of the largest number: Keras from float64 2.6, the reference 1.3, ONNX Runtime 3.7; from Keras, the reference 2.7
 * and ONNX Runtime 4.6 (numbers below 0.2, so 0.9 epsilons of 1).
 */
export const valueTolerance: Tolerance = { ofLargest: 4, ofOne: 0.5 };

/**
 * Gradients, of a loss that weighs every output with a number in [-1, 1). Measured: Keras from float64 13.7 epsilons of the
 * largest number (mish of numbers up to 80: x * (1 - tanh^2) keeps an error of |x| epsilons), else 8.6; from Keras, the
 * reference 15.6, else 7.2, and ONNX Runtime 13.1, else 8.8. Where gradients nearly cancel out (softmax, batch
 * normalization), 2.9 epsilons of 1.
 */
export const gradientTolerance: Tolerance = { ofLargest: 16, ofOne: 4 };

/** The largest distance that is tolerated from these numbers. */
export function tolerated(expected: readonly number[], { ofLargest, ofOne }: Tolerance): number {
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return epsilon * (ofLargest * largest + ofOne);
}
