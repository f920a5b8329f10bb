// Made by tools/generate.ts from schema/model.fbs.

/** A field: its elements are scalars of a size in bytes, strings, or tables of a name. */
export interface Field {
  readonly name: string;
  readonly element: 1 | 2 | 4 | 8 | "string" | TableName;
  readonly vector: boolean;
  readonly required: boolean;
}
export type TableName = "Value" | "Entry" | "Tensor" | "Dim" | "ValueType" | "Port" | "Node" | "Graph" | "Layer" | "Weight" | "StateTensor" | "Training" | "Model";

/** The fields of every table, in slot order. */
export const tables: { readonly [T in TableName]: readonly Field[] } = {
  Value: [
    { name: "kind", element: 1, vector: false, required: false },
    { name: "flag", element: 1, vector: false, required: false },
    { name: "integer", element: 8, vector: false, required: false },
    { name: "number", element: 8, vector: false, required: false },
    { name: "text", element: "string", vector: false, required: false },
    { name: "items", element: "Value", vector: true, required: false },
    { name: "entries", element: "Entry", vector: true, required: false },
  ],
  Entry: [
    { name: "key", element: "string", vector: false, required: true },
    { name: "value", element: "Value", vector: false, required: true },
  ],
  Tensor: [
    { name: "dtype", element: 1, vector: false, required: false },
    { name: "shape", element: 8, vector: true, required: false },
    { name: "offset", element: 8, vector: false, required: false },
    { name: "length", element: 8, vector: false, required: false },
  ],
  Dim: [
    { name: "size", element: 8, vector: false, required: false },
    { name: "symbolic", element: "string", vector: false, required: false },
  ],
  ValueType: [
    { name: "dtype", element: 1, vector: false, required: false },
    { name: "shape", element: "Dim", vector: true, required: false },
  ],
  Port: [
    { name: "name", element: "string", vector: false, required: true },
    { name: "value", element: 4, vector: false, required: false },
  ],
  Node: [
    { name: "layer", element: 4, vector: false, required: false },
    { name: "inputs", element: 4, vector: true, required: false },
    { name: "outputs", element: 4, vector: true, required: false },
    { name: "positional", element: 4, vector: false, required: false },
    { name: "args", element: "Entry", vector: true, required: false },
  ],
  Graph: [
    { name: "inputs", element: "Port", vector: true, required: false },
    { name: "outputs", element: "Port", vector: true, required: false },
    { name: "nodes", element: "Node", vector: true, required: false },
    { name: "values", element: "ValueType", vector: true, required: false },
    { name: "layers", element: 4, vector: true, required: false },
  ],
  Layer: [
    { name: "type", element: "string", vector: false, required: true },
    { name: "name", element: "string", vector: false, required: true },
    { name: "trainable", element: 1, vector: false, required: false },
    { name: "config", element: "Entry", vector: true, required: false },
    { name: "graph", element: "Graph", vector: false, required: false },
  ],
  Weight: [
    { name: "layer", element: 4, vector: false, required: false },
    { name: "name", element: "string", vector: false, required: true },
    { name: "tensor", element: "Tensor", vector: false, required: true },
  ],
  StateTensor: [
    { name: "name", element: "string", vector: false, required: true },
    { name: "tensor", element: "Tensor", vector: false, required: true },
  ],
  Training: [
    { name: "config", element: "Entry", vector: true, required: false },
    { name: "state", element: "StateTensor", vector: true, required: false },
  ],
  Model: [
    { name: "version_major", element: 2, vector: false, required: false },
    { name: "version_minor", element: 2, vector: false, required: false },
    { name: "producer", element: "string", vector: false, required: false },
    { name: "layers", element: "Layer", vector: true, required: false },
    { name: "root", element: 4, vector: false, required: false },
    { name: "weights", element: "Weight", vector: true, required: false },
    { name: "training", element: "Training", vector: false, required: false },
  ],
};
