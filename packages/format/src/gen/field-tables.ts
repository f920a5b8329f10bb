// Made by tools/generate.ts from schema/model.fbs.

/** A field: its elements are scalars, strings, or tables of a name. Where the elements of a vector stand elsewhere, `size` is that of an offset. */
export interface Field {
  readonly name: string;
  readonly element: "bool" | "ubyte" | "ushort" | "uint" | "long" | "ulong" | "double" | "string" | TableName;
  readonly size: number;
  readonly vector: boolean;
  readonly required: boolean;
}
export type TableName = "Value" | "Entry" | "Tensor" | "Dim" | "ValueType" | "Port" | "Node" | "Graph" | "Layer" | "Weight" | "StateTensor" | "Training" | "Model";

/** The fields of every table, in slot order. */
export const tables: { readonly [T in TableName]: readonly Field[] } = {
  Value: [
    { name: "kind", element: "ubyte", size: 1, vector: false, required: false },
    { name: "flag", element: "bool", size: 1, vector: false, required: false },
    { name: "integer", element: "long", size: 8, vector: false, required: false },
    { name: "number", element: "double", size: 8, vector: false, required: false },
    { name: "text", element: "string", size: 4, vector: false, required: false },
    { name: "items", element: "Value", size: 4, vector: true, required: false },
    { name: "entries", element: "Entry", size: 4, vector: true, required: false },
  ],
  Entry: [
    { name: "key", element: "string", size: 4, vector: false, required: true },
    { name: "value", element: "Value", size: 4, vector: false, required: true },
  ],
  Tensor: [
    { name: "dtype", element: "ubyte", size: 1, vector: false, required: false },
    { name: "shape", element: "ulong", size: 8, vector: true, required: false },
    { name: "offset", element: "ulong", size: 8, vector: false, required: false },
    { name: "length", element: "ulong", size: 8, vector: false, required: false },
  ],
  Dim: [
    { name: "size", element: "ulong", size: 8, vector: false, required: false },
    { name: "symbolic", element: "string", size: 4, vector: false, required: false },
  ],
  ValueType: [
    { name: "dtype", element: "ubyte", size: 1, vector: false, required: false },
    { name: "shape", element: "Dim", size: 4, vector: true, required: false },
  ],
  Port: [
    { name: "name", element: "string", size: 4, vector: false, required: true },
    { name: "value", element: "uint", size: 4, vector: false, required: false },
  ],
  Node: [
    { name: "layer", element: "uint", size: 4, vector: false, required: false },
    { name: "inputs", element: "uint", size: 4, vector: true, required: false },
    { name: "outputs", element: "uint", size: 4, vector: true, required: false },
    { name: "positional", element: "uint", size: 4, vector: false, required: false },
    { name: "args", element: "Entry", size: 4, vector: true, required: false },
  ],
  Graph: [
    { name: "inputs", element: "Port", size: 4, vector: true, required: false },
    { name: "outputs", element: "Port", size: 4, vector: true, required: false },
    { name: "nodes", element: "Node", size: 4, vector: true, required: false },
    { name: "values", element: "ValueType", size: 4, vector: true, required: false },
    { name: "layers", element: "uint", size: 4, vector: true, required: false },
  ],
  Layer: [
    { name: "type", element: "string", size: 4, vector: false, required: true },
    { name: "name", element: "string", size: 4, vector: false, required: true },
    { name: "trainable", element: "bool", size: 1, vector: false, required: false },
    { name: "config", element: "Entry", size: 4, vector: true, required: false },
    { name: "graph", element: "Graph", size: 4, vector: false, required: false },
  ],
  Weight: [
    { name: "layer", element: "uint", size: 4, vector: false, required: false },
    { name: "name", element: "string", size: 4, vector: false, required: true },
    { name: "tensor", element: "Tensor", size: 4, vector: false, required: true },
  ],
  StateTensor: [
    { name: "name", element: "string", size: 4, vector: false, required: true },
    { name: "tensor", element: "Tensor", size: 4, vector: false, required: true },
  ],
  Training: [
    { name: "config", element: "Entry", size: 4, vector: true, required: false },
    { name: "state", element: "StateTensor", size: 4, vector: true, required: false },
  ],
  Model: [
    { name: "version_major", element: "ushort", size: 2, vector: false, required: false },
    { name: "version_minor", element: "ushort", size: 2, vector: false, required: false },
    { name: "producer", element: "string", size: 4, vector: false, required: false },
    { name: "layers", element: "Layer", size: 4, vector: true, required: false },
    { name: "root", element: "uint", size: 4, vector: false, required: false },
    { name: "weights", element: "Weight", size: 4, vector: true, required: false },
    { name: "training", element: "Training", size: 4, vector: false, required: false },
  ],
};

/** A text as it is read: short ASCII as a string, any other as its bytes. */
export type Text = string | Uint8Array;
/** The fields that a Value has of its own: what is not there has its default. */
export interface ValueFields {
  readonly kind?: number;
  readonly flag?: boolean;
  readonly integer?: bigint;
  readonly number?: number;
  readonly text?: Text;
  readonly items?: readonly ValueFields[];
  readonly entries?: readonly EntryFields[];
}
/** The fields that a Entry has of its own: what is not there has its default. */
export interface EntryFields {
  readonly key: Text;
  readonly value: ValueFields;
}
/** The fields that a Tensor has of its own: what is not there has its default. */
export interface TensorFields {
  readonly dtype?: number;
  readonly shape?: readonly bigint[];
  readonly offset?: bigint;
  readonly length?: bigint;
}
/** The fields that a Dim has of its own: what is not there has its default. */
export interface DimFields {
  readonly size?: bigint;
  readonly symbolic?: Text;
}
/** The fields that a ValueType has of its own: what is not there has its default. */
export interface ValueTypeFields {
  readonly dtype?: number;
  readonly shape?: readonly DimFields[];
}
/** The fields that a Port has of its own: what is not there has its default. */
export interface PortFields {
  readonly name: Text;
  readonly value?: number;
}
/** The fields that a Node has of its own: what is not there has its default. */
export interface NodeFields {
  readonly layer?: number;
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
  readonly positional?: number;
  readonly args?: readonly EntryFields[];
}
/** The fields that a Graph has of its own: what is not there has its default. */
export interface GraphFields {
  readonly inputs?: readonly PortFields[];
  readonly outputs?: readonly PortFields[];
  readonly nodes?: readonly NodeFields[];
  readonly values?: readonly ValueTypeFields[];
  readonly layers?: readonly number[];
}
/** The fields that a Layer has of its own: what is not there has its default. */
export interface LayerFields {
  readonly type: Text;
  readonly name: Text;
  readonly trainable?: boolean;
  readonly config?: readonly EntryFields[];
  readonly graph?: GraphFields;
}
/** The fields that a Weight has of its own: what is not there has its default. */
export interface WeightFields {
  readonly layer?: number;
  readonly name: Text;
  readonly tensor: TensorFields;
}
/** The fields that a StateTensor has of its own: what is not there has its default. */
export interface StateTensorFields {
  readonly name: Text;
  readonly tensor: TensorFields;
}
/** The fields that a Training has of its own: what is not there has its default. */
export interface TrainingFields {
  readonly config?: readonly EntryFields[];
  readonly state?: readonly StateTensorFields[];
}
/** The fields that a Model has of its own: what is not there has its default. */
export interface ModelFields {
  readonly version_major?: number;
  readonly version_minor?: number;
  readonly producer?: Text;
  readonly layers?: readonly LayerFields[];
  readonly root?: number;
  readonly weights?: readonly WeightFields[];
  readonly training?: TrainingFields;
}
