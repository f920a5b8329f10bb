import { einsum } from "../../einsum.ts";
import { type ConfigOf, fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import type { LoweredArgs, LowerContext, LowerResult } from "../../lowering.ts";
import { Mul } from "../../operators.ts";
import { kernelFields } from "../common.ts";
import { drop } from "../dropout.ts";
import { project } from "../einsum-dense.ts";
import { attentionMask, maskedSoftmax, type Sources } from "./masks.ts";

const { activation: _, ...weightFields } = kernelFields;

/** The fields of layers that attend with several heads. */
export const headFields = {
  dropout: fields.number({ default: 0, min: 0, max: 1 }),
  ...weightFields,
  /** How many steps away a key may be, itself included. */
  slidingWindow: fields.orNull(fields.integer({ min: 1 })),
  /** Taken as Keras takes it; there is nothing to choose here. */
  flashAttention: fields.orNull(fields.boolean()),
  /** Whether the result is multiplied by a sigmoid of the query. */
  useGate: fields.boolean(false),
  seed: fields.orNull(fields.integer({ min: 0 })),
};

type HeadContext = LowerContext<ConfigOf<typeof headFields>>;

/** One of the projections, with the weights `<name>/kernel` and `<name>/bias`. */
export function projectHeads(
  context: HeadContext,
  name: string,
  x: Tracer,
  sizes: readonly [heads: number, size: number],
  activation: "linear" | "sigmoid" = "linear",
): Tracer {
  const biasAxes = context.config.useBias ? "bc" : null;
  const projection = { equation: "...a,abc->...bc", outputShape: sizes, biasAxes, activation };
  const y = project(context.scope(name), x, projection);
  context.penalize(y);
  return y;
}

/** Back from heads to features. */
function projectBack(context: HeadContext, x: Tracer, outputShape: readonly (number | string | null)[]): Tracer {
  const axes = String.fromCodePoint(...outputShape.map((__, i) => "c".codePointAt(0)! + i));
  const biasAxes = context.config.useBias ? axes : null;
  const y = project(context.scope("attention_output"), x, {
    equation: `...ab,ab${axes}->...${axes}`,
    outputShape,
    biasAxes,
  });
  context.penalize(y);
  return y;
}

export interface Heads {
  readonly query: Tracer;
  readonly key: Tracer;
  readonly value: Tracer;
  readonly gate: Tracer | undefined;
}

export interface AttentionPlan {
  /** (key, query) to scores. */
  readonly score: string;
  /** (scores, value) to the result. */
  readonly combine: string;
  /** How many axes a query looks over. */
  readonly axes: number;
  readonly keySize: number;
  readonly outputShape: readonly (number | string | null)[];
}

/** Scaled dot-product attention over projected heads, and the way back to features. */
export function attend(
  context: HeadContext,
  sources: Sources,
  { query, key, value, gate }: Heads,
  { score, combine, axes, keySize, outputShape }: AttentionPlan,
  args: LoweredArgs,
): LowerResult {
  const { dropout, seed, slidingWindow } = context.config;
  const returnsScores = args["returnAttentionScores"] === true;
  const scaled = Mul(query, 1 / Math.sqrt(keySize));
  // Keras's fused kernel, which runs in the plainest case, does not set the rows of masked queries to 0.
  const zeros = dropout > 0 || returnsScores || query.rank !== 4;
  const mask = attentionMask(sources, args, slidingWindow);
  const scores = maskedSoftmax(context, einsum(score, [key, scaled]), mask, { axes, zeros });
  const kept = context.training && dropout > 0 ? drop(context, scores.tensor, dropout, seed) : scores.tensor;
  const combined = einsum(combine, [kept, value]);
  const tensor = projectBack(context, gate === undefined ? combined : Mul(combined, gate), outputShape);
  const output = { tensor, mask: sources.query.mask };
  return returnsScores ? [output, scores] : output;
}
