import {
  addDim,
  type Dim,
  fromNumbers,
  isStatic,
  mulDim,
  type PrimitiveAttributes,
  type Shape,
  sizeDim,
  sizeOf,
  subDim,
  Tensor,
} from "@lamella/ir";

import type { EmitTable, NodeEmitter } from "./graph.ts";
import { kernelDType } from "./kernels.ts";
import type { Wire } from "./model.ts";
import { transposedConv } from "./transposed-conv.ts";
import {
  convWindows,
  knownPads,
  padded,
  padsOfWindows,
  poolAttributes,
  poolKey,
  poolWindows,
  spatialSizes,
} from "./windows.ts";

/** All positions in a window, in row-major order. */
function positions(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (all, size) => all.flatMap((position) => Array.from({ length: size }, (_, i) => [...position, i])),
    [[]],
  );
}

type WeightGradient = NodeEmitter<PrimitiveAttributes["ConvWeightGrad"]>;

/** The weight gradient as the input's windows, one slice for each position in the kernel, times the output's gradient. */
function weightGradientByMatMul(node: WeightGradient, x: Wire, dy: Wire, kernel: readonly number[]): Wire {
  const { group, strides, dilations, weightShape } = node.attributes;
  const [outputs, inputs] = [weightShape[0]! / group, weightShape[1]!];
  const sizes = spatialSizes(node.inputs[1]!.shape);
  const { model } = node;
  if (group === 1 && inputs >= leastColumns && strides[0] === 1 && kernel.length === 2) {
    return weightGradientByColumns(node, x, dy, kernel);
  }
  const axes = model.ints(kernel.map((_, i) => i + 2));
  const steps = model.ints(strides);
  const slices = positions(kernel).map((position) => {
    const starts = position.map((at, i) => at * dilations[i]!);
    const ends = sizes.map((size, i): Dim => addDim(mulDim(subDim(size, 1), strides[i]!), starts[i]! + 1));
    return node.step("Slice", [x, model.ints(starts), model.shape(ends), axes, steps]);
  });
  const rows = (wire: Wire, count: number) =>
    node.step("Reshape", [wire, model.ints(group === 1 ? [0, count, -1] : [0, group, count, -1])]);
  const join = (wires: readonly Wire[], axis: number) =>
    wires.length === 1 ? wires[0]! : node.step("Concat", wires, { axis });
  const columns =
    group === 1
      ? rows(join(slices, 1), inputs * slices.length)
      : join(
          slices.map((slice) => rows(slice, inputs)),
          2,
        );
  const transposed = node.step("Transpose", [columns], { perm: group === 1 ? [0, 2, 1] : [0, 1, 3, 2] });
  const product = node.step("MatMul", [rows(dy, outputs), transposed]);
  const sum = node.step("ReduceSum", [product, model.ints([0])], { keepdims: 0 });
  const spread = node.step("Reshape", [sum, model.ints([weightShape[0]!, ...kernel, inputs])]);
  const rank = weightShape.length;
  return node.step("Transpose", [spread], { perm: [0, rank - 1, ...kernel.map((_, i) => i + 1)] });
}

/** Below so many input channels, a product for each position in the kernel is too narrow to be fast. */
const leastColumns = 16;

/**
 * The same for images and steps of 1 from row to row: the columns of the windows are sliced out once, after which the rows that
 * a position in the kernel sees stand one after another, and are a product of their own.
 */
