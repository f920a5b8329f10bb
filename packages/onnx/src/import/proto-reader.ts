import { fromBinary } from "@bufbuild/protobuf";
import { type DType, fromNumbers, LamellaError, normalizeDim, type Shape, Tensor } from "@lamella/ir";

import {
  type AttributeProto,
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProto_DataLocation as DataLocation,
  type ValueInfoProto,
} from "../gen/onnx_pb.ts";
import { dtypeOf, fromRawData } from "../proto.ts";

export function readModel(bytes: Uint8Array): ModelProto {
  try {
    const model = fromBinary(ModelProtoSchema, bytes);
    if (model.graph !== undefined && model.irVersion > 0n) return model;
  } catch (cause) {
    throw new LamellaError("format", { problem: "These bytes are no ONNX model.", cause });
  }
  throw new LamellaError("format", { problem: "This ONNX model has no graph." });
}

function readDType(elementType: number, where: string): DType {
  const dtype = dtypeOf(elementType);
  if (dtype !== undefined) return dtype;
  throw new LamellaError("unsupported", { where, problem: `ONNX element type ${elementType} has no counterpart.` });
}

/** A tensor, whichever of its fields holds the elements. */
export function readTensor(proto: TensorProto): Tensor {
  const where = proto.name;
  if (proto.dataLocation === DataLocation.EXTERNAL) {
    throw new LamellaError("unsupported", { where, problem: "Its data is in another file." });
  }
  const dtype = readDType(proto.dataType, where);
  const shape = proto.dims.map(Number);
  const length = shape.reduce((product, dim) => product * dim, 1);
  try {
    if (proto.rawData.length > 0) return new Tensor(dtype, shape, fromRawData(dtype, proto.rawData, length));
    if (dtype === "float16") return new Tensor(dtype, shape, Uint16Array.from(proto.int32Data));
    const { floatData, doubleData, int32Data, int64Data, uint64Data } = proto;
    const numbers = [...floatData, ...doubleData, ...int32Data, ...int64Data.map(Number), ...uint64Data.map(Number)];
    return new Tensor(dtype, shape, fromNumbers(dtype, numbers));
  } catch (cause) {
    throw new LamellaError("format", { where, problem: "The tensor's data does not fill its shape.", cause });
  }
}

export interface PortType {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Name, shape and dtype of a port. Sizes that have no name get one. */
export function readPort({ name, type }: ValueInfoProto): PortType {
  if (type?.value.case !== "tensorType") {
    throw new LamellaError("unsupported", { where: name, problem: "Only tensors can be inputs and outputs." });
  }
  const { elemType, shape } = type.value.value;
  if (shape === undefined) throw new LamellaError("unsupported", { where: name, problem: "Its rank is not given." });
  const dims = shape.dim.map(({ value: size }, axis) => {
    if (size.case === "dimValue") return Number(size.value);
    return readDim(size.case === "dimParam" ? size.value : `${name}_${axis}`);
  });
  return { name, shape: dims, dtype: readDType(elemType, name) };
}

/** A dim_param as a dim. Names that are no symbols are made into some. */
function readDim(text: string): string | number {
  try {
    return normalizeDim(text);
  } catch {
    return text.replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d)/, "_");
  }
}

/** The attributes of a node, each read as the type that its operator gives it. */
export class AttributeReader {
  private readonly attributes: ReadonlyMap<string, AttributeProto>;

  constructor(attributes: readonly AttributeProto[]) {
    this.attributes = new Map(attributes.map((attribute) => [attribute.name, attribute]));
  }

  has(name: string): boolean {
    return this.attributes.has(name);
  }
  int(name: string, otherwise: number): number {
    const attribute = this.attributes.get(name);
    return attribute === undefined ? otherwise : Number(attribute.i);
  }
  ints(name: string): readonly number[] | undefined {
    return this.attributes.get(name)?.ints.map(Number);
  }
  string(name: string, otherwise: string): string {
    const attribute = this.attributes.get(name);
    return attribute === undefined ? otherwise : new TextDecoder().decode(attribute.s);
  }
  tensor(name: string): TensorProto | undefined {
    return this.attributes.get(name)?.t;
  }
  graph(name: string): AttributeProto["g"] {
    return this.attributes.get(name)?.g;
  }
}
