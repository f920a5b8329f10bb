import type { Constraint } from "./constraints.ts";
import { sizeOf, type StaticShape } from "./dim.ts";
import type { DType } from "./dtype.ts";
import { LamellaError, locate } from "./errors.ts";
import { type Initializer, initialize } from "./initializers.ts";
import type { Regularizer } from "./regularizers.ts";
import { nextSeed } from "./seeds.ts";
import { type NestedArray, tensor, Tensor } from "./tensor.ts";

/** Where a newer value of a variable waits, usually on a device. */
export interface ValueSource {
  read(): Promise<Tensor>;
}

export interface VariableOptions {
  /** Path within the layer, such as `kernel` or `lstm_cell/kernel`. */
  readonly name: string;
  readonly shape: StaticShape;
  readonly dtype: DType;
  readonly initializer: Initializer;
  readonly trainable: boolean;
  /** What a stateful layer carries from batch to batch: not a weight, and not saved. Default false. */
  readonly state?: boolean;
  readonly regularizer: Regularizer | null;
  /** What its value must satisfy after every step. Default null. */
  readonly constraint?: Constraint | null;
  /** Gives Keras's path of the owner, such as `lstm`. */
  readonly owner: { readonly path: string; readonly trainable: boolean };
}

/**
 * A weight: identity, path, shape and newest value. Models that share layers share their variables. The value is made
 * by the initializer when first asked for, and `version` counts its changes.
 */
export class Variable {
  readonly name: string;
  readonly shape: StaticShape;
  readonly dtype: DType;
  readonly initializer: Initializer;
  readonly regularizer: Regularizer | null;
  readonly constraint: Constraint | null;
  /** Counts the changes of the value. */
  version = 0;
  private readonly owner: VariableOptions["owner"];
  private readonly ownTrainable: boolean;
  private readonly seed = nextSeed();
  private host: Tensor | undefined;
  private source: ValueSource | undefined;

  constructor(options: VariableOptions) {
    this.name = options.name;
    this.shape = options.shape;
    this.dtype = options.dtype;
    this.initializer = options.initializer;
    this.regularizer = options.regularizer;
    this.constraint = options.constraint ?? null;
    this.owner = options.owner;
    this.ownTrainable = options.trainable;
  }

  /** Keras's path: `dense/kernel`, `lstm/lstm_cell/kernel`. */
  get path(): string {
    return `${this.owner.path}/${this.name}`;
  }

  /** Its name as seen from a layer that it belongs to, directly or through layers within. */
  nameIn(layer: { readonly path: string }): string {
    return this.path.slice(layer.path.length + 1);
  }

  /** Whether training changes it: false for statistics and for weights of frozen layers. */
  get trainable(): boolean {
    return this.ownTrainable && this.owner.trainable;
  }

  /** Whether it is a parameter at all, frozen or not. */
  get isParameter(): boolean {
    return this.ownTrainable;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** The newest value, fetched from its device when it is there. */
  async read(): Promise<Tensor> {
    if (this.source !== undefined) {
      const { source, version } = this;
      const value = await source.read();
      if (version === this.version) {
        this.host = value;
        this.source = undefined;
      }
      return value;
    }
    const { initializer, shape, dtype, seed, name } = this;
    this.host ??= locate(this.path, () => initialize(initializer, shape, dtype, seed, name));
    return this.host;
  }

  /** Sets the value. @throws LamellaError `shape` */
  write(value: Tensor | NestedArray): void {
    this.host = this.fit(value);
    this.source = undefined;
    this.version += 1;
  }

  /** A value as the variable would take it. @throws LamellaError `shape` */
  fit(value: Tensor | NestedArray): Tensor {
    const given = value instanceof Tensor ? value : tensor(value, undefined, this.dtype);
    if (given.shape.length !== this.shape.length || given.shape.some((dim, axis) => dim !== this.shape[axis])) {
      throw new LamellaError("shape", {
        where: this.path,
        problem: "The value does not fit the weight.",
        expected: `shape (${this.shape.join(", ")})`,
        received: `shape (${given.shape.join(", ")})`,
      });
    }
    return given.cast(this.dtype);
  }

  /** Back to the value that the initializer gives. */
  reset(): void {
    this.host = undefined;
    this.source = undefined;
    this.version += 1;
  }

  /** Declares that the newest value is elsewhere; it is read when somebody asks. */
  follow(source: ValueSource): void {
    this.source = source;
    this.version += 1;
  }
}
