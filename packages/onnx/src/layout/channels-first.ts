import type { Node, PrimitiveGraph, PrimitiveOp } from "@lamella/ir";

import { LayoutRewriter } from "./rewriter.ts";
import { layoutTable } from "./rules.ts";

/**
 * The same graph with the channels first in every convolution and pooling. Transposes stand where values enter such a
 * region and where they leave it; everything between keeps its channels first. Graph inputs and outputs stay as they are.
 */
export function channelsFirst(graph: PrimitiveGraph): PrimitiveGraph {
  const rewriter = new LayoutRewriter(graph, channelsFirst);
  for (const node of graph.nodes) {
    const rule = layoutTable[node.op.type] as (
      to: LayoutRewriter,
      node: Node<PrimitiveOp>,
      attributes: PrimitiveOp["attributes"],
    ) => void;
    rule(rewriter, node, node.op.attributes);
  }
  return rewriter.finish();
}
