import { addDim, Concat, type Dim, type Tracer } from "@lamella/ir";

import { producerOf } from "./producer.ts";

/** A gradient that is zero but for a stretch of one axis: what the gradient of a slice looks like. */
interface Stretch {
  readonly term: Tracer;
  readonly inner: Tracer;
  readonly axis: number;
  readonly begin: Dim;
  readonly end: Dim;
}

function stretchOf(term: Tracer): Stretch | undefined {
  const node = producerOf(term);
  if (node?.op.type !== "Pad" || node.op.attributes.value !== 0) return undefined;
  const { pads } = node.op.attributes;
  const axes = [...term.shape.keys()].filter((axis) => pads[axis] !== 0 || pads[axis + term.rank] !== 0);
  const [axis] = axes;
  if (axis === undefined || axes.length > 1) return undefined;
  const inner = term.builder.tracer(node.inputs[0]!);
  const begin = pads[axis]!;
  return { term, inner, axis, begin, end: addDim(begin, inner.shape[axis]!) };
}

/** Stretches that fill their axis from end to end without gaps, in order; undefined when there are none. */
function fillingChain(stretches: readonly Stretch[]): readonly Stretch[] | undefined {
  for (const first of stretches.filter(({ begin }) => begin === 0)) {
    const chain = [first];
    const size = first.term.shape[first.axis]!;
    for (let last = first; last.end !== size;) {
      const next = stretches.find(({ axis, begin, end }) => axis === first.axis && begin === last.end && end !== begin);
      if (next === undefined) break;
      chain.push(next);
      last = next;
    }
    if (chain.length > 1 && chain.at(-1)!.end === size) return chain;
  }
  return undefined;
}

/**
 * Replaces gradients of slices that make up the whole of a value by one Concat: the gates of a recurrent layer are such
 * slices, and padding and adding them up would be most of a step's work.
 */
export function joinSlices(terms: readonly Tracer[]): readonly Tracer[] {
  if (terms.length < 2) return terms;
  const chain = fillingChain(terms.flatMap((term) => stretchOf(term) ?? []));
  if (chain === undefined) return terms;
  const joined = Concat(
    chain.map(({ inner }) => inner),
    chain[0]!.axis,
  );
  const rest = terms.filter((term) => !chain.some((stretch) => stretch.term === term));
  return joinSlices([joined, ...rest]);
}
