import { LamellaError, sizeOf } from "@lamella/ir";
import type { KernelBackend, NamedAttrMap, NamedTensorInfoMap, Tensor, TensorInfo } from "@tensorflow/tfjs-core";

import type { DeviceCode, Handle, HostArray, HostMemory, LoadedDevice, TfCore, TfDType } from "./device.ts";

function isTfTensor(x: Handle): x is Handle & Tensor {
  return "dispose" in x;
}

const infoOf = (x: Handle): TensorInfo => ({ ...x, shape: [...x.shape] });

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

type Inputs = Readonly<Record<string, Handle | undefined>> | readonly Handle[];
type Attributes = Readonly<Record<string, unknown>>;
type Result = TensorInfo | Handle | readonly (TensorInfo | Handle)[];

/**
 * Runs kernels of TensorFlow.js on one device and owns what they make. What is made inside `scoped` and not given out of
 * it is freed at its end.
 */
export class Machine {
  /** Set when JavaScript can read and write the values in place. */
  readonly memory: HostMemory | undefined;
  /** Set when there are functions of our own in that memory. */
  readonly code: DeviceCode | undefined;
  /** Whether depthwise convolutions must have equal strides and no dilations. */
  readonly plainDepthwise: boolean;
  /** Whether kernels are TensorFlow's own. */
  readonly usesEngine: boolean;
  /** Whether integers are transposed as floats. */
  readonly looseIntegers: boolean;
  /** Whether a mean is better made of a sum. */
  readonly roughMean: boolean;
  private readonly operations: LoadedDevice["operations"];
  private readonly core: TfCore;
  private readonly backendName: string;
  private readonly backend: KernelBackend;
  private readonly rightShapes = new WeakMap<object, string>();
  private created: Handle[] = [];

  constructor({
    core,
    backend,
    memory,
    code,
    usesEngine = false,
    operations,
    plainDepthwise = false,
    looseIntegers = false,
    roughMean = false,
  }: LoadedDevice) {
    this.core = core;
    this.backendName = backend;
    this.backend = core.findBackend(backend);
    this.memory = memory;
    this.code = code;
    this.plainDepthwise = plainDepthwise;
    this.usesEngine = usesEngine;
    this.operations = operations;
    this.looseIntegers = looseIntegers;
    this.roughMean = roughMean;
  }

  has(kernel: string): boolean {
    return this.core.getKernel(kernel, this.backendName) !== undefined;
  }

  /** A kernel that gives one value. */
  run(kernel: string, inputs: Inputs, attributes: Attributes = {}): Handle {
    const result = this.call(kernel, inputs, attributes);
    return this.keep(Array.isArray(result) ? result[0] : result);
  }

  /** A kernel that gives several values. */
  runAll(kernel: string, inputs: Inputs, attributes: Attributes = {}): readonly Handle[] {
    const result = this.call(kernel, inputs, attributes);
    return (Array.isArray(result) ? result : [result]).map((info: TensorInfo | Handle) => this.keep(info));
  }

  /** The elements in another dtype. */
  cast(x: Handle, dtype: TfDType): Handle {
    const result = this.run("Cast", { x }, { dtype });
    if (!this.looseIntegers || dtype !== "float32" || x.dtype === "float32") return result;
    return this.run("Multiply", { a: result, b: this.filled([], "float32", 1) });
  }

  /** A copy of elements on the device. */
  write(data: HostArray, shape: readonly number[], dtype: TfDType): Handle {
    const { core, backend, memory, usesEngine } = this;
    if (memory !== undefined) {
      const handle = this.allocate(shape, dtype);
      memory.view(handle).set(data);
      return handle;
    }
    if (usesEngine) return this.keep(core.engine().makeTensor(data, [...shape], dtype, backend));
    return this.keep({ dataId: backend.write(data, [...shape], dtype), shape: [...shape], dtype });
  }

  /** The product of stacks of matrices (batch, rows, columns). */
  matMul(a: Handle, b: Handle, transpose: { readonly a?: boolean; readonly b?: boolean } = {}): Handle {
    const attributes = { transposeA: transpose.a ?? false, transposeB: transpose.b ?? false };
    if (this.memory === undefined) return this.run("BatchMatMul", { a, b }, attributes);
    // wasm keeps what it makes of the right matrices by their data alone, and takes it for matrices of any shape.
    const shape = b.shape.join();
    const known = this.rightShapes.get(b.dataId) ?? shape;
    this.rightShapes.set(b.dataId, known);
    const right = known === shape ? b : this.run("Identity", { x: b });
    return this.run("BatchMatMul", { a, b: right }, attributes);
  }

  /** A value that every element has. */
  filled(shape: readonly number[], dtype: TfDType, value: number): Handle {
    if (this.memory !== undefined) {
      const handle = this.allocate(shape, dtype);
      this.memory.view(handle).fill(value);
      return handle;
    }
    return this.write(new arrays[dtype](sizeOf(shape)).fill(value), shape, dtype);
  }

  /** New memory of a device whose memory is the host's. */
  allocate(shape: readonly number[], dtype: TfDType): Handle {
    if (this.memory === undefined) throw new LamellaError("state", { problem: "The device's memory is not at hand." });
    return this.keep(this.memory.allocate(shape, dtype));
  }

