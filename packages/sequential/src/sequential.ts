import {
  type AnyLayer,
  type CallArgs,
  LamellaError,
  Layer,
  type LayerOptions,
  Model,
  type ModelType,
  type SymbolicInput,
  symbolicInput,
  SymbolicTensor,
} from "@lamella/ir";

/** What a stack may hold: layers, and what input() gives as its first entry. */
export type StackEntry = AnyLayer | SymbolicTensor;

type Sizes = NonNullable<LayerOptions["inputShape"]>;

/**
 * A stack of layers, each with one input and one output. It gets its shape from an input, from the `inputShape` of its
 * first layer, from `build`, or from the first tensor or data it is called on.
 */
export class Sequential extends Model<string, string, "one"> {
  private readonly stack: AnyLayer[] = [];
  /** The input, then the output of every layer. */
  private chain: SymbolicTensor[] = [];

  constructor(entries: readonly StackEntry[] = [], options: LayerOptions = {}) {
    super(sequentialType, options);
    for (const entry of entries) this.add(entry);
  }

  override get layers(): readonly AnyLayer[] {
    return this.stack;
  }

  /** Puts a layer on top. @throws LamellaError `name` for a name that is in use, `shape` when it does not fit */
  add(entry: StackEntry): void {
    if (entry instanceof SymbolicTensor) {
      this.start(entry);
      return;
    }
    if (!(entry instanceof Layer)) {
      throw new LamellaError("config", {
        where: this.label,
        problem: "Only layers can be added to a sequential model.",
        received: typeof entry,
      });
    }
    if ((entry as unknown) === this) {
      throw new LamellaError("graph", { where: this.label, problem: "A model cannot contain itself." });
    }
    if (entry.type === "InputLayer") {
      const { batchShape } = entry.config as { readonly batchShape: Sizes };
      this.start(symbolicInput({ batchShape, dtype: entry.dtype, name: entry.name }));
      return;
    }
    if (this.stack.some(({ name }) => name === entry.name)) {
      throw new LamellaError("name", {
        where: this.label,
        problem: `There is a layer named '${entry.name}' already.`,
        expected: "a name of its own for every layer",
        hint: "Give it another name. A layer cannot stand in a stack twice: use the functional front end to share one.",
      });
    }
    if (this.chain.length === 0 && this.stack.length === 0) this.startFrom(entry);
    if (this.chain.length > 0) this.extend(entry);
    this.stack.push(entry);
    this.refresh();
  }

  /** Takes the top layer off and gives it back. @throws LamellaError `state` when there is none */
  pop(): AnyLayer {
    const layer = this.stack.pop();
    if (layer === undefined) {
      throw new LamellaError("state", { where: this.label, problem: "There are no layers in the model." });
    }
    if (this.chain.length > 1) {
      const { source } = this.chain.pop()!;
      layer.calls.splice(layer.calls.indexOf(source), 1);
    }
    this.refresh();
    return layer;
  }

  /** Gives the model its shape, the batch (usually null) included. (Keras: `build`.) */
  build(batchShape: Sizes): void {
    if (!this.built) this.start(symbolicInput({ batchShape }));
  }

  override buildFor(batchShape: Sizes, dtype: SymbolicTensor["dtype"]): void {
    if (!this.built) this.start(symbolicInput({ batchShape, dtype }));
  }

  override call(inputs: SymbolicInput, args?: CallArgs): SymbolicTensor {
    const [first] = inputs instanceof SymbolicTensor ? [inputs] : inputs;
    if (!this.built && first !== undefined) {
      this.buildFor(
        first.shape.map((dim, axis) => (axis === 0 ? null : dim)),
        first.dtype,
      );
    }
    return super.call(inputs, args);
  }

  /** Starts from what the first layer says of its input: its `inputShape`, or the shape of a model. */
  private startFrom(first: AnyLayer): void {
    if (first instanceof Model && first.built) {
      const { shape, dtype } = first.inputs[0]!;
      this.start(symbolicInput({ batchShape: shape.map((dim) => (dim === "batch" ? null : dim)), dtype }));
    } else if (first.inputShape !== undefined) {
      const dtype = first.type === "Embedding" ? "int32" : "float32";
      this.start(symbolicInput({ shape: first.inputShape, dtype }));
    }
  }

  private start(input: SymbolicTensor): void {
    if (this.chain.length > 0) {
      throw new LamellaError("graph", {
        where: this.label,
        problem: "A sequential model has one input, and this one has it already.",
        hint: "Use the functional front end, model({ inputs, outputs }), for several inputs.",
      });
    }
    this.chain = [input];
    for (const layer of this.stack) this.extend(layer);
    this.refresh();
  }

  private extend(layer: AnyLayer): void {
    if (!layer.built) layer.pathPrefix = this.path;
    const output = layer.call(this.chain.at(-1)!);
    if (!(output instanceof SymbolicTensor)) {
      layer.calls.pop();
      throw new LamellaError("graph", {
        where: this.label,
        problem: `Layer '${layer.name}' gives several outputs, and a sequential model has no place for them.`,
        hint: "Use the functional front end: input(), layer(x), model({ inputs, outputs }).",
      });
    }
    this.chain.push(output);
  }

  private refresh(): void {
    if (this.chain.length > 1) this.connect([this.chain[0]!], [this.chain.at(-1)!]);
    else this.disconnect();
  }

  /** Puts layers that have been called already in their place. */
  static restore(tensors: readonly SymbolicTensor[], layers: readonly AnyLayer[], options: LayerOptions): Sequential {
    const restored = new Sequential([], options);
    restored.chain = [...tensors];
    restored.stack.push(...layers);
    for (const layer of layers) layer.pathPrefix = restored.path;
    restored.refresh();
    return restored;
  }
}

/** What a registry for loading needs to know of sequential models. */
export const sequentialType: ModelType = {
  type: "Sequential",
  restore({ inputs, outputs, layers, options }) {
    const chain: SymbolicTensor[] = [];
    for (let tensor = outputs[0]; tensor !== undefined; tensor = tensor.source.inputs[0]) chain.unshift(tensor);
    if (chain[0] !== inputs[0] || chain.length !== layers.length + 1) {
      throw new LamellaError("format", {
        where: options.name,
        problem: "The graph of a sequential model is not a stack.",
      });
    }
    return Sequential.restore(chain, layers, options);
  },
};

/** A stack of layers. (Keras: Sequential.) */
export function sequential(entries: readonly StackEntry[] = [], options: { readonly name?: string } = {}): Sequential {
  return new Sequential(entries, options);
}
