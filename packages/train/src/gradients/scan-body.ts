import { GraphBuilder, type ScanAttributes, type Tracer, type ValueId } from "@lamella/ir";

import { dependents, inline } from "./replay.ts";
import type { Contributions, Differentiator, NodeList } from "./row.ts";

/**
 * The body of a loop and, in the same builder, the gradients of one step. The gradients read the body's values as if they
 * were at hand; `scan-gradient.ts` cuts the two apart.
 */
export interface BodyGradient {
  readonly builder: GraphBuilder;
  readonly states: readonly Tracer[];
  readonly invariants: readonly Tracer[];
  readonly scanned: readonly Tracer[];
  readonly outputs: readonly Tracer[];
  /** How many of the builder's nodes are the body's own. */
  readonly ownNodes: number;
  /** By the number of a state: the gradient of what the step makes of it. What it started from is in `contributions`. */
  readonly adjoints: ReadonlyMap<number, Tracer>;
  /** By the number of an output: its gradient. */
  readonly outputGradients: ReadonlyMap<number, Tracer>;
  /** The values that are the same in every step, and have gradients: invariants, and what is computed from them alone. */
  readonly shared: readonly Tracer[];
  readonly contributions: Contributions;
}

export interface BodyGradientOptions {
  readonly attributes: ScanAttributes;
  /** Which inputs' gradients are asked for. */
  readonly wanted: readonly boolean[];
  /** Which outputs have gradients. */
  readonly given: readonly boolean[];
  readonly differentiator: Differentiator;
}

/** Grows a set until a round adds nothing. */
function fixpoint<T>(start: Iterable<T>, round: (found: ReadonlySet<T>) => Iterable<T>): Set<T> {
  const found = new Set(start);
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const item of round(found)) found.add(item);
  }
  return found;
}

/** The active values that the targets depend on. */
function reaching(nodes: NodeList, targets: readonly ValueId[], active: ReadonlySet<ValueId>): Set<ValueId> {
  const found = new Set(targets.filter((id) => active.has(id)));
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((id) => found.has(id))) continue;
    for (const id of node.inputs) if (active.has(id)) found.add(id);
  }
  return found;
}

export function differentiateBody(options: BodyGradientOptions): BodyGradient {
  const { attributes, wanted, given, differentiator } = options;
  const { body } = attributes;
  const builder = new GraphBuilder(body.name);
  const inputs = body.inputs.map(({ name, value }) => {
    const { shape, dtype } = body.values[value]!;
    return builder.input(name, shape, dtype);
  });
  const outputs = inline(body, builder, inputs);
  const nodes = [...builder.nodes];
  const stateCount = attributes.states;
  const firstScanned = stateCount + attributes.invariants;
  const states = inputs.slice(0, stateCount);
  const scanned = inputs.slice(firstScanned);

  const starts = fixpoint(
    inputs.filter((_, i) => wanted[i]).map(({ id }) => id),
    (found) => {
      const active = differentiator.activeValues(builder, nodes, found);
      return states.filter((_, i) => active.has(outputs[i]!.id)).map(({ id }) => id);
    },
  );
  const active = differentiator.activeValues(builder, nodes, starts);
  const live = fixpoint(
    [...outputs.keys()].filter((i) => given[i]),
    (found) => {
      const reached = reaching(
        nodes,
        [...found].map((i) => outputs[i]!.id),
        active,
      );
      return [...states.keys()].filter((i) => reached.has(states[i]!.id));
    },
  );

  const varying = dependents(
    nodes,
    [...states, ...scanned].map(({ id }) => id),
  );
  const varies = (ids: readonly ValueId[]) => ids.some((id) => varying.has(id));
  const varyingNodes = nodes.filter((node) => varies(node.outputs));
  const used = [...varyingNodes.flatMap((node) => node.inputs), ...outputs.map(({ id }) => id)];
  const shared = [...new Set(used)].filter((id) => active.has(id) && !varying.has(id)).map((id) => builder.tracer(id));

  const gradientInput = (i: number): [number, Tracer] => {
    const { shape, dtype } = i < stateCount ? states[i]! : outputs[i]!;
    return [i, builder.input(`gradients/${i}`, shape, dtype)];
  };
  const ordered = [...live].toSorted((a, b) => a - b);
  const adjoints = new Map(ordered.filter((i) => i < stateCount && active.has(states[i]!.id)).map(gradientInput));
  const outputGradients = new Map(
    ordered.filter((i) => i >= stateCount && active.has(outputs[i]!.id)).map(gradientInput),
  );
  const wrt = [
    ...[...adjoints.keys()].map((i) => states[i]!),
    ...scanned.filter((_, i) => wanted[firstScanned + i]),
    ...shared,
  ];
  const contributions = differentiator.backpropagate({
    builder,
    nodes: varyingNodes,
    seeds: [...adjoints, ...outputGradients].map(([i, gradient]) => ({ value: outputs[i]!, gradient })),
    wrt: new Set(wrt.map(({ id }) => id)),
  });
  const invariants = inputs.slice(stateCount, firstScanned);
  return {
    builder,
    states,
    invariants,
    scanned,
    outputs,
    ownNodes: nodes.length,
    adjoints,
    outputGradients,
    shared,
    contributions,
  };
}
