import { defineLayer } from "../define-layer.ts";
import { formatShape, type Shape } from "../dim.ts";
import { promote } from "../dtype.ts";
import { LamellaError } from "../errors.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import type { LowerContext, Value } from "../lowering.ts";
import {
  Add,
  Cast,
  Concat,
  Constant,
  Div,
  Expand,
  Max,
  Min,
  Mul,
  Or,
  ReduceMax,
  Reshape,
  Sub,
  Where,
} from "../operators.ts";
import { broadcastShapes, normalizeAxis } from "../primitives/shape-rules.ts";
import { filled } from "../tensor.ts";

/** Says which layers give shapes that cannot meet, and how a 1x1 convolution would help where only the channels differ. */
function mismatch(context: LowerContext<unknown>, shapes: readonly Shape[], verb: string): LamellaError {
  const [a, b] = shapes;
  const differing = a!.flatMap((dim, axis) => (dim === b?.[axis] ? [] : [axis]));
  const onlyChannels = a!.length === b?.length && differing.length === 1 && differing[0] === a!.length - 1;
  const channels = shapes.map((shape) => Number(shape.at(-1)));
  const narrow = channels.indexOf(Math.min(...channels));
  const projection = a!.length === 4 ? `conv2d(${Math.max(...channels)}, 1)` : `dense(${Math.max(...channels)})`;
  return context.error("shape", {
    problem: `The shapes of the inputs cannot be ${verb}: ${context.sources.join(" and ")}.`,
    expected: "sizes that are equal or 1",
    received: shapes.map(formatShape).join(" and "),
    ...(onlyChannels
      ? {
          hint:
            `Only the channels differ: ${a!.length === 4 ? "a 1x1 convolution, " : ""}${projection}` +
            ` on ${context.sources[narrow]} would make them match.`,
        }
      : {}),
  });
}

/** Inputs brought to one rank as Keras does: axes of size 1 go in behind the batch. */
function alignRanks(inputs: readonly Value[]): Tracer[] {
  const rank = Math.max(...inputs.map(({ tensor }) => tensor.rank));
  return inputs.map(({ tensor }) => {
    const [batch, ...rest] = tensor.shape;
    const missing = Array.from({ length: rank - tensor.rank }, () => 1);
    return missing.length === 0 ? tensor : Reshape(tensor, [batch!, ...missing, ...rest]);
  });
}

/** Inputs cast to the dtype Keras computes in. */
function withOneDType(tensors: readonly Tracer[]): Tracer[] {
  const dtype = tensors.map((tensor) => tensor.dtype).reduce(promote);
  return tensors.map((tensor) => Cast(tensor, dtype));
}

function requireSeveral(context: LowerContext<unknown>, inputs: readonly Value[]): void {
  if (inputs.length < 2) {
    throw context.error("shape", {
      problem: "A merging layer takes a list of inputs.",
      expected: "2 or more inputs",
      received: String(inputs.length),
      hint: "Call it as layer([a, b]).",
    });
  }
}

export function requireTwo(context: LowerContext<unknown>, inputs: readonly Value[]): void {
  if (inputs.length !== 2) {
    throw context.error("shape", {
      problem: "The layer takes a list of two inputs.",
      expected: "2 inputs",
      received: String(inputs.length),
      hint: "Call it as layer([a, b]).",
    });
  }
}

/** A mask where every input has one: a step counts when it counts in any of them. */
function anyMask(inputs: readonly Value[]): Tracer | undefined {
  const masks = inputs.flatMap(({ mask }) => (mask === undefined ? [] : [mask]));
  return masks.length === inputs.length ? masks.reduce((a, b) => Or(a, b)) : undefined;
}

function elementwise(context: LowerContext<unknown>, inputs: readonly Value[], verb: string): Tracer[] {
  requireSeveral(context, inputs);
  const aligned = alignRanks(inputs);
  const shapes = aligned.map(({ shape }) => shape);
  try {
    broadcastShapes(...shapes);
  } catch (error) {
    throw error instanceof LamellaError ? mismatch(context, shapes, verb) : error;
  }
  return withOneDType(aligned);
}

/** The sum of the inputs. (Keras: Add.) */
export const add = defineLayer({
  type: "Add",
  fields: {},
  inputs: "several",
  masking: "own",
  lower: (context, inputs) => ({
    tensor: elementwise(context, inputs, "added").reduce((a, b) => Add(a, b)),
    mask: anyMask(inputs),
  }),
});

