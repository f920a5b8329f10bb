import { create } from "@bufbuild/protobuf";
import { type Dim, isSymbol, LamellaError, type PrimitiveGraph, type Shape, Tensor } from "@lamella/ir";

import { foldDim } from "../dim-text.ts";
import {
  type GraphProto,
  GraphProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
} from "../gen/onnx_pb.ts";
import { Names } from "../names.ts";
import { attributeProto, type AttributeValue, tensorProto, valueInfo } from "../proto.ts";

/** The name of a value in the model that is being written. */
export type Wire = string;

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Protocol buffers end at 2 GiB; the graph itself needs some of that. */
const largestModel = 2 ** 31 - 2 ** 26;

/** Constants without a name are shared up to this size. */
const sharedSize = 16;

/**
 * What all graphs of a model share: names, initializers, and the sizes that are computed when the model runs. These stand
 * at the front of the outermost graph, once for each dim expression; the bodies of Scans use them by name.
 */
export class ModelEmitter {
  readonly names = new Names();
  private readonly initializers: TensorProto[] = [];
  private bytes = 0;
  private readonly sizeNodes: NodeProto[] = [];
  private readonly shared = new Map<string, Wire>();
  private readonly dims = new Map<Dim, Wire>();
  private readonly shapes = new Map<string, Wire>();
  private readonly symbols = new Map<string, { readonly wire: Wire; readonly axis: number }>();

  /** Makes the symbols in the shape of a graph input known. */
  addSource(wire: Wire, shape: Shape): void {
    for (const [axis, dim] of shape.entries()) {
      if (typeof dim === "string" && isSymbol(dim) && !this.symbols.has(dim)) this.symbols.set(dim, { wire, axis });
    }
  }

  /** An initializer. Scalars, and small constants without a name, are written once for all that are equal. */
  constant(tensor: Tensor, name?: string): Wire {
    const { dtype, shape, data } = tensor;
    const shareable = shape.length === 0 || (name === undefined && tensor.size <= sharedSize);
    const key = `${dtype}[${shape.join(",")}](${shareable ? Array.from<number | bigint, string>(data, printed).join(",") : ""})`;
    const known = shareable ? this.shared.get(key) : undefined;
    if (known !== undefined) return known;
    const wire = this.names.unique(name ?? (shareable ? key : dtype));
    if (shareable) this.shared.set(key, wire);
    this.bytes += tensor.byteLength;
    if (this.bytes > largestModel) {
      throw new LamellaError("unsupported", {
        problem: "The weights are too large for one ONNX model.",
        expected: "at most 2 GB",
        hint: "Leave some of them inputs.",
      });
    }
    this.initializers.push(tensorProto(wire, tensor));
    return wire;
  }

  /** A constant list of int64. */
  ints(values: readonly number[]): Wire {
    return this.constant(new Tensor("int64", [values.length], BigInt64Array.from(values, toInt64)));
  }

  /** A dim as int64 [1]. */
  dim(dim: Dim): Wire {
    let known = this.dims.get(dim);
    if (known === undefined) {
      known = foldDim<Wire>(dim, {
        number: (value) => this.ints([value]),
        symbol: (name) => this.symbol(name),
        add: (a, b) => this.size("Add", [a, b]),
        subtract: (a, b) => this.size("Sub", [a, b]),
        multiply: (a, b) => this.size("Mul", [a, b]),
        floorDivide: (a, divisor) => {
          const by = this.ints([divisor]);
          return this.size("Div", [this.size("Sub", [a, this.size("Mod", [a, by])]), by]);
        },
      });
      this.dims.set(dim, known);
    }
    return known;
  }

  /** A shape, or other list of dims, as int64 [rank]. */
  shape(dims: Shape): Wire {
    if (dims.every((dim) => typeof dim === "number")) return this.ints(dims);
    if (dims.length === 1) return this.dim(dims[0]!);
    const key = dims.join(", ");
    let known = this.shapes.get(key);
    if (known === undefined) {
      const parts: Wire[] = [];
      let run: number[] = [];
      for (const dim of [...dims, ""]) {
        if (typeof dim === "number") run.push(dim);
        else {
          if (run.length > 0) parts.push(this.ints(run));
          run = [];
          if (dim !== "") parts.push(this.dim(dim));
        }
      }
      known = this.size("Concat", parts, { axis: 0 });
      this.shapes.set(key, known);
    }
    return known;
  }

  /** A dim as an int32 scalar. */
  scalarDim(dim: Dim): Wire {
    const key = `scalar ${dim}`;
    let known = this.shapes.get(key);
    if (known === undefined) {
      const scalar = this.size("Squeeze", [this.dim(dim), this.ints([0])]);
      known = this.size("Cast", [scalar], { to: 6 });
      this.shapes.set(key, known);
    }
    return known;
  }

  /** The outermost graph, from what its emitter and this have gathered. */
  finish(
    graph: PrimitiveGraph,
    nodes: readonly NodeProto[],
    inputs: readonly Wire[],
    outputs: readonly Wire[],
  ): GraphProto {
    return create(GraphProtoSchema, {
      name: graph.name,
      node: [...this.sizeNodes, ...nodes],
      initializer: this.initializers,
      input: graph.inputs.map(({ value }, i) => valueInfo(inputs[i]!, graph.values[value]!)),
      output: graph.outputs.map(({ name, value }, i) => valueInfo(outputs[i]!, graph.values[value]!, name)),
    });
  }

  private symbol(name: string): Wire {
    const source = this.symbols.get(name);
    if (source === undefined) {
      throw new LamellaError("unsupported", {
        problem: `No graph input has the size '${name}', so an ONNX model cannot know it.`,
        expected: `an input with '${name}' as one of its sizes`,
      });
    }
    return this.size("Shape", [source.wire], { start: source.axis, end: source.axis + 1 }, name);
  }

  private size(type: string, inputs: readonly Wire[], attributes: Attributes = {}, name: string = type): Wire {
    const wire = this.names.unique(`size/${name}`);
    this.sizeNodes.push(nodeProto(wire, type, inputs, [wire], attributes));
    return wire;
  }
}

function printed(value: number | bigint): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function toInt64(value: number): bigint {
  if (value === Infinity) return 2n ** 63n - 1n;
  return value === -Infinity ? -(2n ** 63n) : BigInt(value);
}

export function nodeProto(
  name: string,
  opType: string,
  input: readonly Wire[],
  output: readonly Wire[],
  attributes: Attributes,
): NodeProto {
  const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
  return create(NodeProtoSchema, { name, opType, input: [...input], output: [...output], attribute });
}
