import type { Node, PrimitiveOp, ValueId } from "@lamella/ir";

import type { Link } from "./kernels/chains.ts";

/** Nodes that are computed at once, in their order. */
export interface Fused {
  readonly nodes: readonly Node<PrimitiveOp>[];
  /** Whether they are a chain, be it of one node. */
  readonly isChain: boolean;
  /** What they take from elsewhere, and what is needed elsewhere. */
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
}

interface Group {
  readonly link: Link | undefined;
  readonly places: readonly number[];
  /** Whether nothing outside has taken a result of it: it is then computed as late as its last node. */
  isOpen: boolean;
}

/** Nodes of a chain: more make the function large, and gain little. */
const longestChain = 64;

/** Whether groups can be one chain: of one shape, and with repeated rows of one length. */
function fit(links: readonly Link[]): boolean {
  const widths = new Set(links.flatMap(({ width }) => width ?? []));
  return widths.size <= 1 && new Set(links.map(({ shape }) => String(shape))).size === 1;
}

/**
 * Puts nodes together that can be one chain, where one takes what another gives. Nodes stand in an order that runs, and so
 * do the results: a group stands where its last node did, and takes in no more once a result of it is needed.
 */
export function fuse(
  nodes: readonly Node<PrimitiveOp>[],
  wanted: ReadonlySet<ValueId>,
  linkOf: (node: Node<PrimitiveOp>) => Link | undefined,
): readonly Fused[] {
  const makers = new Map<ValueId, Group>();
  for (const [place, node] of nodes.entries()) {
    let group: Group = { link: linkOf(node), places: [place], isOpen: true };
    for (const maker of new Set(node.inputs.flatMap((id) => makers.get(id) ?? []))) {
      const links = [group.link, maker.link].filter((link) => link !== undefined);
      const places = [...maker.places, ...group.places];
      if (maker.isOpen && links.length === 2 && fit(links) && places.length <= longestChain) {
        const width = links.find((link) => link.width !== undefined)?.width;
        group = { link: { ...links[0]!, width }, places, isOpen: true };
      } else maker.isOpen = false;
    }
    for (const at of group.places) for (const id of nodes[at]!.outputs) makers.set(id, group);
  }
  const takers = new Map<ValueId, Set<Group>>();
  for (const group of new Set(makers.values())) {
    for (const id of group.places.flatMap((place) => nodes[place]!.inputs)) {
      takers.set(id, (takers.get(id) ?? new Set()).add(group));
    }
  }
  const isNeeded = (id: ValueId, group: Group) =>
    wanted.has(id) || [...(takers.get(id) ?? [])].some((taker) => taker !== group);
  return [...new Set(makers.values())]
    .toSorted((a, b) => Math.max(...a.places) - Math.max(...b.places))
    .map((group) => {
      const own = group.places.toSorted((a, b) => a - b).map((place) => nodes[place]!);
      const made = own.flatMap(({ outputs }) => outputs);
      const taken = new Set(own.flatMap(({ inputs }) => inputs));
      for (const id of made) taken.delete(id);
      const needed = made.filter((id) => isNeeded(id, group));
      return { nodes: own, isChain: group.link !== undefined, inputs: [...taken], outputs: needed };
    });
}
