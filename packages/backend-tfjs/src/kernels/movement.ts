import { LamellaError, type StaticShape, sizeOf } from "@lamella/ir";
import { broadcastStrides, stridesOf } from "@lamella/runtime";

import type { Handle } from "../device.ts";
import type { Machine } from "../machine.ts";
import { placed, taken } from "./blocks.ts";
import { expanded } from "./expand.ts";
import { hostGather, onHost, share } from "./on-host.ts";
import type { KernelRow } from "./site.ts";
import { copyBlock, walkOf } from "./strided.ts";
import type { KernelTable } from "./table.ts";
import { transposed } from "./transpose.ts";

type Row<P extends keyof KernelTable> = KernelTable[P];

/** A result that is a value of its own, even where nothing was to be done. */
const own = (machine: Machine, x: Handle, result: Handle) => (result === x ? machine.reshape(x, x.shape) : result);

const slice: Row<"Slice"> = (site) => {
  const { machine, inputs, outputs, attributes } = site;
  const { starts, steps } = attributes;
  const { shape } = inputs[0]!;
  const result = outputs[0]!.shape;
  for (const [axis, size] of result.entries()) {
    const first = starts[axis]!;
    const last = first + (size - 1) * steps[axis]!;
    if (size === 0 || (Math.min(first, last) >= 0 && Math.max(first, last) < shape[axis]!)) continue;
    throw new LamellaError("shape", {
      problem: `The slice leaves axis ${axis}.`,
      expected: `indices from 0 to ${shape[axis]! - 1}`,
      received: `${first} to ${last}`,
    });
  }
  const take = taken(machine, shape, { starts, steps, sizes: result });
  return ([x]) => own(machine, x!, take(x!));
};

const pad: Row<"Pad"> = (site) => {
  const { machine, inputs, outputs, attributes } = site;
  const { pads, value } = attributes;
  const { shape } = inputs[0]!;
  const place = placed(machine, shape, { before: pads.slice(0, shape.length), sizes: outputs[0]!.shape, fill: value });
  return ([x]) => own(machine, x!, place(x!));
};

const concat: Row<"Concat"> = (site) => {
  const { machine, inputs, outputs, attributes } = site;
  const { shape } = outputs[0]!;
  const axis = attributes.axis < 0 ? attributes.axis + shape.length : attributes.axis;
  if (machine.memory === undefined) {
    const full = inputs.flatMap((input, i) => (sizeOf(input.shape) > 0 ? [i] : []));
    if (full.length === 1) return (given) => machine.reshape(given[full[0]!]!, shape);
    return (given) =>
      machine.run(
        "Concat",
        full.map((i) => given[i]!),
        { axis },
      );
  }
  const to = stridesOf(shape);
  let start = 0;
  const walks = inputs.map((input) => {
    const walk = walkOf(input.shape, [stridesOf(input.shape), to], [0, start * to[axis]!]);
    start += input.shape[axis]!;
    return walk;
  });
  return onHost(site, (given, out) => {
    for (const [i, walk] of walks.entries()) copyBlock(given[i]!, out, walk);
  });
};

const expand: KernelRow<unknown> = (site) => {
  const { machine, inputs, outputs } = site;
  const { shape } = inputs[0]!;
  const result: StaticShape = outputs[0]!.shape;
  if (sizeOf(shape) === sizeOf(result)) return share(site);
  if (machine.memory !== undefined) return hostGather(site, broadcastStrides(shape, result));
  const work = expanded(site, shape, result);
  return ([x]) => work(x!);
};

/** Elements in other places. */
export const movement: Pick<KernelTable, "Reshape" | "Transpose" | "Expand" | "Concat" | "Slice" | "Pad"> = {
  Reshape: share,
  Transpose: ({ machine, inputs, attributes }) => {
    const turn = transposed(machine, inputs[0]!.shape, attributes.perm);
    return ([x]) => own(machine, x!, turn(x!));
  },
  Expand: expand,
  Concat: concat,
  Slice: slice,
  Pad: pad,
};
