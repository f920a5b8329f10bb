import { LamellaError, type PrimitiveGraph, Tensor, type TypedArray } from "@lamella/ir";
import { toOnnx } from "@lamella/onnx";
import {
  type Backend,
  bindFeeds,
  type DeviceTensor,
  type Executable,
  type Feeds,
  freezeInputs,
  hostTensor,
  readFeed,
} from "@lamella/runtime";
import type { Tensor as OrtTensor } from "onnxruntime-node";

import type { OnnxRuntimeOptions } from "./options.ts";
import { loadOrt, type OrtModule, type OrtSession, sessionOptions, wrapOrtError } from "./ort.ts";

class SessionExecutable implements Executable {
  private readonly graph: PrimitiveGraph;
  private readonly ort: OrtModule;
  private session: OrtSession | undefined;

  constructor(graph: PrimitiveGraph, ort: OrtModule, session: OrtSession) {
    this.graph = graph;
    this.ort = ort;
    this.session = session;
  }

  async run(feeds: Feeds): Promise<Record<string, DeviceTensor>> {
    const { graph, session } = this;
    if (session === undefined) {
      throw new LamellaError("state", { where: graph.name, problem: "The executable has been disposed." });
    }
    bindFeeds(graph, feeds);
    const inputs: Record<string, OrtTensor> = {};
    for (const [i, { name }] of graph.inputs.entries()) {
      inputs[session.inputNames[i]!] = this.toOrt(await readFeed(feeds[name]!));
    }
    let results: Awaited<ReturnType<OrtSession["run"]>>;
    try {
      results = await session.run(inputs);
    } catch (error) {
      throw wrapOrtError(error, graph.name);
    }
    await new Promise((resolve) => setImmediate(resolve));
    return Object.fromEntries(
      graph.outputs.map(({ name, value }, i) => {
        const { data, dims } = results[session.outputNames[i]!]!;
        const { dtype } = graph.values[value]!;
        const bytes = data as Exclude<TypedArray, bigint[]>;
        const values = dtype === "float16" ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes;
        return [name, hostTensor(new Tensor(dtype, [...dims], values))];
      }),
    );
  }

  async dispose(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await session?.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  private toOrt({ dtype, data, shape }: Tensor): OrtTensor {
    const shared = typeof SharedArrayBuffer !== "undefined" && data.buffer instanceof SharedArrayBuffer;
    const own = shared ? data.slice() : data;
    const { Tensor: Constructor } = this.ort;
    if (dtype !== "float16") return new Constructor(dtype, own as Float32Array, shape);
    // The native side takes float16 as Uint16Array only, the constructor turns that into a Float16Array where there is one.
    const halves = new Constructor("uint16", own as Uint16Array, shape);
    return Object.defineProperty(halves, "type", { value: "float16" });
  }
}

/** Runs primitive graphs through ONNX Runtime. */
export function onnxruntime(options: OnnxRuntimeOptions = {}): Backend {
  const { device = "cpu" } = options;
  return {
    name: `onnxruntime-${device}`,
    check: async () => undefined,
    upload: hostTensor,
    compile: async (graph, { label, constants = {} } = {}) => {
      const named = label === undefined ? graph : { ...graph, name: label };
      const frozen = freezeInputs(named, constants);
      const ort = await loadOrt();
      try {
        const session = await ort.InferenceSession.create(toOnnx(frozen), sessionOptions(options));
        return new SessionExecutable(frozen, ort, session);
      } catch (error) {
        throw wrapOrtError(error, named.name);
      }
    },
  };
}
