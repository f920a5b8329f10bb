import { defineLayer } from "../../define-layer.ts";
import { fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import type { LoweredArgs, LowerContext, LowerResult, Value } from "../../lowering.ts";
import { Add, And, MatMul, Mul, ReduceSum, Reshape, Softmax, Sub, Tanh, Transpose, Where } from "../../operators.ts";
import { glorotUniform, ones } from "../common.ts";
import { drop } from "../dropout.ts";
import { causalMask, sourcesOf } from "./masks.ts";
import { withScores } from "./with-scores.ts";

const dropoutFields = {
  dropout: fields.number({ default: 0, min: 0, max: 1 }),
  seed: fields.orNull(fields.integer({ min: 0 })),
};

interface Config {
  readonly dropout: number;
  readonly seed: number | null;
}

function swapLast(x: Tracer): Tracer {
  const axes = x.shape.map((_, i) => i);
  return Transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/** Every query with every key, (batch, queries, keys, features). */
function pairs(query: Tracer, key: Tracer): Tracer {
  const insert = (x: Tracer, at: number) => Reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
  return Add(insert(query, query.rank - 1), insert(key, key.rank - 2));
}

/** Looks at the values by the scores of their keys, as far as the masks allow. */
function look(
  context: LowerContext<Config>,
  inputs: readonly Value[],
  args: LoweredArgs,
  score: (query: Tracer, key: Tracer) => Tracer,
): LowerResult {
  const { query, value, key = value } = sourcesOf(context, inputs, 2);
  const { dropout, seed } = context.config;
  const scores = score(query.tensor, key.tensor);
  const valueMask = value.mask && Reshape(value.mask, [...value.mask.shape.slice(0, -1), 1, value.mask.shape.at(-1)!]);
  const causal =
    args["useCausalMask"] === true ? causalMask(scores, scores.shape.at(-2)!, scores.shape.at(-1)!) : undefined;
  const mask = valueMask === undefined || causal === undefined ? (valueMask ?? causal) : And(valueMask, causal);
  const lowered = Sub(scores, scores.dtype === "float16" ? 65504 : 1e9);
  const weights = Softmax(mask === undefined ? scores : Where(mask, scores, lowered));
  const kept = context.training && dropout > 0 ? drop(context, weights, dropout, seed) : weights;
  const seen = MatMul(kept, value.tensor);
  const { mask: queryMask } = query;
  const tensor = queryMask === undefined ? seen : Where(Reshape(queryMask, [...queryMask.shape, 1]), seen, 0);
  const output = { tensor, mask: queryMask };
  return args["returnAttentionScores"] === true ? [output, kept] : output;
}

/**
 * Dot-product attention: `layer([query, value])` or `layer([query, value, key])`, with `useCausalMask` and
 * `returnAttentionScores` as call arguments. (Keras: Attention.)
 */
export const attention = withScores(
  defineLayer({
    type: "Attention",
    fields: {
      useScale: fields.boolean(false),
      /** dot: products of queries and keys; concat: tanh of their sums. */
      scoreMode: fields.choice(["dot", "concat"], "dot"),
      ...dropoutFields,
    },
    inputs: "several",
    masking: "own",
    callArgs: ["useCausalMask", "returnAttentionScores"],
    lower(context, inputs, args) {
      const { useScale, scoreMode } = context.config;
      const scale = useScale ? context.weight("scale", [], { initializer: ones }) : undefined;
      const scaled = (x: Tracer) => (scale === undefined ? x : Mul(x, scale));
      if (scoreMode === "dot") return look(context, inputs, args, (query, key) => scaled(MatMul(query, swapLast(key))));
      const weight = context.weight("concat_score_weight", [], { initializer: ones });
      return look(context, inputs, args, (query, key) =>
        Mul(ReduceSum(Tanh(scaled(pairs(query, key))), { axes: [-1] }), weight),
      );
    },
  }),
);

/** Additive attention, Bahdanau's: sums of tanh(query + key). Called as Attention is. (Keras: AdditiveAttention.) */
export const additiveAttention = withScores(
  defineLayer({
    type: "AdditiveAttention",
    fields: { useScale: fields.boolean(true), ...dropoutFields },
    inputs: "several",
    masking: "own",
    callArgs: ["useCausalMask", "returnAttentionScores"],
    lower: (context, inputs, args) =>
      look(context, inputs, args, (query, key) => {
        const summed = Tanh(pairs(query, key));
        if (!context.config.useScale) return ReduceSum(summed, { axes: [-1] });
        const scale = context.weight("scale", [query.shape.at(-1)!], { initializer: glorotUniform });
        return ReduceSum(Mul(summed, scale), { axes: [-1] });
      }),
  }),
);
