import { LamellaError } from "@lamella/ir";
import type * as Ort from "onnxruntime-node";

import type { OnnxRuntimeOptions } from "./options.ts";

export type OrtModule = typeof Ort;
export type OrtSession = Ort.InferenceSession;

let loading: Promise<OrtModule> | undefined;

/** ONNX Runtime for this platform, loaded the first time somebody needs it. */
export function loadOrt(): Promise<OrtModule> {
  loading ??= import("onnxruntime-node").then((module) =>
    "default" in module ? (module.default as OrtModule) : module,
  );
  return loading;
}

/** The options of a session, as ONNX Runtime takes them. */
export function sessionOptions(options: OnnxRuntimeOptions): Ort.InferenceSession.SessionOptions {
  const { device = "cpu", intraOpThreads, interOpThreads, allowSpinning, graphOptimization = "all" } = options;
  return {
    executionProviders: [device],
    graphOptimizationLevel: graphOptimization,
    logSeverityLevel: 3,
    ...(intraOpThreads !== undefined && { intraOpNumThreads: intraOpThreads }),
    ...(interOpThreads !== undefined && {
      interOpNumThreads: interOpThreads,
      executionMode: interOpThreads > 1 ? ("parallel" as const) : ("sequential" as const),
    }),
    ...(allowSpinning === false && {
      extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
    }),
  };
}

/** What ONNX Runtime threw, with the node that its message names. */
export function wrapOrtError(error: unknown, label: string): LamellaError {
  if (error instanceof LamellaError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const node = /Name:\s?'([^']+)'/.exec(message)?.[1] ?? /Node \(([^)]+)\)/.exec(message)?.[1];
  return new LamellaError("unsupported", {
    where: node ?? label,
    problem: `ONNX Runtime failed: ${message.replace(/\.?\s*$/, ".")}`,
    cause: error,
  });
}
