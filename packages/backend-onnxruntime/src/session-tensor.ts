import type { DType, StaticShape, Tensor } from "@lamella/ir";
import type { DeviceTensor } from "@lamella/runtime";

import { disposed } from "./errors.ts";
import { freeData } from "./free-data.ts";

/** What a session in this thread gave. Unless somebody read it, its memory is free as soon as it is disposed of. */
export class SessionTensor implements DeviceTensor {
  readonly shape: StaticShape;
  readonly dtype: DType;
  private held: Tensor | undefined;
  private wasRead = false;
  /** The runs that it goes into now. */
  private runs = 0;

  constructor(tensor: Tensor) {
    this.shape = tensor.shape;
    this.dtype = tensor.dtype;
    this.held = tensor;
  }

  async read(): Promise<Tensor> {
    this.wasRead = true;
    return this.value;
  }

  /** Takes the value into a run, which has to end with `leave`. */
  enter(): Tensor {
    const { value } = this;
    this.runs += 1;
    return value;
  }

  leave(value: Tensor): void {
    this.runs -= 1;
    if (this.held === undefined) this.free(value);
  }

  dispose(): void {
    const { held } = this;
    this.held = undefined;
    if (held !== undefined) this.free(held);
  }

  private get value(): Tensor {
    if (this.held === undefined) throw disposed("tensor", "onnxruntime");
    return this.held;
  }

  private free({ data }: Tensor): void {
    if (!this.wasRead && this.runs === 0) freeData(data);
  }
}
