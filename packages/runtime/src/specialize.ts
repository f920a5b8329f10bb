import {
  type Bindings,
  type Dim,
  evalDim,
  locate,
  type Node,
  type Primitive,
  type PrimitiveAttributes,
  type PrimitiveGraph,
  type PrimitiveOp,
  type Shape,
  substituteDim,
  type Tensor,
} from "@lamella/ir";

import { bindValues } from "./backend.ts";

/** Attributes in which every dim is a number. */
export type StaticAttributes<Attributes> = {
  readonly [K in keyof Attributes]: Shape extends Attributes[K]
    ? readonly number[]
    : Dim extends Attributes[K]
      ? number
      : Attributes[K];
};

/** The primitives that have a dim among their attributes. */
type DimPrimitive = {
  [P in Primitive]: PrimitiveAttributes[P] extends StaticAttributes<PrimitiveAttributes[P]> ? never : P;
}[Primitive];

type MapDim = (dim: Dim) => Dim;

const dimAttributes: {
  readonly [P in DimPrimitive | "Scan"]: (attributes: PrimitiveAttributes[P], map: MapDim) => PrimitiveAttributes[P];
} = {
  DimSize: ({ dim }, map) => ({ dim: map(dim) }),
  Range: ({ size }, map) => ({ size: map(size) }),
  TopK: ({ axis, k, largest }, map) => ({ axis, k: map(k), largest }),
  Reshape: ({ shape }, map) => ({ shape: shape.map(map) }),
  Expand: ({ shape }, map) => ({ shape: shape.map(map) }),
  Slice: ({ starts, ends, steps }, map) => ({ starts: starts.map(map), ends: ends.map(map), steps }),
  Pad: ({ pads, value }, map) => ({ pads: pads.map(map), value }),
  ConvInputGrad: (attributes, map) => ({ ...attributes, inputShape: attributes.inputShape.map(map) }),
  AveragePoolGrad: (attributes, map) => ({ ...attributes, inputShape: attributes.inputShape.map(map) }),
  Scan: (attributes, map) => ({ ...attributes, body: mapDims(attributes.body, map) }),
};

function mapOpDims(op: PrimitiveOp, map: MapDim): PrimitiveOp {
  if (!Object.hasOwn(dimAttributes, op.type)) return op;
  const row = dimAttributes[op.type as keyof typeof dimAttributes] as (attributes: unknown, map: MapDim) => unknown;
  return { type: op.type, attributes: row(op.attributes, map) } as PrimitiveOp;
}

function mapDims(graph: PrimitiveGraph, map: MapDim): PrimitiveGraph {
  const nodes = graph.nodes.map((node) => locate(node.name, () => ({ ...node, op: mapOpDims(node.op, map) })));
  const values = graph.values.map(({ shape, dtype }) => ({ shape: shape.map(map), dtype }));
  return { ...graph, nodes, values };
}

/** The graph with symbols replaced by numbers, in Scan bodies too. Symbols without a value stay. */
export function specialize(graph: PrimitiveGraph, bindings: Bindings): PrimitiveGraph {
  return mapDims(graph, (dim) => substituteDim(dim, bindings));
}

/** The graph with all symbols replaced. @throws LamellaError `shape` when one has no value. */
export function resolveDims(graph: PrimitiveGraph, bindings: Bindings): PrimitiveGraph {
  return mapDims(graph, (dim) => evalDim(dim, bindings));
}

/**
 * The graph with some inputs replaced by constants, and with the symbols that these decide.
 *
 * @throws LamellaError `data` for a name that is no input, or a value that does not fit it.
 */
export function freezeInputs(graph: PrimitiveGraph, constants: Readonly<Record<string, Tensor>>): PrimitiveGraph {
  const bindings = bindValues(graph, constants);
  const frozen: Node<PrimitiveOp>[] = [];
  const inputs = graph.inputs.filter(({ name, value }) => {
    const constant = Object.hasOwn(constants, name) ? constants[name] : undefined;
    if (constant === undefined) return true;
    frozen.push({
      name,
      op: { type: "Constant", attributes: { value: constant } },
      inputs: [],
      outputs: [value],
    });
    return false;
  });
  const nodes = [...frozen, ...graph.nodes];
  return specialize({ ...graph, inputs, nodes }, bindings);
}
