import type * as tf from "@tensorflow/tfjs-core";

import type { Chain } from "./wasm/chain-code.ts";
import type { Functions, WasmFunction } from "./wasm/functions.ts";

/** Where TensorFlow.js computes. */
export type DeviceName = "gpu" | "native" | "webgpu" | "webgl" | "wasm" | "cpu";

/** The module `@tensorflow/tfjs-core`. */
export type TfCore = typeof tf;

/** The dtypes that TensorFlow.js computes in. */
export type TfDType = "float32" | "int32" | "bool";

/** A value of TensorFlow.js: where its elements are, with a shape and a dtype. */
export interface Handle {
  readonly dataId: object;
  readonly shape: readonly number[];
  readonly dtype: TfDType;
}

export type HostArray = Float32Array | Int32Array | Uint8Array;

/** Memory of a device that JavaScript can read and write in place. */
export interface HostMemory {
  /** The elements of a value. Allocating may invalidate it. */
  view(x: Handle): HostArray;
  /** A new value; its elements may be anything. */
  allocate(shape: readonly number[], dtype: TfDType): Handle;
}

/** Functions of our own in the memory of a device. */
export interface DeviceCode {
  /** Where the elements of a value are. */
  readonly address: (x: Handle) => number;
  readonly functions: Functions;
  /** The function of a chain. */
  readonly chain: (chain: Chain) => WasmFunction;
}

/** A device that is ready to compute. */
export interface LoadedDevice {
  /** The copy of tfjs-core that the device registered itself in. */
  readonly core: TfCore;
  /** The initialised backend's name in that copy's registry, as `core.setBackend` takes it: wasm, cpu, tensorflow, ... */
  readonly backend: string;
  /** For devices that compute in the host's memory. */
  readonly memory?: HostMemory;
  /** For devices whose memory is WebAssembly's, where that has all that the functions need. */
  readonly code?: DeviceCode;
  /**
   * Whether its kernels make tensors by way of tfjs's global engine (tfjs-node): they then run with the backend set as
   * the global one. Others are called directly. Default: false.
   */
  readonly usesEngine?: boolean;
  /** What such a device does without the engine; its values are none of tfjs's tensors. */
  readonly operations?: {
    run(
      kernel: string,
      inputs: Readonly<Record<string, Handle | undefined>> | readonly Handle[],
      attributes: Readonly<Record<string, unknown>>,
    ): readonly Handle[] | undefined;
  };
  /** Whether its depthwise convolutions must have equal strides and no dilations (TensorFlow). Default: false. */
  readonly plainDepthwise?: boolean;
  /**
   * Whether integers are not kept apart from floats (webgpu): casts to floats only say so, and Transpose, which reductions
   * use, gives anything for integers. Default: false.
   */
  readonly looseIntegers?: boolean;
  /** Whether Mean multiplies every element by the rounded reciprocal of their number (webgl). Default: false. */
  readonly roughMean?: boolean;
}

/** One way to compute with TensorFlow.js. Nothing is loaded before one of its functions is called. */
export interface Device {
  readonly name: DeviceName;
  /**
   * Why the device cannot be used here, and what to install or to do, as sentences a user can act on; undefined when it
   * can. May load the device; leaves tfjs's global backend as it was.
   */
  check(): Promise<string | undefined>;
  /**
   * Loads the packages, registers the backend and initialises it (`initialize` in initialize.ts). Called again, it gives
   * the same device. It does not set tfjs's global backend, or puts it back.
   *
   * @throws LamellaError `unavailable` with what `check` says.
   */
  load(): Promise<LoadedDevice>;
}
