export * from "./dim.ts";
export * from "./dtype.ts";
export * from "./dtype-policy.ts";
export * from "./errors.ts";
export * from "./float16.ts";
export * from "./graph.ts";
export * from "./graph-builder.ts";
export * from "./primitives/attributes.ts";
export * from "./primitives/infer.ts";
export * from "./primitives/shape-rules.ts";
export * from "./random-bits.ts";
export { rowMajor } from "./row-major.ts";
export * from "./rows.ts";
export type * from "./saved-model.ts";
export * from "./tensor.ts";
export * from "./operators.ts";
export * as primitives from "./operators.ts";
export { einsum } from "./einsum.ts";
export { activate, type Activation, activationNames, resolveActivation } from "./activations.ts";
export * from "./catalogue.ts";
export type * from "./cell.ts";
export * from "./copy-layer.ts";
export * from "./fields.ts";
export * from "./host-inputs.ts";
export * from "./initializers.ts";
export * from "./interpolation.ts";
export type { AdaptData, Adapted } from "./adapt.ts";
export * from "./call-args.ts";
export * from "./constraints.ts";
export * from "./define-layer.ts";
export * from "./layer.ts";
export * from "./layers/index.ts";
export { defineCell } from "./layers/rnn/define-cell.ts";
export * from "./lower.ts";
export * from "./lowering.ts";
export * from "./model.ts";
export * from "./names.ts";
export { refusedTypes } from "./refused-types.ts";
export * from "./regularizers.ts";
export * from "./seeds.ts";
export type * from "./summarize.ts";
export { summarize } from "./summarize.ts";
export * from "./summary.ts";
export * from "./symbolic.ts";
export * from "./trace-model.ts";
export * from "./variable.ts";
export * from "./model-data.ts";
export * from "./symbolic-input.ts";
export * from "./print.ts";
export * from "./verify.ts";
export {
  type ItemKey,
  type ItemRange,
  type Operand as OpsOperand,
  operations,
  ops,
  type ReduceOptions,
} from "./ops/index.ts";
export { takeAlong } from "./take-along.ts";
