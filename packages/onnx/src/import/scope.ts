import {
  Cast,
  Concat,
  type Dim,
  DimSize,
  type GraphBuilder,
  LamellaError,
  Reshape,
  Tensor,
  type Tracer,
} from "@lamella/ir";

import type { GraphProto } from "../gen/onnx_pb.ts";
import type { Known } from "./known.ts";

/** The names that a graph uses and does not define, its inner graphs included. */
export function freeNames(graph: GraphProto): ReadonlySet<string> {
  const own = new Set([...graph.input, ...graph.initializer].map(({ name }) => name));
  for (const node of graph.node) for (const name of node.output) own.add(name);
  const used = graph.node.flatMap((node) => [
    ...node.input,
    ...node.attribute.flatMap(({ g }) => (g === undefined ? [] : [...freeNames(g)])),
  ]);
  return new Set([...used, ...graph.output.map(({ name }) => name)].filter((name) => name !== "" && !own.has(name)));
}

/** The names of a graph that is being read, and of those around it. */
export class Scope {
  readonly builder: GraphBuilder;
  private readonly outer: Scope | undefined;
  private readonly names = new Map<string, Known>();
  private readonly nodes = new Map<string, Tracer>();

  constructor(builder: GraphBuilder, outer?: Scope) {
    this.builder = builder;
    this.outer = outer;
  }

  define(name: string, known: Known): void {
    if (name !== "") this.names.set(name, known);
  }

  known(name: string): Known {
    const known = this.names.get(name) ?? this.outer?.known(name);
    if (known !== undefined) return known;
    throw new LamellaError("format", { problem: `The model uses '${name}' before it defines it.` });
  }

  /** A name as a value of this graph. Constants and sizes become nodes of it. */
  tracer(name: string): Tracer {
    const known = this.known(name);
    if (known.kind === "value") return known.tracer;
    if (known.kind === "indices") {
      throw new LamellaError("unsupported", { problem: "The Indices of MaxPool are for ScatterElements only." });
    }
    let tracer = this.nodes.get(name);
    if (tracer === undefined) {
      tracer =
        known.kind === "constant"
          ? this.builder.constant(known.tensor)
          : sizes(this.builder, known.dims, known.scalar, known.dtype);
      this.nodes.set(name, tracer);
    }
    return tracer;
  }
}

function sizes(builder: GraphBuilder, dims: readonly Dim[], scalar: boolean, dtype: "int32" | "int64"): Tracer {
  if (scalar) return Cast(DimSize(builder, dims[0]!), dtype);
  if (dims.every((dim) => typeof dim === "number")) {
    const data = dtype === "int64" ? BigInt64Array.from(dims, BigInt) : Int32Array.from(dims);
    return builder.constant(new Tensor(dtype, [dims.length], data));
  }
  return Concat(
    dims.map((dim) => Reshape(Cast(DimSize(builder, dim), dtype), [1])),
    0,
  );
}
