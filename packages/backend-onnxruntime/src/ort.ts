import type { DType, StaticShape, Tensor } from "@lamella/ir";
import type * as Ort from "onnxruntime-node";

import type { OnnxRuntimeOptions } from "./options.ts";

// This file runs in the worker thread, too: it imports no other package at run time.

/** A tensor as it is told from one thread to another. */
export type PlainTensor = Pick<Tensor, "dtype" | "shape" | "data">;

type OrtModule = Pick<typeof Ort, "InferenceSession" | "Tensor">;

let loading: Promise<OrtModule> | undefined;

/** ONNX Runtime for this platform (see "imports" in package.json), loaded the first time somebody needs it. */
function loadOrt(): Promise<OrtModule> {
  loading ??= import("#onnxruntime");
  return loading;
}

function sessionOptions(options: OnnxRuntimeOptions): Ort.InferenceSession.SessionOptions {
  const { device = "cpu", intraOpThreads, interOpThreads, allowSpinning, graphOptimization = "all" } = options;
  return {
    executionProviders: [device],
    graphOptimizationLevel: graphOptimization,
    // Fatal errors only: others are thrown, and need not be printed as well.
    logSeverityLevel: 4,
    ...(intraOpThreads !== undefined && { intraOpNumThreads: intraOpThreads }),
    ...(interOpThreads !== undefined && {
      interOpNumThreads: interOpThreads,
      executionMode: interOpThreads > 1 ? ("parallel" as const) : ("sequential" as const),
    }),
    extra: {
      session: {
        set_denormal_as_zero: (options.flushDenormals ?? options.worker ?? false) ? "1" : "0",
        ...(allowSpinning !== undefined && {
          intra_op: { allow_spinning: allowSpinning ? "1" : "0" },
          inter_op: { allow_spinning: allowSpinning ? "1" : "0" },
        }),
      },
    },
  };
}

function toOrt({ Tensor: Constructor }: OrtModule, { dtype, data, shape }: PlainTensor): Ort.Tensor {
  // ONNX Runtime reads typed arrays in place, but not where threads share the memory.
  const shared = typeof SharedArrayBuffer !== "undefined" && data.buffer instanceof SharedArrayBuffer;
  const own = shared ? data.slice() : data;
  if (dtype !== "float16") return new Constructor(dtype, own as Float32Array, shape);
  // The native side takes float16 as Uint16Array only; the constructor turns that into a Float16Array where there is one.
  const halves = new Constructor("uint16", own as Uint16Array, shape);
  return Object.defineProperty(halves, "type", { value: "float16" });
}

function fromOrt({ data, dims, type }: Ort.Tensor): PlainTensor {
  const values = data as Exclude<Ort.Tensor["data"], string[]>;
  const plain = type === "float16" ? new Uint16Array(values.buffer, values.byteOffset, values.length) : values;
  return { dtype: type as DType, shape: [...dims] as StaticShape, data: plain as Tensor["data"] };
}

/** An open session. Inputs and outputs go by their place in the graph. */
export interface OrtSession {
  run(inputs: readonly PlainTensor[]): Promise<PlainTensor[]>;
  release(): Promise<void>;
}

/** How many sessions this thread has opened and released. */
export const sessionCounts = { opened: 0, released: 0 };

export async function openSession(model: Uint8Array, options: OnnxRuntimeOptions): Promise<OrtSession> {
  const ort = await loadOrt();
  const session = await ort.InferenceSession.create(model, sessionOptions(options));
  sessionCounts.opened++;
  return {
    run: async (inputs) => {
      const feeds = inputs.map((input, i) => [session.inputNames[i]!, toOrt(ort, input)] as const);
      const results = await session.run(Object.fromEntries(feeds));
      return session.outputNames.map((name) => fromOrt(results[name]!));
    },
    release: async () => {
      await session.release();
      sessionCounts.released++;
    },
  };
}
