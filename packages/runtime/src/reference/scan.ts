import { allocate, LamellaError, type ScanAttributes, sizeOf, type StaticShape, Tensor } from "@lamella/ir";

import { expectShape, type Kernel } from "./kernel.ts";

function checkBody(inputs: readonly Tensor[], { body, states, invariants }: ScanAttributes, length: number): void {
  for (const [i, { name, value }] of body.inputs.entries()) {
    const declared = body.values[value]!.shape;
    const whole = i < states + invariants;
    expectShape(`What the body takes as '${name}'`, inputs[i]!.shape, whole ? declared : [length, ...declared]);
  }
}

/** Runs the body once a slice; a Scan over nothing gives its states back. */
export const scan: Kernel<ScanAttributes> = (inputs, attributes, outputs, body) => {
  const { states, invariants, reverse } = attributes;
  const scanned = inputs.slice(states + invariants);
  const fixed = inputs.slice(states, states + invariants);
  const length = scanned[0]!.shape[0]!;
  checkBody(inputs, attributes, length);
  const shapes: readonly StaticShape[] = scanned.map(({ shape }) => shape.slice(1));
  const stacked = outputs.slice(states).map(({ shape, dtype }) => ({
    result: new Tensor(dtype, shape, allocate(dtype, sizeOf(shape))),
    row: sizeOf(shape.slice(1)),
  }));
  let carried = inputs.slice(0, states);
  for (let step = 0; step < length; step++) {
    const at = reverse ? length - 1 - step : step;
    const slices = scanned.map((input, i) => input.rows(at, at + 1).reshape(shapes[i]!));
    const results = body([...carried, ...fixed, ...slices]);
    carried = results.slice(0, states);
    for (const [i, { result, row }] of stacked.entries()) {
      result.data.set(results[states + i]!.data as never, at * row);
    }
  }
  for (const [i, { shape }] of carried.entries()) {
    if (inputs[i]!.dtype !== carried[i]!.dtype) {
      throw new LamellaError("dtype", {
        problem: `State ${i} changes its dtype.`,
        expected: inputs[i]!.dtype,
        received: carried[i]!.dtype,
      });
    }
    expectShape(`State ${i} after the last step`, shape, inputs[i]!.shape);
  }
  return [...carried, ...stacked.map(({ result }) => result)];
};
