import type { AnyLayer, StaticShape, Tensor } from "@lamella/ir";

import { own } from "./class-names.ts";
import { byBlocks, foldedInHalf, transposed } from "./transform.ts";

/** The weights of a recurrent layer that the file has in cuDNN's order, and their way to Keras's. */
export interface FromCudnn {
  readonly shape: (name: string, shape: StaticShape) => StaticShape;
  readonly value: (name: string, value: Tensor) => Tensor;
}

const gates: Readonly<Record<string, number>> = { LSTM: 4, GRU: 3 };

/**
 * How weights of CuDNNLSTM and CuDNNGRU become those of LSTM and GRU; undefined where they are those already. Told, as in Keras
 * 2, by the bias, of which cuDNN has two: LSTM's are added up, GRU's stand in two rows. Kernels are transposed, gate by gate.
 * (Keras 2: `_convert_rnn_weights`.)
 */
export function fromCudnn(layer: AnyLayer, shapeOf: (name: string) => StaticShape | undefined): FromCudnn | undefined {
  const count = own(gates, layer.type.replace(/Cell$/, ""));
  const bias = shapeOf("bias");
  const recurrent = shapeOf("recurrent_kernel");
  if (count === undefined || bias === undefined || recurrent === undefined) return undefined;
  if (bias.length !== 1 || bias[0] !== 2 * count * recurrent[0]!) return undefined;
  const units = recurrent[0]!;
  return {
    shape: (name, shape) => (name !== "bias" ? shape : count === 4 ? [count * units] : [2, count * units]),
    value: (name, value) => {
      if (name === "bias") return count === 4 ? foldedInHalf(value) : value.reshape([2, count * units]);
      const rows = value.shape[0]!;
      if (name === "recurrent_kernel") return byBlocks(value, count, (block) => transposed(block, [1, 0]));
      return byBlocks(value, count, (block) => transposed(block.reshape([units, rows]), [1, 0]));
    },
  };
}
