import { defineLayer } from "../../define-layer.ts";
import { fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import type { LowerContext } from "../../lowering.ts";
import { Expand, Reshape } from "../../operators.ts";
import { attend, headFields, projectHeads } from "./heads.ts";
import { attentionArgs, type Sources, sourcesOf } from "./masks.ts";
import { withScores } from "./with-scores.ts";

/** Every head `times` times in a row. */
function repeatHeads(x: Tracer, times: number): Tracer {
  const [batch, steps, heads, size] = x.shape;
  const repeated = Expand(Reshape(x, [batch!, steps!, heads!, 1, size!]), [batch!, steps!, heads!, times, size!]);
  return Reshape(repeated, [batch!, steps!, Number(heads) * times, size!]);
}

function checkShapes(context: LowerContext<unknown>, { query, value, key = value }: Sources): void {
  const tensors = [query, value, key].map(({ tensor }) => tensor);
  const features = tensors.slice(0, 2).map(({ shape }) => shape.at(-1));
  if (tensors.every(({ rank }) => rank === 3) && features[0] === features[1]) return;
  throw context.error("shape", {
    problem: "The shapes of query, value and key do not fit together.",
    expected: "rank 3, and query and value of one last size",
    received: context.sources.join(", "),
  });
}

/**
 * Multi-head attention in which groups of query heads share a key and a value head. Called as MultiHeadAttention is.
 * (Keras: GroupQueryAttention, in files GroupedQueryAttention.)
 */
export const groupQueryAttention = withScores(
  defineLayer({
    type: "GroupedQueryAttention",
    fields: {
      headDim: fields.integer({ min: 1 }),
      numQueryHeads: fields.integer({ min: 1 }),
      numKeyValueHeads: fields.integer({ min: 1 }),
      ...headFields,
    },
    positional: ["headDim", "numQueryHeads", "numKeyValueHeads"],
    inputs: "several",
    masking: "own",
    callArgs: attentionArgs,
    lower(context, inputs, args) {
      const { headDim, numQueryHeads, numKeyValueHeads, useGate } = context.config;
      if (numQueryHeads % numKeyValueHeads !== 0) {
        throw context.error("config", {
          problem: "The query heads cannot be divided among the key and value heads.",
          expected: "numQueryHeads that numKeyValueHeads divides",
          received: `${numQueryHeads} and ${numKeyValueHeads}`,
        });
      }
      const sources = sourcesOf(context, inputs, 1);
      checkShapes(context, sources);
      const { query, value, key = value } = sources;
      const times = numQueryHeads / numKeyValueHeads;
      const shared = (name: string, x: Tracer) =>
        repeatHeads(projectHeads(context, name, x, [numKeyValueHeads, headDim]), times);
      const heads = {
        query: projectHeads(context, "query", query.tensor, [numQueryHeads, headDim]),
        key: shared("key", key.tensor),
        gate: useGate ? projectHeads(context, "gate", query.tensor, [numQueryHeads, headDim], "sigmoid") : undefined,
        value: shared("value", value.tensor),
      };
      const plan = {
        score: "bkuh,bquh->buqk",
        combine: "buqk,bkuh->bquh",
        axes: 1,
        keySize: headDim,
        outputShape: [query.tensor.shape.at(-1)!],
      };
      return attend(context, sources, heads, plan, args);
    },
  }),
);
