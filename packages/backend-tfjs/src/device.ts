import type * as tf from "@tensorflow/tfjs-core";

/** Where TensorFlow.js computes. */
export type DeviceName = "gpu" | "native" | "webgpu" | "webgl" | "wasm" | "cpu";

/** The module `@tensorflow/tfjs-core`. */
export type TfCore = typeof tf;

/** A device that is ready to compute. */
export interface LoadedDevice {
  /** The copy of tfjs-core that the device registered itself in. */
  readonly core: TfCore;
  /** The initialised backend's name in that copy's registry, as `core.setBackend` takes it: wasm, cpu, tensorflow, ... */
  readonly backend: string;
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
   * Loads the packages, registers the backend and initialises it (`core.findBackend` gives it afterwards). Called again,
   * it gives the same device. It does not set tfjs's global backend, or puts it back.
   *
   * @throws LamellaError `unavailable` with what `check` says.
   */
  load(): Promise<LoadedDevice>;
}
