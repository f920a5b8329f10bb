import type { Primitive, PrimitiveGraph, Tensor, ValueId } from "@lamella/ir";

import type { Samples } from "./batches.ts";

/** What moves or picks values and leaves them what they are. */
const passing: ReadonlySet<Primitive> = new Set([
  "Identity",
  "StopGradient",
  "Cast",
  "Reshape",
  "Transpose",
  "Expand",
  "Concat",
  "Slice",
  "Pad",
  "MaxPool",
  "AveragePool",
]);

/** Class maps and counts stay below. */
const leastBrightest = 32;

/** The largest of whole numbers from 0 to 255 that look like the channels of pixels; undefined for other values. */
function brightest({ shape, data }: Tensor): number | undefined {
  if (shape.length !== 4) return undefined;
  let largest = 0;
  for (const element of data) {
    const value = Number(element);
    if (!Number.isInteger(value) || value < 0 || value > 255) return undefined;
    if (value > largest) largest = value;
  }
  return largest < leastBrightest ? undefined : largest;
}

/** Whether the first thing done with a value is to multiply it by weights. */
function isMultipliedAsIs({ nodes }: PrimitiveGraph, value: ValueId): boolean {
  const same = new Set([value]);
  for (const { op, inputs, outputs } of nodes) {
    if ((op.type === "Conv" || op.type === "MatMul") && same.has(inputs[0]!)) return true;
    if (passing.has(op.type) && inputs.some((id) => same.has(id))) same.add(outputs[0]!);
  }
  return false;
}

/** What to tell of the inputs of a batch that are images as files have them, for a graph that does not scale them first. */
export function rawImageWarnings(graph: PrimitiveGraph, batch: Samples): readonly string[] {
  return graph.inputs.flatMap(({ name, value }) => {
    const largest = batch[name] && brightest(batch[name]);
    if (largest === undefined || !isMultipliedAsIs(graph, value)) return [];
    return [
      `input '${name}' gets images of whole numbers up to ${largest}, and its first layer multiplies them as they are: ` +
        "training will be slow, or fail. Divide them by 255, or begin the model with rescaling(1 / 255).",
    ];
  });
}
