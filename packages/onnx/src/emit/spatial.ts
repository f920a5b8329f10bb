import { isStatic } from "@lamella/ir";

import type { EmitTable } from "./graph.ts";
import { finishWith, kernelDType } from "./kernels.ts";
import { convWindows, padAttributes, poolAttributes, poolKey, requiredPads, spatialSizes } from "./windows.ts";

/** Forward operators and the input gradient of Conv. All tensors have their channels first; see channelsFirst(). */
export const spatial: Pick<EmitTable, "Conv" | "ConvInputGrad" | "MaxPool" | "AveragePool"> = {
  Conv(node) {
    const { strides, dilations, group } = node.attributes;
    const [x, weight] = node.inputs;
    const windows = convWindows(x!.shape, weight!.shape, node.attributes);
    const dilated = dilations.some((dilation) => dilation !== 1);
    const pads = padAttributes(node, windows, dilated);
    finishWith(node, "Conv", node.wires, { kernel_shape: windows.kernel, strides, dilations, group, ...pads });
  },
  /**
   * ConvTranspose. Where the input's sizes are numbers, output_padding makes its output that large; elsewhere it is cut out
   * of an output padded by as much as a stride can leave over.
   */
  ConvInputGrad(node) {
    const { strides, dilations, group, inputShape } = node.attributes;
    const [dy, weight] = node.inputs;
    const windows = convWindows(inputShape, weight!.shape, node.attributes);
    const pads = requiredPads(node, windows);
    const count = strides.length;
    const common = { kernel_shape: windows.kernel, strides, dilations, group };
    const sizes = spatialSizes(inputShape);
    const outputs = spatialSizes(dy!.shape);
    if (isStatic(sizes) && isStatic(outputs)) {
      const excess = sizes.map((size, i) => {
        const covered = (outputs[i]! - 1) * strides[i]! + windows.extents[i]!;
        return size + pads[i]! + pads[i + count]! - covered;
      });
      const ends = excess.map((rest, i) => pads[i + count]! - Math.min(rest, pads[i + count]!));
      const padding = excess.map((rest, i) => Math.max(0, rest - pads[i + count]!));
      const exact = { ...common, pads: [...pads.slice(0, count), ...ends], output_padding: padding };
      return finishWith(node, "ConvTranspose", node.wires, exact);
    }
    const dtype = kernelDType("ConvTranspose", dy!.dtype);
    const inputs = dtype === dy!.dtype ? node.wires : node.wires.map((wire) => node.cast(wire, dtype));
    const zeros = strides.map(() => 0);
    const begins = pads.slice(0, count);
    const full = node.step("ConvTranspose", inputs, { ...common, pads: [...begins, ...zeros] });
    const rest = strides.map((stride) => stride - 1);
    const ends = node.model.ints([0, 0, ...zeros, 0, 0, ...rest]);
    const padded = rest.some((size) => size > 0) ? node.step("Pad", [full, ends, node.scalar(dtype, 0)]) : full;
    const axes = node.model.ints(sizes.map((_, i) => i + 2));
    const slice = [padded, node.model.ints(zeros), node.model.shape(sizes), axes] as const;
    if (dtype === dy!.dtype) node.finish("Slice", slice);
    else node.finishCast(node.step("Slice", slice), dtype);
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
