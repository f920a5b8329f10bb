import { activate, celu, elu, glu, hardShrink, leakyRelu, softShrink, sparsemax, squareplus } from "../activations.ts";
import type { Activation } from "../activations.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { Add, Greater, LogSoftmax, Mul, Softmax, Tanh, Where } from "../operators.ts";
import type { SymbolicTensor } from "../symbolic.ts";
import { OperationGroup } from "./operation.ts";

const group = new OperationGroup();
export const nnOperations = group.types;

const plain = (name: Activation) => group.unaryFloat(name, (x) => activate(name, x));

/** An activation with one number. */
function tuned<const Option extends string>(
  name: string,
  option: Option,
  byDefault: number,
  compute: (x: Tracer, value: number) => Tracer,
) {
  const apply = group.operation(name, { value: fields.number({ default: byDefault }) }, ([x], { value }) =>
    compute(x!, value),
  );
  return (x: SymbolicTensor, options: { readonly [Name in Option]?: number } = {}) =>
    apply([x], { value: (options as Readonly<Record<string, number | undefined>>)[option] ?? byDefault });
}

/** An activation along an axis. */
function along(name: string, compute: (x: Tracer, axis: number) => Tracer) {
  const apply = group.operation(name, { axis: fields.integer({ default: -1 }) }, ([x], { axis }) => compute(x!, axis));
  return (x: SymbolicTensor, { axis = -1 }: { readonly axis?: number } = {}) => apply([x], { axis });
}

const threshold = group.operation(
  "threshold",
  { threshold: fields.number(), defaultValue: fields.number() },
  ([x], config) => Where(Greater(x!, config.threshold), x!, config.defaultValue),
);

const gelu = group.operation("gelu", { approximate: fields.boolean(true) }, ([x], { approximate }) => {
  if (!approximate) return activate("gelu", x!);
  const cubic = Add(x!, Mul(Mul(Mul(x!, x!), x!), 0.044715));
  return Mul(Mul(x!, 0.5), Add(Tanh(Mul(cubic, Math.sqrt(2 / Math.PI))), 1));
});

/** Activation functions. (keras.ops.nn) */
export const nnOps = {
  relu6: plain("relu6"),
  selu: plain("selu"),
  /** With `approximate` (the default, as in Keras's ops), by tanh. */
  gelu: (x: SymbolicTensor, { approximate = true }: { readonly approximate?: boolean } = {}) =>
    gelu([x], { approximate }),
  silu: plain("silu"),
  sigmoid: plain("sigmoid"),
  hardSigmoid: plain("hardSigmoid"),
  hardSilu: plain("hardSilu"),
  hardTanh: plain("hardTanh"),
  softplus: plain("softplus"),
  softsign: plain("softsign"),
  logSigmoid: plain("logSigmoid"),
  sparsePlus: plain("sparsePlus"),
  sparseSigmoid: plain("sparseSigmoid"),
  tanhShrink: plain("tanhShrink"),
  elu: tuned("elu", "alpha", 1, elu),
  celu: tuned("celu", "alpha", 1, celu),
  leakyRelu: tuned("leakyRelu", "negativeSlope", 0.2, leakyRelu),
  hardShrink: tuned("hardShrink", "threshold", 0.5, hardShrink),
  softShrink: tuned("softShrink", "threshold", 0.5, softShrink),
  squareplus: tuned("squareplus", "b", 4, squareplus),
  softmax: along("softmax", Softmax),
  logSoftmax: along("logSoftmax", LogSoftmax),
  sparsemax: along("sparsemax", sparsemax),
  glu: along("glu", glu),
  threshold: (x: SymbolicTensor, value: number, defaultValue: number) =>
    threshold([x], { threshold: value, defaultValue }),
};
