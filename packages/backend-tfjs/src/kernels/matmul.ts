import { isFloating, sizeOf, type StaticShape } from "@lamella/ir";
import { broadcastStrides } from "@lamella/runtime";

import type { Handle } from "../device.ts";
import { tfDType } from "../dtypes.ts";
import type { Machine } from "../machine.ts";
import { columnProduct, hasOwnProduct, rowProduct } from "../wasm/products.ts";
import { expanded } from "./expand.ts";
import { onHost } from "./on-host.ts";
import type { Compute, Site } from "./site.ts";
import { walkOf } from "./strided.ts";

/** Integers, in JavaScript: their products are exact. */
function hostMatMul(site: Site<unknown>): Compute {
  const [a, b] = site.inputs.map(({ shape }) => shape);
  const { shape } = site.outputs[0]!;
  const [rows, inner, columns] = [a!.at(-2)!, a!.at(-1)!, b!.at(-1)!];
  const batch = shape.slice(0, -2);
  const places = (own: StaticShape) => {
    const strides = broadcastStrides(own.slice(0, -2), batch);
    const { inner: length, starts, steps } = walkOf(batch, [strides]);
    return Array.from(starts[0]!).flatMap((start) => Array.from({ length }, (_, i) => start + i * steps[0]!));
  };
  const [lefts, rights] = [places(a!), places(b!)];
  return onHost(site, ([x, y], out) => {
    let at = 0;
    for (const [matrix, left] of lefts.entries()) {
      const right = rights[matrix]! * inner * columns;
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          for (let k = 0; k < inner; k++) {
            sum = (sum + Math.imul(x![(left * rows + row) * inner + k]!, y![right + k * columns + column]!)) | 0;
          }
          out[at++] = sum;
        }
      }
    }
  });
}

/** Which sides of a product are transposed. */
export interface Turned {
  readonly a: boolean;
  readonly b: boolean;
}

/** The product by functions of our own, where they have it; sides may lie transposed, the left one only as a single matrix. */
export function ownMatMul(
  machine: Machine,
  [a, b]: readonly [StaticShape, StaticShape],
  shape: StaticShape,
  turned: Turned = { a: false, b: false },
): Compute | undefined {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  const inner = a.at(turned.a ? -2 : -1)!;
  const isShared = sizeOf(b.slice(0, -2)) === 1;
  const all = isShared ? sizeOf(shape.slice(0, -1)) : rows;
  const isPaired = isShared || [a, b].every((own) => sizeOf(own.slice(0, -2)) === sizeOf(shape.slice(0, -2)));
  if (!isPaired || sizeOf(a) === 0 || !hasOwnProduct(machine, all, columns)) return undefined;
  if (turned.a) {
    if (turned.b || shape.length > 2) return undefined;
    const whole = {
      taps: [0],
      width: rows,
      step: rows,
      run: inner,
      nextRun: 0,
      runs: 1,
      outer: 1,
      nextOuter: 0,
      columns,
    };
    const product = columnProduct(machine, whole, shape);
    return ([x, y]) => product(x!, y!);
  }
  const product = rowProduct(
    machine,
    {
      rows: Int32Array.from({ length: all }, (_, row) => row * inner),
      run: inner,
      nextRun: 0,
      runs: 1,
      columns,
      isTurned: turned.b,
      batch: { count: sizeOf(shape) / (all * columns), left: rows * inner, right: inner * columns },
    },
    shape,
  );
  return ([x, y]) => product(x!, y!);
}

/** The product of matrices; leading axes broadcast. */
export function matMul(site: Site<unknown>): Compute {
  const { machine, inputs, outputs } = site;
  const { shape, dtype } = outputs[0]!;
  const [a, b] = inputs.map((input) => input.shape);
  const [rows, inner, columns] = [a!.at(-2)!, a!.at(-1)!, b!.at(-1)!];
  if (sizeOf(a!) === 0 || sizeOf(b!) === 0) return () => machine.filled(shape, tfDType(dtype), 0);
  const isFloat = isFloating(dtype);
  if (!isFloat && machine.memory !== undefined) return hostMatMul(site);
  const fast = isFloat ? ownMatMul(machine, [a!, b!], shape) : undefined;
  if (fast !== undefined) return fast;
  const float = (x: Handle) => (isFloat ? x : machine.cast(x, "float32"));
  const product = (x: Handle, y: Handle) => {
    const result = machine.matMul(float(x), float(y));
    return machine.reshape(isFloat ? result : machine.cast(result, "int32"), shape);
  };
  if (isFloat && machine.usesEngine && a!.length === 2 && b!.length === 2) return ([x, y]) => machine.matMul(x!, y!);
  if (sizeOf(b!.slice(0, -2)) === 1) {
    const all = sizeOf(a!.slice(0, -1));
    return ([x, y]) => product(machine.reshape(x!, [1, all, inner]), machine.reshape(y!, [1, inner, columns]));
  }
  const batch = shape.slice(0, -2);
  const count = sizeOf(batch);
  const spread = [a!, b!].map((own) => expanded(site, own, [...batch, ...own.slice(-2)]));
  return ([x, y]) =>
    product(
      machine.reshape(spread[0]!(x!), [count, rows, inner]),
      machine.reshape(spread[1]!(y!), [count, inner, columns]),
    );
}