/** The first input less the second. (Keras: Subtract.) */
export const subtract = defineLayer({
  type: "Subtract",
  fields: {},
  inputs: "several",
  masking: "own",
  lower(context, inputs) {
    requireTwo(context, inputs);
    const [a, b] = elementwise(context, inputs, "subtracted");
    return { tensor: Sub(a!, b!), mask: anyMask(inputs) };
  },
});

/** The mean of the inputs. (Keras: Average.) */
export const average = defineLayer({
  type: "Average",
  fields: {},
  inputs: "several",
  masking: "own",
  lower(context, inputs) {
    const sum = elementwise(context, inputs, "averaged").reduce((a, b) => Add(a, b));
    return { tensor: Div(sum, inputs.length), mask: anyMask(inputs) };
  },
});

/** Where one side of a pair is masked, the other side counts. */
function extreme(type: string, operator: typeof Max, verb: string) {
  return defineLayer({
    type,
    fields: {},
    inputs: "several",
    masking: "own",
    lower(context, inputs) {
      const aligned = elementwise(context, inputs, verb);
      const masks = inputs.map(({ mask }, i) => (mask === undefined ? undefined : stretch(mask, aligned[i]!)));
      let output = aligned[0]!;
      let outputMask = masks[0];
      for (const [i, tensor] of aligned.entries()) {
        if (i === 0) continue;
        const mask = masks[i];
        const other = mask === undefined ? tensor : Where(mask, tensor, output);
        const own = outputMask === undefined ? output : Where(outputMask, output, other);
        outputMask = mask === undefined || outputMask === undefined ? undefined : Or(outputMask, mask);
        output = operator(own, other);
      }
      return { tensor: output, mask: anyMask(inputs) };
    },
  });
}

/** The largest of the inputs, element by element. (Keras: Maximum.) */
export const maximum = extreme("Maximum", Max, "compared");

/** The smallest of the inputs, element by element. (Keras: Minimum.) */
export const minimum = extreme("Minimum", Min, "compared");

/** A mask stretched over the axes that its tensor has beyond it. */
function stretch(mask: Tracer, over: Tracer): Tracer {
  return Expand(Reshape(mask, [...mask.shape, ...over.shape.slice(mask.rank).map(() => 1)]), over.shape);
}

/** The product of the inputs; where an input is masked it counts as 1. (Keras: Multiply.) */
export const multiply = defineLayer({
  type: "Multiply",
  fields: {},
  inputs: "several",
  masking: "own",
  lower(context, inputs) {
    const factors = elementwise(context, inputs, "multiplied").map((tensor, i) => {
      const { mask } = inputs[i]!;
      return mask === undefined ? tensor : Where(stretch(mask, tensor), tensor, 1);
    });
    const product = factors.reduce((a, b) => Mul(a, b));
    const mask = anyMask(inputs);
    return { tensor: mask === undefined ? product : Where(stretch(mask, product), product, 0), mask };
  },
});

/** The inputs side by side along one axis. (Keras: Concatenate.) */
export const concatenate = defineLayer({
  type: "Concatenate",
  fields: { axis: fields.integer({ default: -1 }) },
  short: "axis",
  inputs: "several",
  masking: "own",
  lower(context, inputs) {
    requireSeveral(context, inputs);
    const tensors = inputs.map(({ tensor }) => tensor);
    const axis = normalizeAxis(context.config.axis, tensors[0]!.rank);
    const shapes = tensors.map(({ shape }) => shape);
    const fits = (shape: Shape) =>
      shape.length === shapes[0]!.length &&
      shape.every(
        (dim, i) => i === axis || dim === shapes[0]![i] || typeof dim !== "number" || typeof shapes[0]![i] !== "number",
      );
    if (!shapes.every(fits)) {
      throw context.error("shape", {
        problem: `The shapes of the inputs cannot be joined at axis ${context.config.axis}: ${context.sources.join(" and ")}.`,
        expected: "equal sizes at all other axes",
        received: shapes.map(formatShape).join(" and "),
      });
    }
    return { tensor: Concat(withOneDType(tensors), axis), mask: joinedMask(inputs, axis) };
  },
});

function joinedMask(inputs: readonly Value[], axis: number): Tracer | undefined {
  if (inputs.every(({ mask }) => mask === undefined)) return undefined;
  const whole = inputs.map(({ tensor, mask }) => {
    const always = () => Expand(Constant(tensor.builder, filled("bool", [], 1)), tensor.shape);
    return mask === undefined ? always() : stretch(mask, tensor);
  });
  const joined = Cast(Concat(whole, axis), "int32");
  return Cast(ReduceMax(joined, { axes: [joined.rank - 1] }), "bool");
}
