import { defineLayer } from "../define-layer.ts";
import { addDim, type Dim, mulDim, subDim } from "../dim.ts";
import { fields } from "../fields.ts";
import { ConvInputGrad } from "../operators.ts";
import { channelAxis, spatialAxes } from "../primitives/shape-rules.ts";
import { biasAndActivation, dataFormat, kernelFields, layoutOf } from "./common.ts";
import { requireStrideOrDilation } from "./convolution.ts";
import { each, kernelFor, perChannel, requireSpatial } from "./spatial.ts";

interface Axis {
  readonly stride: number;
  /** The size of the kernel with its dilation. */
  readonly extent: number;
  /** What the user adds at the end; null leaves it to Keras. */
  readonly outputPadding: number | null;
}

/** The size of one axis afterwards, and by how much the convolution back to `size` pads it. */
function unconvolved(size: Dim, same: boolean, { stride, extent, outputPadding }: Axis): readonly [Dim, number] {
  const covered = mulDim(subDim(size, 1), stride);
  if (!same) return [addDim(covered, extent + (outputPadding ?? Math.max(0, stride - extent))), 0];
  if (outputPadding === null) return [mulDim(size, stride), Math.max(0, extent - stride)];
  const last = (extent % 2) + outputPadding;
  return [addDim(covered, last), Math.max(0, extent - last)];
}

/** The definition of a transposed convolution over `rank` spatial axes: the gradient of a convolution to its input. */
function transposedConvolution(type: string, rank: number) {
  return defineLayer({
    type,
    fields: {
      filters: fields.integer({ min: 1 }),
      kernelSize: fields.sizes(rank),
      strides: fields.sizes(rank, { default: each(rank, 1) }),
      padding: fields.choice(["valid", "same"], "valid"),
      outputPadding: fields.orNull(fields.sizes(rank, { min: 0 })),
      dataFormat: dataFormat(),
      dilationRate: fields.sizes(rank, { default: each(rank, 1) }),
      ...kernelFields,
    },
    positional: ["filters", "kernelSize"],
    casts: "all",
    lower(context, [x]) {
      const { config } = context;
      const { tensor } = x!;
      const { filters, strides, outputPadding } = config;
      const layout = layoutOf(config.dataFormat);
      requireSpatial(context, tensor, rank);
      requireStrideOrDilation(context, config);
      const same = config.padding === "same";
      const axes = config.kernelSize.map((size, i): Axis => ({
        stride: strides[i]!,
        extent: (size - 1) * config.dilationRate[i]! + 1,
        outputPadding: outputPadding?.[i] ?? null,
      }));
      if (axes.some((axis) => axis.outputPadding !== null && axis.outputPadding >= axis.stride)) {
        throw context.error("config", {
          problem: "outputPadding must be below strides.",
          received: `outputPadding [${outputPadding!.join(", ")}], strides [${strides.join(", ")}]`,
        });
      }
      if (same && axes.some((axis) => axis.outputPadding === 0 && axis.extent % 2 === 0)) {
        throw context.error("config", {
          problem: "With padding 'same', a kernel of even size needs an outputPadding above 0.",
          expected: "outputPadding from 1 to strides - 1, or null",
          received: `kernelSize [${config.kernelSize.join(", ")}], outputPadding [${outputPadding!.join(", ")}]`,
        });
      }
      const kernel = context.weight(
        "kernel",
        [...config.kernelSize, filters, tensor.shape[channelAxis(tensor.rank, layout)]!],
        {
          initializer: config.kernelInitializer,
          regularizer: config.kernelRegularizer,
          constraint: config.kernelConstraint,
        },
      );
      const inputShape = [...tensor.shape];
      inputShape[channelAxis(tensor.rank, layout)] = filters;
      const totals = spatialAxes(tensor.rank, layout).map((axis, i) => {
        const [size, total] = unconvolved(tensor.shape[axis]!, same, axes[i]!);
        inputShape[axis] = size;
        return total;
      });
      const begins = totals.map((total) => Math.floor(total / 2));
      const spread = ConvInputGrad(tensor, kernelFor(kernel, layout), {
        layout,
        strides,
        pads: [...begins, ...totals.map((total, i) => total - begins[i]!)],
        dilations: config.dilationRate,
        group: 1,
        inputShape,
      });
      return biasAndActivation(context, spread, filters, (bias) => perChannel(bias, layout, rank));
    },
  });
}

/** Transposed convolution over steps. (Keras: Conv1DTranspose.) */
export const conv1dTranspose = transposedConvolution("Conv1DTranspose", 1);

/** Transposed convolution over height and width. (Keras: Conv2DTranspose.) */
export const conv2dTranspose = transposedConvolution("Conv2DTranspose", 2);

/** Transposed convolution over depth, height and width. (Keras: Conv3DTranspose.) */
export const conv3dTranspose = transposedConvolution("Conv3DTranspose", 3);
