import type { PrimitiveGraph, Shape, ValueId } from "@lamella/ir";

import { kernelDType } from "./kernels.ts";

/** A convolution to which a number a channel is added right away: one operator in ONNX. */
export interface BiasedConv {
  /** What the convolution alone would give. */
  readonly conv: ValueId;
  /** The numbers of the channels. */
  readonly bias: ValueId;
  readonly sum: ValueId;
}

/** Whether a shape is [channels, 1, ..., 1], as is added to images whose channels are first. */
function isPerChannel(shape: Shape, image: Shape): boolean {
  return shape.length === image.length - 1 && shape[0] === image[1] && shape.slice(1).every((dim) => dim === 1);
}

/** Finds them in a graph whose channels are first; see channelsFirst(). */
export function biasedConvs({ nodes, outputs, values }: PrimitiveGraph): readonly BiasedConv[] {
  const positions = new Map(nodes.flatMap((node, i) => node.outputs.map((id) => [id, i] as const)));
  const readers = new Map<ValueId, number>();
  const reads = [...nodes.flatMap(({ inputs }) => inputs), ...outputs.map(({ value }) => value)];
  for (const id of reads) readers.set(id, (readers.get(id) ?? 0) + 1);
  const producer = (id: ValueId) => nodes[positions.get(id) ?? -1];

  /** What is given before a convolution, and is only reshaped to be added to it. */
  const biasOf = (conv: ValueId, added: ValueId): ValueId | undefined => {
    const isOnlyRead = producer(conv)?.op.type === "Conv" && readers.get(conv) === 1;
    const reshape = producer(added);
    const { shape, dtype } = values[conv]!;
    if (!isOnlyRead || reshape?.op.type !== "Reshape" || kernelDType("Conv", dtype) !== dtype) return undefined;
    const [bias] = reshape.inputs as readonly [ValueId];
    const isVector = values[bias]!.shape.length === 1 && isPerChannel(values[added]!.shape, shape);
    return isVector && (positions.get(bias) ?? -1) < positions.get(conv)! ? bias : undefined;
  };

  return nodes.flatMap(({ op, inputs, outputs: results }) => {
    if (op.type !== "Add") return [];
    const [a, b] = inputs as readonly [ValueId, ValueId];
    const [sum] = results as readonly [ValueId];
    const [first, second] = [biasOf(a, b), biasOf(b, a)];
    if (first !== undefined) return [{ conv: a, bias: first, sum }];
    return second === undefined ? [] : [{ conv: b, bias: second, sum }];
  });
}