function weightGradientByColumns(node: WeightGradient, x: Wire, dy: Wire, kernel: readonly number[]): Wire {
  const { strides, dilations, weightShape } = node.attributes;
  const [outputs, inputs] = [weightShape[0]!, weightShape[1]!];
  const [height, width] = spatialSizes(node.inputs[1]!.shape) as readonly [Dim, Dim];
  const { model } = node;
  const [one, two, three] = [model.ints([1]), model.ints([2]), model.ints([3])];
  const rows = (wire: Wire, count: number) => node.step("Reshape", [wire, model.ints([0, count, -1])]);
  const gradient = rows(dy, outputs);
  const across = Array.from({ length: kernel[1]! }, (_, at) => {
    const start = at * dilations[1]!;
    const end = addDim(mulDim(subDim(width, 1), strides[1]!), start + 1);
    const steps = model.ints([strides[1]!]);
    return rows(node.step("Slice", [x, model.ints([start]), model.shape([end]), three, steps]), inputs);
  });
  const products = positions(kernel).map(([down, right]) => {
    const start = mulDim(width, down! * dilations[0]!);
    const end = addDim(start, mulDim(width, height));
    const seen = node.step("Slice", [across[right!]!, model.shape([start]), model.shape([end]), two, one]);
    const transposed = node.step("Transpose", [seen], { perm: [0, 2, 1] });
    const product = node.step("MatMul", [gradient, transposed]);
    return node.step("ReduceSum", [product, model.ints([0])], { keepdims: 1 });
  });
  const all = products.length === 1 ? products[0]! : node.step("Concat", products, { axis: 0 });
  const spread = node.step("Reshape", [all, model.ints([...kernel, outputs, inputs])]);
  return node.step("Transpose", [spread], { perm: [2, 3, 0, 1] });
}

/** The weight gradient for one input channel: a Conv of the input with the output's gradient, batch and channels swapped. */
function weightGradientByConv(node: WeightGradient, x: Wire, dy: Wire, kernel: readonly number[]): Wire {
  const { strides, dilations } = node.attributes;
  const perm = [1, 0, ...kernel.map((_, i) => i + 2)];
  const swap = (wire: Wire) => node.step("Transpose", [wire], { perm });
  const product = node.step("Conv", [swap(x), swap(dy)], { strides: dilations, dilations: strides });
  const zeros = node.model.ints(kernel.map(() => 0));
  const axes = node.model.ints(kernel.map((_, i) => i + 2));
  return swap(node.step("Slice", [product, zeros, node.model.ints(kernel), axes]));
}

/** One over the number of elements that each window averages, as [1, 1, ...]. */
function windowWeights(node: NodeEmitter<PrimitiveAttributes["AveragePoolGrad"]>, outputs: Shape): Wire | number {
  const { inputShape, kernelShape, strides } = node.attributes;
  const windows = poolWindows(inputShape, node.attributes);
  const pads = knownPads(windows);
  if (pads?.every((pad) => pad === 0)) return 1 / sizeOf(kernelShape);
  if (pads !== undefined && isStatic(windows.sizes) && isStatic(outputs)) {
    const counts = outputs.map((length, axis) =>
      Array.from({ length }, (_, i) => {
        const start = i * strides[axis]! - pads[axis]!;
        return Math.min(start + kernelShape[axis]!, Number(windows.sizes[axis])) - Math.max(start, 0);
      }),
    );
    const all = counts.reduce((sizes, axis) => sizes.flatMap((size) => axis.map((count) => size * count)), [1]);
    return node.model.constant(
      new Tensor(
        "float32",
        [1, 1, ...outputs],
        fromNumbers(
          "float32",
          all.map((n) => 1 / n),
        ),
      ),
    );
  }
  const ones = node.step("Expand", [node.scalar("float32", 1), node.model.shape([1, 1, ...windows.sizes])]);
  const kernel = node.model.constant(onesTensor([1, 1, ...kernelShape]));
  const inside = padded(node, ones, padsOfWindows(windows), node.scalar("float32", 0));
  const count = node.step("Conv", [inside, kernel], { strides });
  return node.step("Div", [node.scalar("float32", 1), count]);
}

function onesTensor(shape: readonly number[], value = 1): Tensor {
  return new Tensor("float32", shape, new Float32Array(sizeOf(shape)).fill(value));
}

/** Where the first maximum of every window is: the Indices of the forward MaxPool, or of a new one. */
function maximumIndices(node: NodeEmitter<PrimitiveAttributes["MaxPoolGrad"]>): Wire {
  const known = node.graph.poolIndices(poolKey(node.source.inputs[0]!, node.attributes));
  if (known !== undefined) return known;
  const [x] = node.inputs;
  const dtype = kernelDType("MaxPool", x!.dtype);
  const input = dtype === x!.dtype ? x!.wire : node.cast(x!.wire, dtype);
  const indices = node.model.names.unique(`${node.name}/Indices`);
  const output = node.model.names.unique(`${node.name}/MaxPool`);
  const attributes = poolAttributes(node, x!.shape);
  node.graph.nodes.push(node.graph.proto(output, "MaxPool", [input], [output, indices], attributes));
  return indices;
}

