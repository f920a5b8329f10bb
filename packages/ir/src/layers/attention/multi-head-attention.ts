import { defineLayer } from "../../define-layer.ts";
import type { Dim } from "../../dim.ts";
import { type Field, fields } from "../../fields.ts";
import type { LowerContext } from "../../lowering.ts";
import { normalizeAxis } from "../../primitives/shape-rules.ts";
import { outputShapeField } from "../einsum-dense.ts";
import { attend, headFields, projectHeads } from "./heads.ts";
import { attentionArgs, type Sources, sourcesOf } from "./masks.ts";
import { withScores } from "./with-scores.ts";

type Axes = readonly number[];

const axesField: Field<Axes, number | Axes> = {
  expects: "a whole number, or a list of them",
  parse: (input, where) => fields.integers().parse(typeof input === "number" ? [input] : input, where),
  toJson: (value) => value,
};

const letter = (i: number) => String.fromCodePoint("a".codePointAt(0)! + i);

/** The equations of attention over some axes of (batch, ..., heads, size). */
function equations(rank: number, axes: Axes) {
  const target = Array.from({ length: rank }, (_, i) => letter(i));
  const source = target.map((label, i) => (axes.includes(i) ? letter(rank + axes.indexOf(i)) : label));
  const others = target.filter((_, i) => !axes.includes(i) && i !== rank - 1);
  const along = (labels: readonly string[]) => axes.map((axis) => labels[axis]!);
  const scores = [...others, ...along(target), ...along(source)].join("");
  const [from, to] = [source.join(""), target.join("")];
  return { score: `${from},${to}->${scores}`, combine: `${scores},${from}->${to}` };
}

function checkShapes(context: LowerContext<unknown>, { query, value, key = value }: Sources): void {
  const sizes = ({ tensor }: Sources["query"]) => tensor.shape.slice(1, -1);
  const [values, keys] = [sizes(value), sizes(key)];
  const bothNumbers = (a: Dim, b: Dim | undefined) => typeof a === "number" && typeof b === "number";
  const differ = values.length !== keys.length || values.some((dim, i) => bothNumbers(dim, keys[i]) && dim !== keys[i]);
  if (!differ && query.tensor.rank === value.tensor.rank && query.tensor.rank >= 3) return;
  throw context.error("shape", {
    problem: "The shapes of query, value and key do not fit together.",
    expected: "one rank of 3 or more, and value and key with the same sizes but for the last axis",
    received: context.sources.join(", "),
  });
}

/**
 * Several heads of scaled dot-product attention. It is called on query and value, and perhaps key:
 * `layer([query, value], { attentionMask, useCausalMask, returnAttentionScores })`. (Keras: MultiHeadAttention.)
 */
export const multiHeadAttention = withScores(
  defineLayer({
    type: "MultiHeadAttention",
    fields: {
      numHeads: fields.integer({ min: 1 }),
      keyDim: fields.integer({ min: 1 }),
      /** Default: keyDim. */
      valueDim: fields.orNull(fields.integer({ min: 1 })),
      /** Default: the last size of the query. */
      outputShape: fields.orNull(outputShapeField),
      /** Default: all axes but the batch and the last. */
      attentionAxes: fields.orNull(axesField),
      ...headFields,
    },
    positional: ["numHeads", "keyDim"],
    inputs: "several",
    masking: "own",
    callArgs: attentionArgs,
    penalizes: "own",
    lower(context, inputs, args) {
      const { numHeads, keyDim, useGate } = context.config;
      const valueDim = context.config.valueDim ?? keyDim;
      const sources = sourcesOf(context, inputs, 1);
      checkShapes(context, sources);
      const { rank, shape } = sources.query.tensor;
      const all = shape.slice(1, -1).map((_, i) => i + 1);
      const axes = context.config.attentionAxes?.map((axis) => normalizeAxis(axis, rank)) ?? all;
      const heads = {
        query: projectHeads(context, "query", sources.query.tensor, [numHeads, keyDim]),
        key: projectHeads(context, "key", (sources.key ?? sources.value).tensor, [numHeads, keyDim]),
        gate: useGate
          ? projectHeads(context, "gate", sources.query.tensor, [numHeads, valueDim], "sigmoid")
          : undefined,
        value: projectHeads(context, "value", sources.value.tensor, [numHeads, valueDim]),
      };
      const outputShape = context.config.outputShape ?? [shape.at(-1)!];
      const plan = { ...equations(rank + 1, axes), axes: axes.length, keySize: keyDim, outputShape };
      return attend(context, sources, heads, plan, args);
    },
  }),
);
