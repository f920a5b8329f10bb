import { defineLayer, type LayerType } from "../define-layer.ts";
import { type DType, isFloating, promote } from "../dtype.ts";
import { LamellaError } from "../errors.ts";
import { type ConfigOf, type Field, type Fields } from "../fields.ts";
import type { GraphBuilder, Tracer } from "../graph-builder.ts";
import type { Layer } from "../layer.ts";
import type { LowerContext } from "../lowering.ts";
import { Cast } from "../operators.ts";
import { SymbolicTensor } from "../symbolic.ts";

/** What an operation computes with: a symbolic tensor, or a number that is saved with it. */
export type Operand = SymbolicTensor | number;

type Compute<F extends Fields, Out> = (
  inputs: readonly Tracer[],
  config: ConfigOf<F>,
  context: LowerContext<ConfigOf<F>>,
) => Out;

type Numbers = readonly (number | null)[];

/** The numbers among operands; null where a tensor stands. */
const numbersField: Field<Numbers> = {
  expects: "a list of numbers and nulls",
  parse(input, where) {
    const fits = (value: unknown) => value === null || typeof value === "number";
    if (Array.isArray(input) && input.every(fits)) return input;
    throw new LamellaError("config", { where, problem: "The operands cannot be used.", expected: "numbers and nulls" });
  },
  toJson: (value) => value,
};

/** Operands as tracers of one dtype, which numbers do not decide unless they have a fraction. (Keras: `result_type`.) */
function meet(builder: GraphBuilder, inputs: readonly Tracer[], numbers: Numbers, asFloat: boolean): Tracer[] {
  const [first = "int32", ...others] = inputs.map(({ dtype }) => dtype);
  const common = others.reduce(promote, first);
  const fraction = numbers.some((value) => value !== null && !Number.isInteger(value));
  const dtype: DType = !isFloating(common) && (asFloat || fraction) ? "float32" : common;
  let next = 0;
  return numbers.map((value) => (value === null ? Cast(inputs[next++]!, dtype) : builder.scalar(value, dtype)));
}

interface ElementwiseOptions {
  readonly asFloat?: boolean;
  readonly hasCondition?: boolean;
}

/** Operations that belong together, and their types for loading. */
export class OperationGroup {
  readonly types: LayerType[] = [];

  /**
   * An operation on symbolic tensors: a layer without weights, saved by name and configuration. The type is `ops.<name>`;
   * calls are named as Keras names them, `<name>`, `<name>_1`, ...
   */
  operation<const F extends Fields, Out extends Tracer | readonly Tracer[]>(
    name: string,
    fields: F,
    compute: Compute<F, Out>,
  ): (
    inputs: readonly SymbolicTensor[],
    config: Readonly<Record<string, unknown>>,
  ) => Out extends Tracer ? SymbolicTensor : SymbolicTensor[] {
    const factory = defineLayer({
      type: `ops.${name}`,
      fields,
      inputs: "several",
      casts: "none",
      isOperation: true,
      lower: (context, inputs) =>
        compute(
          inputs.map(({ tensor }) => tensor),
          context.config,
          context,
        ),
    });
    this.types.push(factory);
    const make = factory as unknown as (options: Readonly<Record<string, unknown>>) => Layer;
    return (inputs, config) => {
      for (const input of inputs) {
        if (!(input instanceof SymbolicTensor)) {
          throw new LamellaError("graph", {
            where: `ops.${name}`,
            problem: "Operations compute with symbolic tensors.",
            expected: "what input() or a layer gave",
            received: typeof input,
          });
        }
      }
      return make(config)(inputs) as unknown as Out extends Tracer ? SymbolicTensor : SymbolicTensor[];
    };
  }

  /** An operation on one tensor without options. */
  unary(name: string, compute: (x: Tracer) => Tracer): (x: SymbolicTensor) => SymbolicTensor {
    const apply = this.operation(name, {}, ([x]) => compute(x!));
    return (x) => apply([x], {});
  }

  /** A unary operation that computes in floats. */
  unaryFloat(name: string, compute: (x: Tracer) => Tracer): (x: SymbolicTensor) => SymbolicTensor {
    return this.unary(name, (x) => compute(toFloat(x)));
  }

  /** An operation on operands of one dtype, of which some may be numbers. A condition before them is a tensor of truths. */
  elementwise(
    name: string,
    compute: (...operands: Tracer[]) => Tracer,
    { asFloat = false, hasCondition = false }: ElementwiseOptions = {},
  ): (...operands: readonly Operand[]) => SymbolicTensor {
    const before = hasCondition ? 1 : 0;
    const apply = this.operation(name, { numbers: numbersField }, (inputs, { numbers }) => {
      const conditions = inputs.slice(0, before).map((input) => Cast(input, "bool"));
      const { builder } = inputs[0]!;
      return compute(...conditions, ...meet(builder, inputs.slice(before), numbers.slice(before), asFloat));
    });
    return (...operands) =>
      apply(
        operands.filter((value) => typeof value !== "number"),
        { numbers: operands.map((value) => (typeof value === "number" ? value : null)) },
      );
  }
}

export function toFloat(x: Tracer): Tracer {
  return isFloating(x.dtype) ? x : Cast(x, "float32");
}

/** Tensors cast to the dtype Keras would compute in. */
export function ofOneDType(inputs: readonly Tracer[]): readonly Tracer[] {
  const dtype = inputs.map((input) => input.dtype).reduce(promote);
  return inputs.map((input) => Cast(input, dtype));
}
