import type { Shape } from "./dim.ts";
import type { DType } from "./dtype.ts";

/** The number of a value within its graph: an index into `Graph.values`. */
export type ValueId = number;

/** What is known of a value before anything runs. */
export interface ValueType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A named input or output of a graph. */
export interface Port {
  readonly name: string;
  readonly value: ValueId;
}

/** One operation. Its name is a path such as `block1/conv/Conv`. */
export interface Node<Op> {
  readonly name: string;
  readonly op: Op;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
}

/**
 * A directed acyclic graph, immutable once built. `Graph<LayerCall>` is what users build and files hold,
 * `Graph<PrimitiveOp>` is what backends run.
 *
 * Invariants (see `verifyGraph`): nodes stand in an order in which they can run; every value is either a graph input or
 * the output of exactly one node; port names are unique.
 */
export interface Graph<Op> {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly nodes: readonly Node<Op>[];
  readonly values: readonly ValueType[];
}
