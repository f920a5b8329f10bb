import { type DType, LamellaError, type StaticShape, Tensor } from "@lamella/ir";
import type { DeviceTensor } from "@lamella/runtime";
import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";

import type { Handle } from "./device.ts";
import { fromTf, tfDType, toTf } from "./dtypes.ts";
import type { Machine } from "./machine.ts";

/** A tensor on the device. It is the caller's. */
export function upload(machine: Machine, tensor: Tensor): Handle {
  const data = toTf(tensor);
  return machine.scoped(() => [machine.write(data, tensor.shape, tfDType(tensor.dtype))])[0]!;
}

/** A value on a device, which it owns. */
interface OnDevice {
  readonly machine: Machine;
  readonly handle: Handle;
}

/** A value of TensorFlow.js: on the host until it is used for the first time, then on the device. */
export class TfjsTensor implements DeviceTensor {
  readonly shape: StaticShape;
  readonly dtype: DType;
  private held: Tensor | OnDevice | undefined;

  constructor(dtype: DType, shape: StaticShape, held: Tensor | OnDevice) {
    this.dtype = dtype;
    this.shape = shape;
    this.held = held;
  }

  /** The value on a device, uploaded if need be; undefined when it is on another one. It stays the tensor's. */
  on(machine: Machine): Handle | undefined {
    let held = this.expectHeld();
    if (held instanceof Tensor) {
      held = { machine, handle: upload(machine, held) };
      this.held = held;
    }
    return held.machine === machine ? held.handle : undefined;
  }

  /** A tensor of tfjs with the same elements, on the device, the caller's; undefined as long as they are on the host. */
  copied(): TfTensor | undefined {
    const held = this.expectHeld();
    return held instanceof Tensor ? undefined : held.machine.tensorOf(held.handle);
  }

  async read(): Promise<Tensor> {
    const held = this.expectHeld();
    if (held instanceof Tensor) return held;
    const data = await held.machine.read(held.handle);
    return new Tensor(this.dtype, this.shape, fromTf(this.dtype, data));
  }

  dispose(): void {
    const { held } = this;
    this.held = undefined;
    if (held !== undefined && !(held instanceof Tensor)) held.machine.free(held.handle);
  }

  private expectHeld(): Tensor | OnDevice {
    if (this.held !== undefined) return this.held;
    throw new LamellaError("state", {
      problem: "The tensor has been disposed.",
      hint: "Read a value before disposing of it.",
    });
  }
}
