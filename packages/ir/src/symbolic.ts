import type { Shape } from "./dim.ts";
import type { DType } from "./dtype.ts";
import type { ValueType } from "./graph.ts";
import type { AnyLayer } from "./layer.ts";
import type { JsonObject } from "./saved-model.ts";

/** One call of a layer on symbolic tensors. */
export interface CallRecord {
  readonly layer: AnyLayer;
  /** Positional inputs first, then the tensors its arguments name. */
  readonly inputs: readonly SymbolicTensor[];
  readonly positional: number;
  /** Call arguments as data; a tensor is `{ tensor: index into inputs }`. */
  readonly args: JsonObject;
  readonly outputs: readonly SymbolicTensor[];
}

/** What layers are called on when a model is described: a shape, a dtype, and the call it comes from. (Keras: KerasTensor.) */
export class SymbolicTensor<Name extends string = string> implements ValueType {
  readonly shape: Shape;
  readonly dtype: DType;
  /** The name of the layer that gives it. */
  readonly name: Name;
  /** The type of its mask, when it carries one. */
  readonly mask: ValueType | undefined;
  /** The call that gives it, set once that call is recorded. */
  source!: CallRecord;

  constructor(name: Name, type: ValueType, mask?: ValueType) {
    this.name = name;
    this.shape = type.shape;
    this.dtype = type.dtype;
    this.mask = mask === undefined ? undefined : { shape: mask.shape, dtype: mask.dtype };
  }

  get rank(): number {
    return this.shape.length;
  }
}

export type SymbolicInput = SymbolicTensor | readonly SymbolicTensor[];
