import {
  Add,
  addDim,
  AveragePool,
  Conv,
  type ConvAttributes,
  ConvInputGrad,
  type Dim,
  MaxPool,
  MaxPoolGrad,
  mulDim,
  type Pads,
  type PoolAttributes,
  Reshape,
  ScatterND,
  subDim,
  type Tracer,
  Cast,
} from "@lamella/ir";

import { type Known, value } from "./known.ts";
import type { ImportRow, NodeReader } from "./node-reader.ts";

function pads(node: NodeReader, count: number): Pads {
  const auto = node.attributes.string("auto_pad", "NOTSET");
  if (auto === "SAME_UPPER") return auto;
  if (auto !== "NOTSET" && auto !== "VALID") throw node.unsupported(`auto_pad ${auto} has no counterpart.`);
  return node.attributes.ints("pads") ?? Array.from({ length: 2 * count }, () => 0);
}

function ones(count: number): readonly number[] {
  return Array.from({ length: count }, () => 1);
}

function convAttributes(node: NodeReader, count: number): ConvAttributes {
  const { attributes } = node;
  return {
    layout: "channelsFirst",
    strides: attributes.ints("strides") ?? ones(count),
    dilations: attributes.ints("dilations") ?? ones(count),
    group: attributes.int("group", 1),
    pads: pads(node, count),
  };
}

function poolAttributes(node: NodeReader): PoolAttributes {
  const { attributes } = node;
  const kernelShape = attributes.ints("kernel_shape") ?? [];
  const plain = attributes.ints("dilations")?.every((dilation) => dilation === 1) ?? true;
  if (!plain || attributes.int("ceil_mode", 0) !== 0) throw node.unsupported("Dilation and ceil_mode are not read.");
  const count = kernelShape.length;
  return {
    layout: "channelsFirst",
    kernelShape,
    strides: attributes.ints("strides") ?? ones(count),
    pads: pads(node, count),
  };
}

/** A transposed convolution is the gradient of a convolution to its input. */
const convTranspose: ImportRow = (node) => {
  const [dy, weight] = [node.input(0), node.input(1)];
  const attributes = convAttributes(node, dy.rank - 2);
  const { strides, dilations, group, pads: margins } = attributes;
  if (margins === "SAME_UPPER" || node.attributes.has("output_shape"))
    throw node.unsupported("Its pads must be given.");
  const rest = node.attributes.ints("output_padding");
  const sizes = strides.map((stride, i): Dim => {
    const extent = (Number(weight.shape[i + 2]) - 1) * dilations[i]! + 1;
    const covered = addDim(mulDim(subDim(dy.shape[i + 2]!, 1), stride), extent);
    return addDim(covered, (rest?.[i] ?? 0) - margins[i]! - margins[i + strides.length]!);
  });
  const inputShape = [dy.shape[0]!, mulDim(weight.shape[1]!, group), ...sizes];
  return ConvInputGrad(dy, weight, { ...attributes, inputShape });
};

/** What goes to the maxima that a MaxPool found. */
function toMaxima(node: NodeReader, indices: Known, updates: Tracer): Tracer {
  if (indices.kind !== "indices") throw node.unsupported("Its indices must be those of a MaxPool.");
  const { x, y, attributes } = indices;
  return MaxPoolGrad(Cast(x, updates.dtype), Cast(y, updates.dtype), Reshape(updates, y.shape), attributes);
}

/** Of one-dimensional data: to the maxima that a MaxPool found, or to any elements. */
const scatterElements: ImportRow = (node) => {
  const [data, updates] = [node.input(0), node.input(2)];
  const isSum = node.attributes.int("axis", 0) === 0 && node.attributes.string("reduction", "none") === "add";
  if (!isSum || data.rank !== 1) throw node.unsupported("It is read as a sum over one axis only.");
  const indices = node.known(1);
  if (indices.kind === "indices") {
    return Add(data, Reshape(toMaxima(node, indices, updates), data.shape));
  }
  const places = Cast(node.input(1), "int32");
  return ScatterND(data, Reshape(places, [...places.shape, 1]), updates);
};

export const spatialRows: Readonly<Record<string, ImportRow>> = {
  Conv: (node) => {
    const [x, weight] = [node.input(0), node.input(1)];
    const y = Conv(x, weight, convAttributes(node, x.rank - 2));
    if (!node.has(2)) return y;
    return Add(y, Reshape(node.input(2), [y.shape[1]!, ...ones(x.rank - 2)]));
  },
  ConvTranspose: convTranspose,
  MaxPool: (node) => {
    const x = node.input(0);
    const attributes = poolAttributes(node);
    const y = MaxPool(x, attributes);
    return [value(y), { kind: "indices", x, y, attributes }];
  },
  AveragePool: (node) => {
    if (node.attributes.int("count_include_pad", 0) !== 0) throw node.unsupported("count_include_pad is not read.");
    return AveragePool(node.input(0), poolAttributes(node));
  },
  MaxUnpool: (node) => toMaxima(node, node.known(1), node.input(0)),
  ScatterElements: scatterElements,
};
