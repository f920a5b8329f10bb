import type { GraphBuilder, Node, PrimitiveOp, Tracer, ValueId } from "@lamella/ir";

import { sumTo } from "./sums.ts";

/** Makes the gradient of one input when it is asked for. Undefined, and giving undefined, both mean zero. */
export type LazyGradient = (() => Tracer | undefined) | undefined;

/** A loss does not have to be one scalar inside of a loop body: any values, each with its gradient. */
interface Seed {
  readonly value: Tracer;
  readonly gradient: Tracer;
}

/** What each value of `wrt` gets from each of its uses; the gradient is their sum. */
export type Contributions = ReadonlyMap<ValueId, readonly Tracer[]>;

export type NodeList = readonly Node<PrimitiveOp>[];

export interface BackpropagateOptions {
  readonly builder: GraphBuilder;
  /** The nodes to walk back over, in the order in which they run. */
  readonly nodes: NodeList;
  readonly seeds: readonly Seed[];
  readonly wrt: ReadonlySet<ValueId>;
}

/** The walk back over a list of nodes: what rows of primitives with a body need. */
export interface Differentiator {
  /** `start`, and the values that change with it so that gradients can pass. */
  activeValues(builder: GraphBuilder, nodes: NodeList, start: Iterable<ValueId>): Set<ValueId>;
  backpropagate(options: BackpropagateOptions): Contributions;
}

/** A node on the way from the loss to what is differentiated, with the gradients of its outputs. */
export interface NodeGradient<Attributes> {
  readonly name: string;
  readonly attributes: Attributes;
  readonly inputs: readonly Tracer[];
  readonly outputs: readonly Tracer[];
  /** One an output; undefined means zero. */
  readonly outputGradients: readonly (Tracer | undefined)[];
  /** Which inputs' gradients are asked for. */
  readonly wanted: readonly boolean[];
  /** Gives the node more outputs under changed attributes, and returns the new ones. */
  extend(attributes: Attributes): readonly Tracer[];
  readonly differentiator: Differentiator;
}

/** The gradient of one primitive: one lazy gradient an input. */
export type GradientRow<Attributes> = (node: NodeGradient<Attributes>) => readonly LazyGradient[];

/** What has no gradient: it is constant almost everywhere, or not a matter of real numbers. */
export const none: GradientRow<unknown> = () => [];

export interface Unary<Attributes> {
  readonly x: Tracer;
  readonly y: Tracer;
  readonly dy: Tracer;
  readonly attributes: Attributes;
}

/** One input, one output. */
export function unary<Attributes>(rule: (node: Unary<Attributes>) => Tracer): GradientRow<Attributes> {
  return ({ inputs, outputs, outputGradients, attributes }) => [
    () => rule({ x: inputs[0]!, y: outputs[0]!, dy: outputGradients[0]!, attributes }),
  ];
}

export interface Binary<Attributes> {
  readonly a: Tracer;
  readonly b: Tracer;
  readonly y: Tracer;
  readonly dy: Tracer;
  readonly attributes: Attributes;
}

/** Two inputs, one output. */
export function binary<Attributes>(
  rule: (node: Binary<Attributes>) => readonly [LazyGradient, LazyGradient],
): GradientRow<Attributes> {
  return ({ inputs, outputs, outputGradients, attributes }) =>
    rule({ a: inputs[0]!, b: inputs[1]!, y: outputs[0]!, dy: outputGradients[0]!, attributes });
}

/** Sums the gradients over the axes that their inputs were broadcast along. */
export function broadcasting<Attributes>(row: GradientRow<Attributes>): GradientRow<Attributes> {
  return (node) =>
    row(node).map((lazy, i): LazyGradient => {
      if (lazy === undefined) return undefined;
      return () => {
        const gradient = lazy();
        return gradient === undefined ? undefined : sumTo(gradient, node.inputs[i]!.shape);
      };
    });
}
