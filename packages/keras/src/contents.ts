import type { JsonObject, Tensor, ValueType } from "@lamella/ir";

/** An object as Keras 3 serializes it. Older generations are rewritten to this form before anything else reads them. */
export interface KerasObject {
  readonly module?: string | null;
  readonly class_name: string;
  readonly config: JsonObject;
  readonly registered_name?: string | null;
  readonly build_config?: JsonObject;
  readonly compile_config?: JsonObject;
}

/** The arrays of a file, by path. Nothing is read before it is asked for. */
export interface ArraySource {
  /** Paths such as `layers/dense/vars/0`, in the order of the file. */
  readonly paths: readonly string[];
  type(path: string): ValueType;
  read(path: string): Tensor;
}

/**
 * How weights find their variables. Keras 3 writes each under the path of its owner within the model's structure
 * (`layers/dense_1/vars/0`); Keras 2 and TensorFlow.js write, for each layer of the model, a list in the order of its weights.
 */
export type Weights =
  | { readonly layout: "structure"; readonly arrays: ArraySource }
  | { readonly layout: "lists"; readonly layers: readonly LayerWeights[]; readonly arrays: ArraySource };

/** The weights of one layer of a model, in order. */
export interface LayerWeights {
  readonly layer: string;
  readonly weights: readonly { readonly name: string; readonly path: string }[];
}

/** What a model file of any generation comes down to. */
export interface KerasContents {
  readonly model: KerasObject;
  /** The version of Keras that wrote the file, where it says so. */
  readonly kerasVersion?: string;
  readonly weights?: Weights;
  /** A file beside the configuration, such as `assets/layers/integer_lookup/vocabulary.txt`; undefined where there is none. */
  readonly asset?: (path: string) => Uint8Array | undefined;
  /** Variables of the optimizer in Keras's order, as paths of the arrays. */
  readonly optimizer?: { readonly arrays: ArraySource; readonly paths: readonly string[] };
  /** What was rewritten on the way, a sentence each. */
  readonly notes: readonly string[];
}
