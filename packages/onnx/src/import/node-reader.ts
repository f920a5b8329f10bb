import { type Dim, type GraphBuilder, LamellaError, type Tracer } from "@lamella/ir";

import type { GraphProto, NodeProto } from "../gen/onnx_pb.ts";
import { dimsOf, type Known } from "./known.ts";
import { AttributeReader } from "./proto-reader.ts";
import type { Scope } from "./scope.ts";

/** Gives the outputs of one ONNX node. */
export type ImportRow = (node: NodeReader) => readonly (Known | Tracer)[] | Tracer;

/** One ONNX node that is being read. */
export class NodeReader {
  readonly proto: NodeProto;
  readonly scope: Scope;
  readonly attributes: AttributeReader;
  /** Reads a graph inside this node. */
  readonly readGraph: (graph: GraphProto, scope: Scope) => void;

  constructor(proto: NodeProto, scope: Scope, readGraph: NodeReader["readGraph"]) {
    this.proto = proto;
    this.scope = scope;
    this.attributes = new AttributeReader(proto.attribute);
    this.readGraph = readGraph;
  }

  get builder(): GraphBuilder {
    return this.scope.builder;
  }

  /** Whether an optional input is there. */
  has(index: number): boolean {
    return (this.proto.input[index] ?? "") !== "";
  }
  known(index: number): Known {
    return this.scope.known(this.inputName(index));
  }
  input(index: number): Tracer {
    return this.scope.tracer(this.inputName(index));
  }
  /** All inputs as values. */
  inputs(): Tracer[] {
    return this.proto.input.map((_, index) => this.input(index));
  }

  /** An input that says sizes, axes or places. */
  dims(index: number): readonly Dim[] {
    const dims = dimsOf(this.known(index));
    if (dims !== undefined) return dims;
    throw this.unsupported(`Its input ${index} is computed from data; it must follow from the sizes of the inputs.`);
  }
  numbers(index: number): readonly number[] {
    return this.dims(index).map((dim) => {
      if (typeof dim === "number") return dim;
      throw this.unsupported(`Its input ${index} must be numbers.`);
    });
  }

  unsupported(problem: string): LamellaError {
    return new LamellaError("unsupported", { problem: `${this.proto.opType}: ${problem}` });
  }

  private inputName(index: number): string {
    const name = this.proto.input[index] ?? "";
    if (name === "") throw new LamellaError("format", { problem: `${this.proto.opType} lacks its input ${index}.` });
    return name;
  }
}
