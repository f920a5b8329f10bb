import { LamellaError, Tensor } from "@lamella/ir";
import type { DeviceTensor } from "@lamella/runtime";
import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";

import { TfjsTensor } from "./device-tensor.ts";
import { tfDType, toTf as elementsOf } from "./dtypes.ts";

/** One tensor, or several; tensors of TensorFlow.js in their place. */
type AsTf<T> = T extends readonly unknown[] ? { -readonly [K in keyof T]: TfTensor } : TfTensor;

async function one(value: Tensor | DeviceTensor): Promise<TfTensor> {
  if (value instanceof TfjsTensor) {
    const copied = value.copied();
    if (copied !== undefined) return copied;
  }
  const tensor = value instanceof Tensor ? value : await value.read();
  const core = await import("@tensorflow/tfjs-core");
  if (core.engine().backendNames().length === 0) {
    throw new LamellaError("state", {
      where: "toTf",
      problem: "TensorFlow.js has no backend for a tensor.",
      hint: "Import one, such as @tensorflow/tfjs-backend-wasm, and set it with tf.setBackend.",
    });
  }
  return core.tensor(elementsOf(tensor).slice(), [...tensor.shape], tfDType(tensor.dtype));
}

/**
 * What a model predicts, or a run gives, as tensors of TensorFlow.js: the caller's, to be disposed of. Values on a device of
 * TensorFlow.js stay there; others go to the backend that is TensorFlow.js's global one. They are copies: what was given
 * stays as it is. int64, uint32 and uint8 become int32.
 *
 * @throws LamellaError `unsupported` for dtypes that TensorFlow.js does not have, `data` for whole numbers beyond int32
 */
export async function toTf<const T extends Tensor | DeviceTensor | readonly (Tensor | DeviceTensor)[]>(
  value: T,
): Promise<AsTf<T>> {
  const result = Array.isArray(value) ? await Promise.all(value.map(one)) : await one(value as Tensor | DeviceTensor);
  return result as AsTf<T>;
}
