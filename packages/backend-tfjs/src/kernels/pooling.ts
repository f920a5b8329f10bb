import type { PoolAttributes, StaticShape } from "@lamella/ir";

import type { Handle } from "../device.ts";
import { tfDType } from "../dtypes.ts";
import type { Machine } from "../machine.ts";
import { channelsLast, type Layouted, type Windows, windowsOf } from "./geometry.ts";
import { averagePool, averagePoolGrad, maxPool, maxPoolGrad } from "./pooling-2d.ts";
import { hostAveragePool, hostAveragePoolGrad, hostMaxPool, hostMaxPoolGrad } from "./pooling-on-host.ts";
import type { Site } from "./site.ts";
import type { KernelTable } from "./table.ts";

/** A pooling with its channels last, between these shapes. */
function describe(
  machine: Machine,
  x: StaticShape,
  y: StaticShape,
  attributes: PoolAttributes,
): {
  readonly pooling: { readonly machine: Machine; readonly input: StaticShape; readonly windows: Windows };
  readonly input: Layouted;
  readonly output: Layouted;
} {
  const input = channelsLast(machine, x, attributes.layout);
  const output = channelsLast(machine, y, attributes.layout);
  const windows = windowsOf(x, attributes.kernelShape, y, attributes);
  return { pooling: { machine, input: input.shape, windows }, input, output };
}

/** Kernels know float32 only. */
function inFloat({ machine, outputs }: Site<unknown>, work: (x: Handle) => Handle): (x: Handle) => Handle {
  const dtype = tfDType(outputs[0]!.dtype);
  if (dtype === "float32") return work;
  return (x) => machine.cast(work(machine.cast(x, "float32")), dtype);
}

/** Whether windows go over two axes, without padding: the kernels are then as fast as can be. */
const isPlain = ({ begin, end, sizes }: Windows) => sizes.length === 2 && [...begin, ...end].every((pad) => pad === 0);

export const poolings: Pick<KernelTable, "MaxPool" | "MaxPoolGrad" | "AveragePool" | "AveragePoolGrad"> = {
  MaxPool: (site) => {
    const { machine, inputs, outputs, attributes } = site;
    const { pooling, input, output } = describe(machine, inputs[0]!.shape, outputs[0]!.shape, attributes);
    const onHost = machine.memory !== undefined && !(isPlain(pooling.windows) && outputs[0]!.dtype === "float32");
    const work = onHost ? hostMaxPool(pooling) : inFloat(site, maxPool(pooling));
    return ([x]) => output.back(work(input.to(x!)));
  },
  MaxPoolGrad: ({ machine, inputs, attributes }) => {
    const { pooling, input, output } = describe(machine, inputs[0]!.shape, inputs[2]!.shape, attributes);
    if (machine.memory !== undefined) {
      const work = hostMaxPoolGrad(pooling);
      return ([x, , dy]) => input.back(work(input.to(x!), output.to(dy!)));
    }
    const work = maxPoolGrad(pooling);
    return ([x, y, dy]) => input.back(work(input.to(x!), output.to(y!), output.to(dy!)));
  },
  AveragePool: (site) => {
    const { machine, inputs, outputs, attributes } = site;
    const { pooling, input, output } = describe(machine, inputs[0]!.shape, outputs[0]!.shape, attributes);
    const work = machine.memory === undefined ? inFloat(site, averagePool(pooling)) : hostAveragePool(pooling);
    return ([x]) => output.back(work(input.to(x!)));
  },
  AveragePoolGrad: ({ machine, inputs, outputs, attributes }) => {
    const { pooling, input, output } = describe(machine, outputs[0]!.shape, inputs[0]!.shape, attributes);
    const work = machine.memory === undefined ? averagePoolGrad(pooling) : hostAveragePoolGrad(pooling);
    return ([dy]) => input.back(work(output.to(dy!)));
  },
};
