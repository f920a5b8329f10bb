import { addDim, type Dim, subDim } from "../dim.ts";
import { LamellaError } from "../errors.ts";
import type { Field } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { Reshape, Reverse, SliceAxis } from "../operators.ts";
import type { JsonValue } from "../saved-model.ts";
import type { SymbolicTensor } from "../symbolic.ts";
import { OperationGroup } from "./operation.ts";

const group = new OperationGroup();
export const getItemOperations = group.types;

/** Part of an axis, as Python slices it: from `start` to before `stop`, every `step`-th; below 0 they count from the end. */
export interface ItemRange {
  readonly start?: number | null;
  readonly stop?: number | null;
  readonly step?: number | null;
}

/** One place of an axis, which goes; part of one; null for a new axis of size 1; '...' for all axes not named. */
export type ItemKey = number | ItemRange | null | "...";

const whole = (value: unknown) => value === undefined || value === null || Number.isSafeInteger(value);

function isKey(value: unknown): value is ItemKey {
  if (value === null || value === "..." || Number.isSafeInteger(value)) return true;
  if (typeof value !== "object" || Array.isArray(value)) return false;
  const { start, stop, step, ...others } = value as ItemRange;
  return [start, stop, step].every(whole) && step !== 0 && Object.keys(others).length === 0;
}

const keyField: Field<readonly ItemKey[]> = {
  expects: "a list of whole numbers, { start, stop, step }, null for new axes, and at most one '...'",
  parse(input, where) {
    const fits = Array.isArray(input) && input.every(isKey) && input.filter((one) => one === "...").length <= 1;
    if (fits) return input;
    const received = JSON.stringify(input) ?? typeof input;
    throw new LamellaError("config", {
      where,
      problem: "The value cannot be used.",
      expected: keyField.expects,
      received,
    });
  },
  toJson: (value) => value as unknown as JsonValue,
};

/** An index from the front; within the axis, as Python clips them, where its size is known. */
function bound(size: Dim, index: number): Dim {
  const from = index < 0 ? addDim(size, index) : index;
  return typeof from === "number" && typeof size === "number" ? Math.min(Math.max(from, 0), size) : from;
}

/** Part of one axis. Backwards it is the same part of the axis turned around. */
function range(x: Tracer, axis: number, { start = null, stop = null, step }: ItemRange): Tracer {
  const by = step ?? 1;
  const size = x.shape[axis]!;
  if (by < 0) {
    const mirrored = (index: number | null) => (index === null ? null : -1 - index);
    return range(Reverse(x, axis), axis, { start: mirrored(start), stop: mirrored(stop), step: -by });
  }
  const from = start === null ? 0 : bound(size, start);
  const to = stop === null ? size : bound(size, stop);
  return from === 0 && to === size && by === 1 ? x : SliceAxis(x, axis, from, to, by);
}

const getItem = group.operation("getItem", { key: keyField }, ([x], { key }, context) => {
  const named = key.filter((one) => one !== null && one !== "...").length;
  if (named > x!.rank) {
    throw context.error("shape", {
      problem: "There are more indices than axes.",
      expected: `at most ${x!.rank}`,
      received: String(named),
    });
  }
  const rest = x!.rank - named;
  const all = key.includes("...") ? key : [...key, "..." as const];
  let taken = x!;
  let axis = 0;
  const shape: Dim[] = [];
  for (const one of all) {
    if (one === null) shape.push(1);
    else if (one === "...") {
      shape.push(...taken.shape.slice(axis, axis + rest));
      axis += rest;
    } else if (typeof one === "number") {
      const at = one < 0 ? addDim(taken.shape[axis]!, one) : one;
      const size = subDim(taken.shape[axis]!, at);
      if (typeof at === "number" && (at < 0 || (typeof size === "number" && size <= 0))) {
        throw context.error("shape", {
          problem: `Axis ${axis} has no place ${one}.`,
          expected: `a place below ${taken.shape[axis]}`,
          received: String(one),
        });
      }
      taken = SliceAxis(taken, axis, at, addDim(at, 1));
      axis += 1;
    } else {
      taken = range(taken, axis, one);
      shape.push(taken.shape[axis]!);
      axis += 1;
    }
  }
  return Reshape(taken, shape);
});

/** Indexing as `x[:, -1]` does. (keras.ops.get_item) */
export const getItemOps = {
  /**
   * A part of a tensor by one entry an axis. A `stop` beyond an axis of unknown size is not clipped.
   *
   * @example
   *     ops.getItem(x, [{}, -1]) // the last step: x[:, -1]
   */
  getItem: (x: SymbolicTensor, key: readonly ItemKey[]) => getItem([x], { key }),
};