  /** The same elements under another shape, without a copy. It is freed by itself. */
  reshape(x: Handle, shape: readonly number[]): Handle {
    if (this.usesEngine) return this.reshapeByKernel(x, shape);
    this.backend.incRef(x.dataId);
    return this.keep({ dataId: x.dataId, shape: [...shape], dtype: x.dtype });
  }

  /** TensorFlow's own values have their shapes: another shape is another value, and an operation. */
  private reshapeByKernel(x: Handle, shape: readonly number[]): Handle {
    const isSame = shape.length === x.shape.length && shape.every((size, axis) => size === x.shape[axis]);
    if (!isSame) return this.run("Reshape", { x }, { shape: [...shape] });
    if (isTfTensor(x)) return this.run("Identity", { x });
    this.backend.incRef(x.dataId);
    return this.keep({ ...x, shape: [...shape] });
  }

  /**
   * A tensor of tfjs with a copy of the elements, on the device. It is the caller's. No reference to the same data will do:
   * tfjs takes data away to another backend when that becomes the global one.
   */
  tensorOf(x: Handle): Tensor {
    const [copy] = this.inCharge(() => this.scoped(() => [this.copy(x)])) as readonly [Handle];
    return isTfTensor(copy) ? copy : this.core.engine().makeTensorFromTensorInfo(infoOf(copy), this.backend);
  }

  private copy(x: Handle): Handle {
    if (this.memory !== undefined) return this.write(this.memory.view(x).slice(), x.shape, x.dtype);
    if (x.dtype === "bool") return this.run("LogicalOr", { a: x, b: x });
    return this.run("Multiply", { a: x, b: this.filled([], x.dtype, 1) });
  }

  /** A copy of the elements. WebGL's Cast gives the same data another dtype: they may come back as those of the former one. */
  async read(x: Handle): Promise<HostArray> {
    if (this.memory !== undefined) return this.memory.view(x).slice();
    const values = (await this.backend.read(x.dataId)) as HostArray;
    const array = arrays[x.dtype];
    return values instanceof array ? values : array.from(values);
  }

  free(x: Handle): void {
    if (isTfTensor(x)) x.dispose();
    // Where tfjs has had a tensor of it, it counts the data.
    else if (this.backend.disposeData(x.dataId)) this.core.engine().removeDataId(x.dataId, this.backend);
  }

  /** Does work and frees what it made, but for what it gives back. That belongs to the caller. */
  scoped(work: () => readonly Handle[]): readonly Handle[] {
    const outer = this.created;
    const own: Handle[] = [];
    this.created = own;
    let given: readonly Handle[] = [];
    try {
      given = work();
      return given;
    } finally {
      this.created = outer;
      for (const handle of own) if (!given.includes(handle)) this.free(handle);
    }
  }

  /** Makes a value that was given out of an inner scope one of the present scope. */
  adopt(x: Handle): Handle {
    this.created.push(x);
    return x;
  }

  /** Frees a value of the present scope before its end. */
  discard(x: Handle): void {
    this.created.splice(this.created.lastIndexOf(x), 1);
    this.free(x);
  }

  /** Does work, all at once, during which the kernels run on this device. */
  inCharge<T>(work: () => T): T {
    const engine = this.core.engine();
    const previous = engine.backendName;
    if (!this.usesEngine || previous === this.backendName) return work();
    // Both backends are initialised: what setBackend does, it has done when it returns its promise.
    void engine.setBackend(this.backendName);
    try {
      return work();
    } finally {
      if (previous !== undefined && engine.registry[previous] !== undefined) void engine.setBackend(previous);
    }
  }

  private call(kernel: string, inputs: Inputs, attributes: Attributes): Result {
    const { core, backend, backendName } = this;
    const found = core.getKernel(kernel, backendName);
    if (found === undefined) {
      throw new LamellaError("unsupported", {
        problem: `The kernel ${kernel} is missing in TensorFlow.js's backend '${backendName}'.`,
        hint: "Use another device.",
      });
    }
    const given = inputs as unknown as NamedTensorInfoMap;
    const attrs = attributes as NamedAttrMap;
    if (!this.usesEngine) return found.kernelFunc({ inputs: given, attrs, backend });
    return this.operations?.run(kernel, inputs, attributes) ?? this.callByEngine(kernel, inputs, attrs);
  }

  /** Kernels that the engine calls may take their inputs for its tensors. */
  private callByEngine(kernel: string, inputs: Inputs, attributes: NamedAttrMap): Result {
    const lent: Tensor[] = [];
    const lend = (x: Handle | undefined) => {
      if (x === undefined || isTfTensor(x)) return x;
      this.backend.incRef(x.dataId);
      const tensor = this.core.engine().makeTensorFromTensorInfo(infoOf(x), this.backend);
      lent.push(tensor);
      return tensor;
    };
    const given = Array.isArray(inputs)
      ? inputs.map(lend)
      : Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, lend(x)]));
    try {
      return this.core.engine().runKernel(kernel, given as never, attributes);
    } finally {
      for (const tensor of lent) tensor.dispose();
    }
  }

  private keep(info: TensorInfo | Handle): Handle {
    const handle = info as Handle;
    this.created.push(handle);
    return handle;
  }
}