/** Gradients that ONNX has no operator for. All tensors have their channels first; see channelsFirst(). */
export const spatialGradients: Pick<EmitTable, "ConvWeightGrad" | "MaxPoolGrad" | "AveragePoolGrad"> = {
  ConvWeightGrad(node) {
    const { weightShape, group } = node.attributes;
    const [x, dy] = node.inputs;
    const windows = convWindows(x!.shape, weightShape, node.attributes);
    const pads = padsOfWindows(windows);
    const oneChannel = weightShape[1] === 1 && group === 1 && isStatic(spatialSizes(dy!.shape));
    const dtype = oneChannel ? kernelDType("Conv", x!.dtype) : kernelDType("MatMul", x!.dtype);
    const cast = (wire: Wire) => (dtype === x!.dtype ? wire : node.cast(wire, dtype));
    const input = padded(node, cast(x!.wire), pads, node.scalar(dtype, 0));
    const recipe = oneChannel ? weightGradientByConv : weightGradientByMatMul;
    node.finishCast(recipe(node, input, cast(dy!.wire), windows.kernel), dtype);
  },
  /** Windows that do not overlap have a maximum each: MaxUnpool. Others add up: ScatterElements over the flattened input. */
  MaxPoolGrad(node) {
    const { kernelShape, strides } = node.attributes;
    const [x, , dy] = node.inputs;
    const { model } = node;
    const indices = maximumIndices(node);
    const pads = knownPads(poolWindows(x!.shape, node.attributes));
    const apart = kernelShape.every((size, i) => size <= strides[i]!);
    const recipe = apart && pads !== undefined ? "MaxUnpool" : "ScatterElements";
    const dtype = kernelDType(recipe, dy!.dtype);
    const gradient = dtype === dy!.dtype ? dy!.wire : node.cast(dy!.wire, dtype);
    const shape = model.shape(x!.shape);
    if (apart && pads !== undefined) {
      const attributes = { kernel_shape: kernelShape, strides, pads };
      return node.finishCast(node.step("MaxUnpool", [gradient, indices, shape], attributes), dtype);
    }
    const flat = (wire: Wire) => node.step("Reshape", [wire, model.ints([-1])]);
    const zeros = node.step("Expand", [node.scalar(dtype, 0), model.shape([sizeDim(x!.shape)])]);
    const sums = node.step("ScatterElements", [zeros, flat(indices), flat(gradient)], { axis: 0, reduction: "add" });
    node.finishCast(node.step("Reshape", [sums, shape], { allowzero: 1 }), dtype);
  },
  /** A ConvTranspose with ones, channel by channel, of the gradient over the number of elements in its window. */
  AveragePoolGrad(node) {
    const { inputShape, kernelShape, strides } = node.attributes;
    const [dy] = node.inputs;
    const { model } = node;
    const outputs = spatialSizes(dy!.shape);
    const windows = poolWindows(inputShape, node.attributes);
    const pads = padsOfWindows(windows);
    const weight = windowWeights(node, outputs);
    let gradient = dy!.dtype === "float32" ? dy!.wire : node.cast(dy!.wire, "float32");
    if (typeof weight === "string") gradient = node.step("Mul", [gradient, weight]);
    const images = isStatic(outputs) ? -1 : mulDim(dy!.shape[0]!, dy!.shape[1]!);
    const single = node.step("Reshape", [gradient, model.shape([images, 1, ...outputs])]);
    const kernel = model.constant(onesTensor([1, 1, ...kernelShape], typeof weight === "number" ? weight : 1));
    const transposed = { ...windows, pads, outputs, strides, dilations: strides.map(() => 1), group: 1 };
    const spread = transposedConv(node, single, kernel, "float32", transposed);
    node.finishCast(node.step("Reshape", [spread, model.shape(inputShape)], { allowzero: 1 }), "float32");
  },
};
