import {
  assertDType,
  fromNumbers,
  type JsonObject,
  type JsonValue,
  LamellaError,
  type PrimitiveGraph,
  Tensor,
  verifyPrimitives,
} from "@lamella/ir";

/** JSON has no infinities, no NaN and no -0. */
function numberToJson(value: number): JsonValue {
  return Number.isFinite(value) && !Object.is(value, -0) ? value : String(Object.is(value, -0) ? "-0" : value);
}

function toJson(value: unknown): JsonValue {
  if (value instanceof Tensor) {
    const { dtype, shape } = value;
    return { tensor: { dtype, shape: [...shape], data: value.toNumbers().map(numberToJson) } };
  }
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === "number") {
    const written = numberToJson(value);
    return typeof written === "number" ? written : { number: written };
  }
  if (typeof value === "object" && value !== null) return { graph: graphToJson(value as PrimitiveGraph) };
  return value as JsonValue;
}

/** A graph of primitives as JSON, constants and the bodies of loops included. */
export function graphToJson({ name, inputs, outputs, nodes, values }: PrimitiveGraph): JsonObject {
  const ports = (list: PrimitiveGraph["inputs"]) => list.map((port) => ({ name: port.name, value: port.value }));
  return {
    name,
    inputs: ports(inputs),
    outputs: ports(outputs),
    nodes: nodes.map((node) => ({
      name: node.name,
      type: node.op.type,
      attributes: Object.fromEntries(Object.entries(node.op.attributes).map(([key, value]) => [key, toJson(value)])),
      inputs: [...node.inputs],
      outputs: [...node.outputs],
    })),
    values: values.map(({ shape, dtype }) => ({ shape: [...shape], dtype })),
  };
}

interface TensorJson {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

function fromJson(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== "object" || value === null) return value;
  const { tensor, number, graph } = value as JsonObject & { readonly tensor?: JsonValue };
  if (number !== undefined) return Number(number);
  if (graph !== undefined) return readGraph(graph as JsonObject);
  const { dtype, shape, data } = tensor as unknown as TensorJson;
  const type = assertDType(dtype);
  return new Tensor(type, shape, fromNumbers(type, data.map(Number)));
}

interface GraphJson extends Omit<PrimitiveGraph, "nodes"> {
  readonly nodes: readonly {
    readonly name: string;
    readonly type: string;
    readonly attributes: JsonObject;
    readonly inputs: readonly number[];
    readonly outputs: readonly number[];
  }[];
}

function readGraph(json: JsonObject): PrimitiveGraph {
  const { nodes, ...rest } = json as unknown as GraphJson;
  return {
    ...rest,
    nodes: nodes.map(({ name, type, attributes, inputs, outputs }) => {
      const read = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, fromJson(value)]));
      const op = { type, attributes: read } as unknown as PrimitiveGraph["nodes"][number]["op"];
      return { name, op, inputs, outputs };
    }),
  };
}

/** The way back. @throws LamellaError `format` for what is not a graph */
export function graphFromJson(json: unknown, where: string): PrimitiveGraph {
  try {
    const graph = readGraph(json as JsonObject);
    verifyPrimitives(graph);
    return graph;
  } catch (error) {
    throw new LamellaError("format", { where, problem: "This is not a graph of primitives.", cause: error });
  }
}
