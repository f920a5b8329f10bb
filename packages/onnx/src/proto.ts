import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type DType, type Tensor, type ValueType, viewOf } from "@lamella/ir";

import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  type TensorProto,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "./gen/onnx_pb.ts";

/** An attribute of an ONNX node as emitters write it; numbers are whole. */
export type AttributeValue = number | string | readonly number[] | GraphProto;

export const onnxTypes: { readonly [D in DType]: DataType } = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  float64: DataType.DOUBLE,
  int32: DataType.INT32,
  int64: DataType.INT64,
  uint32: DataType.UINT32,
  uint8: DataType.UINT8,
  bool: DataType.BOOL,
};

const dtypesByNumber = new Map(Object.entries(onnxTypes).map(([dtype, number]) => [number as number, dtype as DType]));

/** The dtype of an ONNX element type, or undefined where lamella has none. */
export function dtypeOf(elementType: number): DType | undefined {
  return dtypesByNumber.get(elementType);
}

function isList(value: AttributeValue): value is readonly number[] {
  return Array.isArray(value);
}

export function attributeProto(name: string, value: AttributeValue): AttributeProto {
  const init = (fields: MessageInitShape<typeof AttributeProtoSchema>) =>
    create(AttributeProtoSchema, { name, ...fields });
  if (typeof value === "number") return init({ type: AttributeType.INT, i: BigInt(value) });
  if (typeof value === "string") return init({ type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  if (isList(value)) return init({ type: AttributeType.INTS, ints: value.map(BigInt) });
  return init({ type: AttributeType.GRAPH, g: value });
}

/** The bytes of a tensor as ONNX stores them: little endian, booleans as bytes. A view, not a copy. */
function rawData({ data }: Tensor): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

/** The elements of raw bytes, copied: their offset need not suit the dtype. (The slice of a Buffer is no copy.) */
export function fromRawData(dtype: DType, bytes: Uint8Array, length: number): Tensor["data"] {
  const copy = new Uint8Array(bytes);
  return viewOf(dtype, copy.buffer, 0, length);
}

export function tensorProto(name: string, tensor: Tensor): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: tensor.shape.map(BigInt),
    dataType: onnxTypes[tensor.dtype],
    rawData: rawData(tensor),
  });
}

/** Metadata of an output that could not keep its name. */
export const portNameKey = "lamella.name";

/** Name, dtype and shape of a value; unknown sizes become dim_params. `port`: what it is called outside of the model. */
export function valueInfo(name: string, { dtype, shape }: ValueType, port: string = name): ValueInfoProto {
  const dim = shape.map((size) => ({
    value:
      typeof size === "number"
        ? { case: "dimValue" as const, value: BigInt(size) }
        : { case: "dimParam" as const, value: size },
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: onnxTypes[dtype], shape: { dim } } } },
    metadataProps: port === name ? [] : [{ key: portNameKey, value: port }],
  });
}
