import { activate, type Activation } from "../activations.ts";
import type { Constraint } from "../constraints.ts";
import { defineLayer } from "../define-layer.ts";
import type { Dim, Shape } from "../dim.ts";
import { einsum } from "../einsum.ts";
import { type Field, fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { type Initializer, withFanAxes } from "../initializers.ts";
import type { LowerContext } from "../lowering.ts";
import { Add } from "../operators.ts";
import type { Regularizer } from "../regularizers.ts";
import { kernelFields } from "./common.ts";

type PartialShape = readonly (Dim | null)[];

const partialShape = fields.shape();

/** Sizes, null for those that the input decides; one number stands for a list of it. */
export const outputShapeField: Field<PartialShape, number | PartialShape> = {
  expects: "a size, or a list of sizes with null where the input decides",
  parse: (input, where) => partialShape.parse(typeof input === "number" ? [input] : input, where),
  toJson: (value) => value,
};

/** What a layer says about its kernels and biases. */
export interface ProjectionConfig {
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | null;
  readonly biasRegularizer: Regularizer | null;
  readonly kernelConstraint: Constraint | null;
  readonly biasConstraint: Constraint | null;
}

export interface Projection {
  readonly equation: string;
  /** Sizes of the result's named axes, without the batch. */
  readonly outputShape: PartialShape;
  /** The axes of the result that the bias has; null for no bias. */
  readonly biasAxes: string | null;
  readonly activation?: Activation;
}

interface Terms {
  readonly input: string;
  readonly kernel: string;
  readonly output: string;
  /** Where the axes are that the equation does not name. */
  readonly elided: "none" | "left" | "right";
}

function termsOf(context: LowerContext<unknown>, equation: string): Terms {
  const match = /^(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?$/.exec(equation);
  const [, left, input, right, kernel, leftOut, output, rightOut] = match ?? [];
  if (match === null || left !== leftOut || right !== rightOut || (left !== undefined && right !== undefined)) {
    throw context.error("config", {
      problem: `'${equation}' is not an equation for a layer.`,
      expected: "[X],[Y]->[Z], ...[X],[Y]->...[Z] or [X]...,[Y]->[Z]...",
    });
  }
  const elided = left !== undefined ? "left" : right !== undefined ? "right" : "none";
  return { input: input!, kernel: kernel!, output: output!, elided };
}

/** The sizes of all axes that an equation names. */
function sizesOf(context: LowerContext<unknown>, terms: Terms, x: Tracer, outputShape: PartialShape) {
  const spare = x.rank - terms.input.length;
  if (spare < 0 || (spare > 0 && terms.elided === "none")) {
    throw context.error("shape", {
      problem: `The input has ${x.rank} axes, the equation names ${terms.input.length}.`,
      received: context.sources.join(", "),
    });
  }
  const offset = terms.elided === "left" ? spare : 0;
  const sizes = new Map<string, Dim>();
  for (const [i, label] of Array.from(terms.input).entries()) sizes.set(label, x.shape[i + offset]!);
  const whole = [x.shape[0]!, ...Array.from({ length: Math.max(0, offset - 1) }, () => null), ...outputShape];
  for (const [i, label] of Array.from(terms.output).entries()) {
    const size = whole[i + offset];
    const known = sizes.get(label);
    if (size === undefined || (size === null && known === undefined)) {
      throw context.error("config", {
        problem: `The size of axis '${label}' of the result is missing.`,
        expected: `an outputShape with a size for '${label}'`,
        received: `[${outputShape.join(", ")}]`,
      });
    }
    if (size !== null && known !== undefined && size !== known && typeof known === "number") {
      throw context.error("shape", {
        problem: `Axis '${label}' has two sizes.`,
        expected: `${known}, as in the input`,
        received: `${size} in outputShape`,
      });
    }
    if (known === undefined) sizes.set(label, size!);
  }
  return sizes;
}

/** activation(einsum(equation, x, kernel) + bias), with the weights `kernel` and `bias`. */
export function project(context: LowerContext<ProjectionConfig>, x: Tracer, projection: Projection): Tracer {
  const { config } = context;
  const { equation, outputShape, biasAxes, activation = "linear" } = projection;
  const terms = termsOf(context, equation);
  const sizes = sizesOf(context, terms, x, outputShape);
  const shapeOf = (labels: readonly string[]): Shape =>
    labels.map((label) => {
      const size = sizes.get(label);
      if (size !== undefined) return size;
      throw context.error("config", {
        problem: `Axis '${label}' of the kernel is neither in the input nor in the result.`,
        received: equation,
      });
    });
  const kernelAxes = Array.from(terms.kernel);
  const places = kernelAxes.map((_, i) => i);
  const isOutput = (i: number) => terms.output.includes(kernelAxes[i]!);
  const kernel = context.weight("kernel", shapeOf(kernelAxes), {
    initializer: withFanAxes(
      config.kernelInitializer,
      places.filter((i) => !isOutput(i)),
      places.filter(isOutput),
    ),
    regularizer: config.kernelRegularizer,
    constraint: config.kernelConstraint,
  });
  const y = einsum(equation, [x, kernel]);
  if (biasAxes === null) return activate(activation, y);
  const stray = Array.from(biasAxes).find((label) => !terms.output.includes(label));
  if (stray !== undefined || biasAxes === "") {
    throw context.error("config", {
      problem: `The bias cannot have the axes '${biasAxes}'.`,
      expected: `axes of the result, '${terms.output}', or null`,
    });
  }
  const first = Math.min(...Array.from(biasAxes, (label) => terms.output.indexOf(label)));
  const named = Array.from(terms.output.slice(first));
  const trailing = terms.elided === "right" ? y.rank - terms.output.length : 0;
  const shape = [
    ...named.map((label) => (biasAxes.includes(label) ? shapeOf([label])[0]! : 1)),
    ...Array.from({ length: trailing }, () => 1),
  ];
  const bias = context.weight("bias", shape, {
    initializer: config.biasInitializer,
    regularizer: config.biasRegularizer,
    constraint: config.biasConstraint,
  });
  return activate(activation, Add(y, bias));
}

const { useBias: _, ...weightFields } = kernelFields;

/** activation(einsum(equation, x, kernel) + bias). (Keras: EinsumDense.) */
export const einsumDense = defineLayer({
  type: "EinsumDense",
  fields: {
    equation: fields.text(),
    outputShape: outputShapeField,
    biasAxes: fields.orNull(fields.text()),
    ...weightFields,
  },
  positional: ["equation", "outputShape"],
  lower: (context, [x]) => project(context, x!.tensor, context.config),
});
