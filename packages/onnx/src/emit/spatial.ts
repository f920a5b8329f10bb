import type { EmitTable } from "./graph.ts";
import { finishWith, kernelDType } from "./kernels.ts";
import { transposedConv } from "./transposed-conv.ts";
import { convWindows, knownPads, padded, padsOfWindows, poolAttributes, poolKey, spatialSizes } from "./windows.ts";

/** Forward operators and the input gradient of Conv. All tensors have their channels first; see channelsFirst(). */
export const spatial: Pick<EmitTable, "Conv" | "ConvInputGrad" | "MaxPool" | "AveragePool"> = {
  /** With a number a channel that is added to it, where there is one; see biasedConvs(). */
  Conv(node) {
    const { strides, dilations, group } = node.attributes;
    const [x, weight] = node.inputs;
    const windows = convWindows(x!.shape, weight!.shape, node.attributes);
    const attributes = { kernel_shape: windows.kernel, strides, dilations, group };
    const pads = knownPads(windows);
    const bias = node.graph.biasOf(node.source.outputs[0]!);
    const rest = [weight!.wire, ...(bias === undefined ? [] : [bias])];
    if (pads !== undefined) return finishWith(node, "Conv", [x!.wire, ...rest], { ...attributes, pads });
    const isDilated = dilations.some((dilation) => dilation !== 1);
    if (!isDilated) return finishWith(node, "Conv", [x!.wire, ...rest], { ...attributes, auto_pad: "SAME_UPPER" });
    const input = padded(node, x!.wire, padsOfWindows(windows), node.scalar(x!.dtype, 0));
    finishWith(node, "Conv", [input, ...rest], attributes);
  },
  ConvInputGrad(node) {
    const { strides, dilations, group, inputShape } = node.attributes;
    const [dy, weight] = node.inputs;
    const windows = convWindows(inputShape, weight!.shape, node.attributes);
    const pads = padsOfWindows(windows);
    const dtype = kernelDType("ConvTranspose", dy!.dtype);
    const [gradient, kernel] = node.wires.map((wire) => (dtype === dy!.dtype ? wire : node.cast(wire, dtype)));
    const outputs = spatialSizes(dy!.shape);
    const transposed = { ...windows, pads, outputs, strides, dilations, group };
    node.finishCast(transposedConv(node, gradient!, kernel!, dtype, transposed), dtype);
  },
  MaxPool(node) {
    const [x] = node.inputs;
    const attributes = poolAttributes(node, x!.shape);
    const key = poolKey(node.source.inputs[0]!, node.attributes);
    if (kernelDType("MaxPool", x!.dtype) !== x!.dtype || !node.graph.wantsPoolIndices(key)) {
      return finishWith(node, "MaxPool", node.wires, attributes);
    }
    const indices = node.model.names.unique(`${node.name}/Indices`);
    node.finish("MaxPool", node.wires, attributes, [indices]);
    node.graph.setPoolIndices(key, indices);
  },
  AveragePool(node) {
    finishWith(node, "AveragePool", node.wires, poolAttributes(node, node.inputs[0]!.shape));
  },
};
