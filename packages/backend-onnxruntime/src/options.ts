/** Where ONNX Runtime computes. */
export type Device = "cpu" | "cuda" | "webgpu";

export interface OnnxRuntimeOptions {
  /** Default: cpu. A device that is not there is an error; nothing falls back. */
  readonly device?: Device;
  /** Threads inside one operator. Default: ONNX Runtime's, one for each physical core. */
  readonly intraOpThreads?: number;
  /** Operators that may run at the same time. Default: 1. */
  readonly interOpThreads?: number;
  /** Whether idle threads spin: faster on an idle machine, slower on a busy one. Default: true. */
  readonly allowSpinning?: boolean;
  /** Runs sessions in a worker thread, so that the event loop stays free. Default: false. */
  readonly worker?: boolean;
  /**
   * Counts numbers below the normal range (1e-38) as 0, as TensorFlow does. Arithmetic on them is many times slower, and
   * an optimizer's averages get there where gradients vanish. ONNX Runtime sets this for the whole calling thread, so that
   * JavaScript numbers below 1e-308 become 0 there too. Default: true in a worker, false else.
   */
  readonly flushDenormals?: boolean;
  /** Default: all. */
  readonly graphOptimization?: "all" | "extended" | "basic" | "disabled";
}
