import { Identity, type Primitive, Scan, type ScanAttributes, type Tracer, type ValueId } from "@lamella/ir";

import { dependents, nodesBehind, replay } from "./replay.ts";
import type { NodeGradient } from "./row.ts";
import type { BodyGradient } from "./scan-body.ts";
import { earlyNodes } from "./scan-early.ts";
import type { LiftedValues } from "./scan-lift.ts";
import { stackResiduals } from "./scan-residuals.ts";

/** What the backward loop carries: values of the body gradient's builder, and one from outside to start with. */
export interface Carried {
  readonly incoming: Tracer;
  readonly next: Tracer;
  readonly initial: Tracer;
}

export interface BackwardLoopOptions {
  readonly node: NodeGradient<ScanAttributes>;
  readonly body: BodyGradient;
  readonly lifted: LiftedValues;
  readonly carried: readonly Carried[];
  /** Values of the body gradient's builder that are needed from every step. */
  readonly stacked: readonly Tracer[];
}

export interface BackwardLoop {
  /** What is carried, after the loop. */
  readonly carried: readonly Tracer[];
  /** One of the stacked values from every step. */
  stackOf(value: Tracer): Tracer;
}

/** Cheaper to compute again than to keep for every step. */
const repeatedTypes: ReadonlySet<Primitive> = new Set(["Reshape", "Identity", "Cast", "Not"]);

const idsOf = (values: readonly Tracer[]) => values.map(({ id }) => id);

/** The values that differ from step to step. */
export function varyingValues({ builder, ...body }: BodyGradient, carried: readonly Carried[]): Set<ValueId> {
  const given = [...body.adjoints.values(), ...body.outputGradients.values()];
  const incoming = carried.map((state) => state.incoming);
  return dependents(builder.nodes, idsOf([...body.states, ...body.scanned, ...given, ...incoming]));
}

/**
 * Records the loop that computes the gradients, in the opposite direction of the forward loop. What it reads of a forward
 * step: states and intermediate values are stacked by the forward loop, scanned inputs are scanned again, constants and
 * what costs nothing are repeated; what is the same in every step is computed outside, and what does not wait for anything
 * carried is computed for all steps at once.
 */
export function backwardLoop({ node, body, lifted, carried, stacked }: BackwardLoopOptions): BackwardLoop {
  const { nodes } = body.builder;
  const { states, invariants, reverse } = node.attributes;
  const outerScanned = node.inputs.slice(states + invariants);
  const ownNodes = nodes.slice(0, body.ownNodes);
  const own = new Set([...idsOf(body.states), ...idsOf(body.scanned), ...ownNodes.flatMap(({ outputs }) => outputs)]);
  const varying = varyingValues(body, carried);
  const repeated = new Set(
    nodes.flatMap(({ op, inputs, outputs }) => {
      const isCheap = repeatedTypes.has(op.type) && outputs.some((id) => varying.has(id));
      return inputs.length === 0 || isCheap ? outputs : [];
    }),
  );
  const incoming = new Set(carried.map((state) => state.incoming.id));

  const stacks = new Map<ValueId, Tracer>();
  for (const [i, { id }] of body.scanned.entries()) stacks.set(id, outerScanned[i]!);
  for (const [i, { id }] of body.outputGradients) stacks.set(id, node.outputGradients[i]!);

  const stackable = (id: ValueId) => own.has(id) || stacks.has(id);
  const beforeLoop = earlyNodes({
    nodes: nodes.slice(body.ownNodes),
    tracer: (id) => body.builder.tracer(id),
    varying,
    stacked: stackable,
  });
  const early = new Set(beforeLoop.flatMap(({ outputs }) => outputs));

  const wanted = [...new Set(idsOf(stacked))];
  const made = wanted.filter((id) => !own.has(id) && !stacks.has(id) && !early.has(id));
  const targets = [...carried.map(({ next }) => next.id), ...made];
  const isGiven = (id: ValueId) => early.has(id) || (!repeated.has(id) && (own.has(id) || !varying.has(id)));
  const loopNodes = nodesBehind(nodes, targets, isGiven);
  const given = new Set([...incoming, ...loopNodes.flatMap(({ outputs }) => outputs)]);
  const reads = [...new Set([...loopNodes.flatMap(({ inputs }) => inputs), ...targets])].filter((id) => !given.has(id));
  const neededEarly = nodesBehind(beforeLoop, [...reads, ...wanted], stackable);
  const residuals = [...new Set([...reads, ...wanted, ...neededEarly.flatMap(({ inputs }) => inputs)])].filter(
    (id) => own.has(id) && varying.has(id) && !stacks.has(id),
  );
  for (const [id, stack] of stackResiduals(node, body, residuals)) stacks.set(id, stack);
  const known = new Map(stacks);
  for (const id of neededEarly.flatMap(({ inputs }) => inputs)) if (!varying.has(id)) known.set(id, lifted.get(id));
  replay(neededEarly, outerScanned[0]!.builder, known);
  for (const id of early) if (known.has(id)) stacks.set(id, known.get(id)!);

  const scanned = reads.filter((id) => varying.has(id));
  const sharedReads = reads.filter((id) => !varying.has(id));
  const result = Scan(
    {
      states: carried.map(({ initial }) => initial),
      invariants: sharedReads.map((id) => lifted.get(id)),
      scanned: scanned.length === 0 ? outerScanned.slice(0, 1) : scanned.map((id) => stacks.get(id)!),
      reverse: !reverse,
    },
    (step) => {
      const values = new Map<ValueId, Tracer>([
        ...carried.map((state, i): [ValueId, Tracer] => [state.incoming.id, step.states[i]!]),
        ...sharedReads.map((id, i): [ValueId, Tracer] => [id, step.invariants[i]!]),
        ...scanned.map((id, i): [ValueId, Tracer] => [id, step.scanned[i]!]),
      ]);
      const isInput = new Set(values.keys());
      replay(loopNodes, step.scanned[0]!.builder, values);
      const output = (id: ValueId) => (isInput.has(id) ? Identity(values.get(id)!) : values.get(id)!);
      return { states: carried.map(({ next }) => output(next.id)), outputs: made.map(output) };
    },
  );
  for (const [i, id] of made.entries()) stacks.set(id, result.outputs[i]!);
  return { carried: result.states, stackOf: ({ id }) => stacks.get(id)! };
}
