import {
  type AnyLayer,
  type CallArgs,
  inputLayer,
  inputLike,
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
  private readonly taken = new Set<string>();
  /** The input, then the output of every layer. */
  private chain: SymbolicTensor[] = [];

  constructor(entries: readonly StackEntry[] = [], options: LayerOptions = {}) {
    super(sequentialType, options);
    for (const entry of entries) this.add(entry);
  }

  override get operations(): readonly AnyLayer[] {
    return this.stack;
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
    if ((entry as unknown) === this || entry.contains(this)) {
      throw new LamellaError("graph", {
        where: this.label,
        problem: "A model cannot contain itself.",
        received: entry.label,
      });
    }
    if (entry.definition === inputLayer.definition) {
      const { batchShape } = entry.config as { readonly batchShape: Sizes };
      this.start(symbolicInput({ batchShape, dtype: entry.dtype, name: entry.name }));
      return;
    }
    if (this.taken.has(entry.name)) {
      throw new LamellaError("name", {
        where: this.label,
        problem: `There is a layer named '${entry.name}' already.`,
        expected: "a name of its own for every layer",
        hint: "Give it another name. A layer cannot stand in a stack twice: use the functional front end to share one.",
      });
    }
    const top = this.chain.at(-1) ?? (this.stack.length === 0 ? inputFor(entry) : undefined);
    if (top !== undefined) {
      const output = this.extend(entry, top);
      this.chain.push(...(this.chain.length === 0 ? [top, output] : [output]));
    }
    this.stack.push(entry);
    this.taken.add(entry.name);
    this.refresh();
  }

  /** Takes the top layer off and gives it back. @throws LamellaError `state` when there is none */
  pop(): AnyLayer {
    const layer = this.stack.pop();
    if (layer === undefined) {
      throw new LamellaError("state", { where: this.label, problem: "There are no layers in the model." });
    }
    this.taken.delete(layer.name);
    if (this.chain.length > 1) layer.takeBack(this.chain.pop()!.source);
    this.refresh();
    return layer;
  }

  /** Gives the model its shape, the batch (usually null) included. (Keras: `build`.) */
  build(batchShape: Sizes): void {
    this.buildFor(batchShape, this.stack[0]?.definition.inputDType ?? "float32");
  }

  override buildFor(batchShape: Sizes, dtype: SymbolicTensor["dtype"]): void {
    if (!this.built) this.start(symbolicInput({ batchShape, dtype }));
  }

  override call(inputs: SymbolicInput, args?: CallArgs): SymbolicTensor {
    const [first, ...others] = this.checkInputs(inputs);
    if (others.length > 0) throw this.severalInputs("The call gives");
    if (!this.built && first !== undefined) this.start(inputLike(first));
    return super.call(inputs, args);
  }

  private start(input: SymbolicTensor): void {
    if (this.chain.length > 0) {
      throw new LamellaError("graph", {
        where: this.label,
        problem: "A sequential model has one input, and this one has it already.",
        hint: "Use the functional front end, model({ inputs, outputs }), for several inputs.",
      });
    }
    const chain = [input];
    const unbuilt = this.stack.filter(({ built }) => !built);
    try {
      for (const layer of this.stack) chain.push(this.extend(layer, chain.at(-1)!));
    } catch (error) {
      for (const { source } of chain.slice(1)) source.layer.takeBack(source);
      for (const layer of unbuilt) layer.forgetWeights();
      throw error;
    }
    this.chain = chain;
    this.refresh();
  }

  /** What a layer gives for the top of the stack. */
  private extend(layer: AnyLayer, top: SymbolicTensor): SymbolicTensor {
    const severalInputs = layer instanceof Model ? layer.built && layer.inputs.length > 1 : takesSeveral(layer);
    if (severalInputs) throw this.severalInputs(`Layer '${layer.name}' takes`);
    if (!layer.built) layer.pathPrefix = this.path;
    const output = layer.call(top);
    if (output instanceof SymbolicTensor) return output;
    layer.takeBack(layer.calls.at(-1)!);
    throw new LamellaError("graph", {
      where: this.label,
      problem: `Layer '${layer.name}' gives several outputs, and a sequential model has no place for them.`,
      hint: "Use the functional front end: input(), layer(x), model({ inputs, outputs }).",
    });
  }

  private severalInputs(what: string): LamellaError {
    return new LamellaError("graph", {
      where: this.label,
      problem: `${what} several inputs, and a sequential model has one.`,
      hint: "Use the functional front end: input(), layer([a, b]), model({ inputs, outputs }).",
    });
  }

  private refresh(): void {
    if (this.chain.length > 1) this.connect([this.chain[0]!], [this.chain.at(-1)!], true);
    else this.disconnect();
  }

  /** Puts layers that have been called already in their place. */
  static restore(tensors: readonly SymbolicTensor[], layers: readonly AnyLayer[], options: LayerOptions): Sequential {
    const restored = new Sequential([], options);
    restored.chain = [...tensors];
    restored.stack.push(...layers);
    for (const { name } of layers) restored.taken.add(name);
    restored.refresh();
    return restored;
  }
}

const takesSeveral = ({ definition }: AnyLayer) => definition.inputs === "several";

/** What the first layer says of its input: its `inputShape`, or the shape of a model. */
function inputFor(first: AnyLayer): SymbolicTensor | undefined {
  if (first instanceof Model) return first.built ? inputLike(first.inputs[0]!) : undefined;
  const { inputShape, definition } = first;
  return inputShape === undefined
    ? undefined
    : symbolicInput({ shape: inputShape, dtype: definition.inputDType ?? "float32" });
}

/** What a registry for loading needs to know of sequential models. */
export const sequentialType: ModelType = {
  type: "Sequential",
  restore({ inputs, outputs, layers, options }) {
    const chain: SymbolicTensor[] = [];
    for (let tensor = outputs[0]; tensor !== undefined; tensor = tensor.source.inputs[0]) chain.push(tensor);
    chain.reverse();
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
