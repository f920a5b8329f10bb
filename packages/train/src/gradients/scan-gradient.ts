import { Add, type GraphBuilder, type ScanAttributes, type Tracer, type ValueId } from "@lamella/ir";

import type { GradientRow, LazyGradient, NodeGradient } from "./row.ts";
import { type BodyGradient, differentiateBody } from "./scan-body.ts";
import { type AfterLoop, afterLoop } from "./scan-hoist.ts";
import { LiftedValues } from "./scan-lift.ts";
import { backwardLoop, type Carried, varyingValues } from "./scan-loop.ts";
import { sumOf, zeros } from "./sums.ts";

/** How the gradient of a value that all steps share comes together: in the loop, after it, or both. */
interface SharedPlan {
  readonly value: Tracer;
  readonly total: Carried | undefined;
  readonly afterLoop: readonly AfterLoop[];
}

function planShared(outer: GraphBuilder, body: BodyGradient): readonly SharedPlan[] {
  const varying = varyingValues(body, []);
  return body.shared.map((value, i) => {
    const inLoop: Tracer[] = [];
    const hoisted: AfterLoop[] = [];
    for (const contribution of body.contributions.get(value.id) ?? []) {
      const plan = afterLoop(contribution, ({ id }) => varying.has(id));
      if (plan === undefined) inLoop.push(contribution);
      else hoisted.push(plan);
    }
    const sum = sumOf(inLoop);
    if (sum === undefined) return { value, total: undefined, afterLoop: hoisted };
    const incoming = body.builder.input(`gradients/total${i}`, value.shape, value.dtype);
    const total = { incoming, next: Add(incoming, sum), initial: zeros(outer, value.shape, value.dtype) };
    return { value, total, afterLoop: hoisted };
  });
}

function planAdjoints(node: NodeGradient<ScanAttributes>, body: BodyGradient): ReadonlyMap<number, Carried> {
  const outer = node.inputs[0]!.builder;
  const plan = ([i, incoming]: [number, Tracer]): [number, Carried] => {
    const { shape, dtype, id } = body.states[i]!;
    const next = sumOf(body.contributions.get(id)) ?? zeros(body.builder, shape, dtype);
    const initial = node.outputGradients[i] ?? zeros(outer, node.inputs[i]!.shape, dtype);
    return [i, { incoming, next, initial }];
  };
  return new Map([...body.adjoints].map(plan));
}

/**
 * A loop in the opposite direction that carries the gradients of the states. Gradients of what all steps share are computed
 * after the loop where one product or sum over all steps can do it.
 */
export const scanGradient: GradientRow<ScanAttributes> = (node) => {
  const { attributes, inputs, wanted, differentiator } = node;
  const given = node.outputGradients.map((gradient) => gradient !== undefined);
  const body = differentiateBody({ attributes, wanted, given, differentiator });
  if (body.contributions.size === 0) return [];

  const outer = inputs[0]!.builder;
  const firstScanned = attributes.states + attributes.invariants;
  const invariants = inputs.slice(attributes.states, firstScanned);
  const lifted = new LiftedValues(outer, body, invariants);
  const adjoints = planAdjoints(node, body);
  const shared = planShared(outer, body);
  const scanned = body.scanned.map(({ id }) => sumOf(body.contributions.get(id)));
  const carried = [...adjoints.values(), ...shared.flatMap(({ total }) => total ?? [])];
  const stacked = [
    ...scanned.flatMap((gradient) => gradient ?? []),
    ...shared.flatMap((plan) => plan.afterLoop.flatMap(({ operands }) => operands)),
  ];
  const loop = backwardLoop({ node, body, lifted, carried, stacked });

  const after = (state: Carried | undefined) =>
    state === undefined ? undefined : loop.carried[carried.indexOf(state)];
  const seeds = shared.flatMap(({ value, total, afterLoop: hoisted }) => {
    const sums = hoisted.map(({ operands, compute }) => compute(operands.map((operand) => loop.stackOf(operand))));
    const gradient = sumOf([...sums, ...[after(total)].flatMap((sum) => sum ?? [])]);
    return gradient === undefined ? [] : [{ value: lifted.get(value.id), gradient }];
  });
  const wrt = new Set(invariants.filter((_, i) => wanted[attributes.states + i]).map(({ id }) => id));
  const contributions = differentiator.backpropagate({ builder: outer, nodes: [...lifted.nodes], seeds, wrt });
  // The same value may be passed as several invariants: the first one gets its gradient.
  const first = (id: ValueId, i: number) => invariants.findIndex((invariant) => invariant.id === id) === i;

  return inputs.map((input, i): LazyGradient => {
    if (i < attributes.states) return () => after(adjoints.get(i));
    if (i < firstScanned) {
      return () => (first(input.id, i - attributes.states) ? sumOf(contributions.get(input.id)) : undefined);
    }
    const gradient = scanned[i - firstScanned];
    return gradient === undefined ? undefined : () => loop.stackOf(gradient);
  });
};
