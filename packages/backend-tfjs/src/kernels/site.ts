import type { DType, StaticShape } from "@lamella/ir";

import type { Handle } from "../device.ts";
import type { Machine } from "../machine.ts";

/** A value type whose sizes are all known. */
export interface StaticType {
  readonly shape: StaticShape;
  readonly dtype: DType;
}

/** A primitive in a graph in which every size is known. */
export interface Site<Attributes> {
  readonly machine: Machine;
  readonly attributes: Attributes;
  readonly inputs: readonly StaticType[];
  readonly outputs: readonly StaticType[];
  /** One step of a Scan: runs its body. The results belong to the present scope. */
  readonly body: (inputs: readonly Handle[]) => readonly Handle[];
}

/** Computes values. What it makes beside its results is freed; inputs are never changed, and no result is an input. */
export type Compute = (inputs: readonly Handle[]) => Handle | readonly Handle[];

/** How a primitive is computed where it stands. Called once, before the first run with these sizes. */
export type KernelRow<Attributes> = (site: Site<Attributes>) => Compute;
