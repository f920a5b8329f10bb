import { onnxruntime } from "@lamella/backend-onnxruntime";
import { tfjs } from "@lamella/backend-tfjs";
import { type Backend, reference } from "@lamella/runtime";

import type { CheckGroup } from "./check.ts";
import type { ExpectedFailures } from "./expected-failures.ts";
import { throughFormat, throughOnnx } from "./routes.ts";
import type { Subject } from "./subject.ts";

const all: readonly CheckGroup[] = ["model", "forward", "gradient"];

/** A subject whose results stand in FEATURES.md. */
export interface TestedSubject {
  readonly subject: Subject;
  /** Its columns in FEATURES.md, and the checks that each sums up. */
  readonly columns: readonly { readonly title: string; readonly groups: readonly CheckGroup[] }[];
}

function forwardAndGradient(backend: string): TestedSubject["columns"] {
  return [
    { title: `${backend}: forward`, groups: ["model", "forward"] },
    { title: "gradient", groups: ["gradient"] },
  ];
}

/** What TensorFlow.js cannot do, on any device. */
export const noInt64: ExpectedFailures = Object.fromEntries(
  ["shapes", "forward", "predict", "repeat", "mask", "training"].map((check) => [
    `integer-lookup/int64-unknown-length ${check}`,
    { reason: "TensorFlow.js keeps int64 as int32.", pattern: /TensorFlow\.js keeps int64 as int32/ },
  ]),
);

/** WGSL, in which WebGPU computes, promises less than float32 has. */
export const roughWgsl: ExpectedFailures = Object.fromEntries(
  ["forward", "predict", "training"].map((check) => [
    `add/partly-masked ${check}`,
    { reason: "WGSL lets Exp and Tanh be off by several units.", pattern: /1\.\d+ times the tolerance/ },
  ]),
);

export const subjects = {
  reference: { subject: { backend: reference() }, columns: forwardAndGradient("reference") },
  onnxruntime: {
    subject: { backend: onnxruntime({ intraOpThreads: 1 }) },
    columns: forwardAndGradient("ONNX Runtime CPU"),
  },
  tfjsWasm: {
    subject: { backend: tfjs({ device: "wasm" }), expectedFailures: noInt64 },
    columns: forwardAndGradient("TensorFlow.js wasm"),
  },
  tfjsCpu: {
    subject: { backend: tfjs({ device: "cpu" }), expectedFailures: noInt64 },
    columns: forwardAndGradient("TensorFlow.js cpu"),
  },
  tfjsNative: {
    subject: { backend: tfjs({ device: "native" }), expectedFailures: noInt64 },
    columns: forwardAndGradient("TensorFlow.js native"),
  },
  tfjsWebgpu: {
    subject: { backend: tfjs({ device: "webgpu" }), expectedFailures: { ...noInt64, ...roughWgsl } },
    columns: forwardAndGradient("TensorFlow.js webgpu"),
  },
  throughFormat: {
    subject: { backend: reference(), detour: throughFormat },
    columns: [{ title: "saved and loaded", groups: all }],
  },
  throughOnnx: {
    subject: { backend: throughOnnx(reference()) },
    columns: [{ title: "as ONNX and back", groups: all }],
  },
} as const satisfies Readonly<Record<string, TestedSubject>>;

/** The backends that train in tests, by their titles in FEATURES.md. */
export const trained = {
  reference: subjects.reference.subject.backend,
  "ONNX Runtime CPU": subjects.onnxruntime.subject.backend,
  "TensorFlow.js wasm": subjects.tfjsWasm.subject.backend,
  "TensorFlow.js cpu": subjects.tfjsCpu.subject.backend,
  "TensorFlow.js native": subjects.tfjsNative.subject.backend,
} as const satisfies Readonly<Record<string, Backend>>;

const { "TensorFlow.js cpu": _, ...quick } = trained;

/** Those that run the trajectories: TensorFlow.js's cpu is held to every gradient, and takes long for the rest. */
export const trajectoryBackends: Readonly<Record<string, Backend>> = quick;
