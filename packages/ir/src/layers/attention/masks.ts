import { type Dim, sizeDim } from "../../dim.ts";
import { Tracer } from "../../graph-builder.ts";
import type { LoweredArgs, LowerContext, Value } from "../../lowering.ts";
import { Abs, And, Cast, GreaterOrEqual, Less, Range, Reshape, Softmax, Sub, Where } from "../../operators.ts";

/** 0, 1, ... as a column and as a row. */
function places({ builder }: Tracer, rows: Dim, columns: Dim): readonly [Tracer, Tracer] {
  return [Reshape(Range(builder, rows), [1, rows, 1]), Reshape(Range(builder, columns), [1, 1, columns])];
}

/** (1, queries, keys): whether the key does not come after the query. */
export function causalMask(like: Tracer, queries: Dim, keys: Dim): Tracer {
  return GreaterOrEqual(...places(like, queries, keys));
}

/** (1, queries, keys): whether the key is less than `window` steps away from the query. */
function windowMask(like: Tracer, queries: Dim, keys: Dim, window: number): Tracer {
  return Less(Abs(Sub(...places(like, queries, keys))), window);
}

/** A mask that a call was given, else the one that the input carries. */
function maskOf(args: LoweredArgs, name: string, value: Value | undefined): Tracer | undefined {
  const given = args[name];
  return given instanceof Tracer ? Cast(given, "bool") : value?.mask;
}

/** What a call of an attention layer attends to. `key` is undefined where the values are the keys. */
export interface Sources {
  readonly query: Value;
  readonly value: Value;
  readonly key: Value | undefined;
}

/** Query, value and perhaps key, of one input or a list. */
export function sourcesOf(context: LowerContext<unknown>, inputs: readonly Value[], least: number): Sources {
  const [query, value = query, key] = inputs;
  if (inputs.length >= least && inputs.length <= 3) return { query: query!, value: value!, key };
  throw context.error("shape", {
    problem: "The number of inputs does not fit.",
    expected: "query and value, and perhaps key",
    received: String(inputs.length),
    hint: "Call it as layer([query, value]).",
  });
}

/** The call arguments of layers with `attentionMask`. */
export const attentionArgs = [
  "queryMask",
  "valueMask",
  "keyMask",
  "attentionMask",
  "useCausalMask",
  "returnAttentionScores",
] as const;

/** Which query may look at which key, (batch, queries, keys): all masks there are. */
export function attentionMask(
  { query, value, key }: Sources,
  args: LoweredArgs,
  slidingWindow: number | null,
): Tracer | undefined {
  const [queries, keys] = [query.tensor.shape[1]!, value.tensor.shape[1]!];
  const queryMask = maskOf(args, "queryMask", query);
  const keyMasks = [maskOf(args, "valueMask", value), maskOf(args, "keyMask", key)];
  const given = args["attentionMask"];
  const masks = [
    queryMask === undefined ? undefined : Reshape(queryMask, [...queryMask.shape, 1]),
    ...keyMasks.map((mask) => mask && Reshape(mask, [...mask.shape.slice(0, -1), 1, mask.shape.at(-1)!])),
    args["useCausalMask"] === true ? causalMask(query.tensor, queries, keys) : undefined,
    slidingWindow === null ? undefined : windowMask(query.tensor, queries, keys, slidingWindow),
    given instanceof Tracer ? Cast(given, "bool") : undefined,
  ].filter((mask) => mask !== undefined);
  return masks.length === 0 ? undefined : masks.reduce((a, b) => And(a, b));
}

/** The mask with axes of size 1 for what the scores have in front of the attention axes, heads for instance. */
function forScores(context: LowerContext<unknown>, mask: Tracer, scores: Tracer, axes: number): Tracer {
  const at = mask.rank - 2 * axes;
  if (at < 0 || mask.rank > scores.rank) {
    throw context.error("shape", {
      problem: "The attention mask does not fit.",
      expected: `a mask of rank ${2 * axes} to ${scores.rank} for attention over ${axes} axes`,
      received: `rank ${mask.rank}`,
    });
  }
  const missing = Array.from({ length: scores.rank - mask.rank }, () => 1);
  return Reshape(mask, [...mask.shape.slice(0, at), ...missing, ...mask.shape.slice(at)]);
}

/** Softmax over the last axes as if they were one. */
function softmaxOver(x: Tracer, axes: number): Tracer {
  if (axes === 1) return Softmax(x);
  const shape = [...x.shape.slice(0, -axes), sizeDim(x.shape.slice(-axes))];
  return Reshape(Softmax(Reshape(x, shape)), x.shape);
}

export interface MaskedSoftmax {
  /** How many axes a query looks over. */
  readonly axes: number;
  /** Whether a query that may look at nothing gets zeros; else it looks at everything alike. */
  readonly zeros: boolean;
}

/** Softmax over the last axes of what the mask leaves. The mask comes with it, as in Keras. */
export function maskedSoftmax(
  context: LowerContext<unknown>,
  scores: Tracer,
  mask: Tracer | undefined,
  { axes, zeros }: MaskedSoftmax,
): Value {
  if (mask === undefined) return { tensor: softmaxOver(scores, axes) };
  const shaped = forScores(context, mask, scores, axes);
  const left = softmaxOver(Where(shaped, scores, scores.dtype === "float16" ? -3e4 : -1e9), axes);
  return { tensor: zeros ? Where(shaped, left, 0) : left, mask: shaped };
}
