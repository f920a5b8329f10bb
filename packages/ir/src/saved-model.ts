import type { Port, ValueType } from "./graph.ts";
import type { Tensor } from "./tensor.ts";

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** One call of a layer. All tensors it takes stand in `inputs`: first the positional ones, then those its arguments name. */
export interface SavedNode {
  /** Index into `SavedModel.layers`. */
  readonly layer: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** How many of `inputs` are positional. */
  readonly positional: number;
  /** Call arguments; a tensor is written `{ "tensor": index into inputs }`. */
  readonly args: JsonObject;
}

/** The graph of a model: values are numbered, ports name them. */
export interface SavedGraph {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly nodes: readonly SavedNode[];
  readonly values: readonly ValueType[];
  /** The model's own layers in Keras's order, as indices into `SavedModel.layers`. */
  readonly layers: readonly number[];
}

/**
 * A layer by type name and configuration. Layers it holds are written `{ "layer": index }` in the configuration. Beside the
 * fields of the layer it has its policy as `dtype` and, where there are any, `activityRegularizer` and `pathPrefix`: what the paths of the
 * weights start with.
 */
export interface SavedLayer {
  readonly type: string;
  readonly name: string;
  readonly trainable: boolean;
  readonly config: JsonObject;
  /** Only models have one. */
  readonly graph?: SavedGraph;
}

export interface SavedWeight {
  /** Index into `SavedModel.layers` of the layer that owns it. */
  readonly layer: number;
  /** Its name within the layer, such as `kernel` or `lstm_cell/kernel`. */
  readonly name: string;
  readonly tensor: Tensor;
}

/** Configuration and state of training, which only the training package reads. */
export interface SavedTraining {
  readonly config: JsonObject;
  readonly state: ReadonlyMap<string, Tensor>;
}

/** A model as plain data: what files hold, and what passes between packages. A shared layer stands in `layers` once. */
export interface SavedModel {
  readonly layers: readonly SavedLayer[];
  /** The model itself, as an index into `layers`. */
  readonly root: number;
  readonly weights: readonly SavedWeight[];
  readonly training?: SavedTraining;
}
