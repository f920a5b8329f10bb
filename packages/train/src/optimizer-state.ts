import { filled, type Initializer, type Tensor, type Variable, Variable as VariableClass } from "@lamella/ir";

import { type Optimizer, optimizerSlots } from "./optimizers/optimizers.ts";

const zeros: Initializer = { type: "Zeros", config: {} };

/** What an optimizer keeps between steps, as variables: iterations, learning rate and slots, by Keras's names. */
export class OptimizerState {
  readonly optimizer: Optimizer;
  /** The variables it trains. */
  readonly variables: readonly Variable[];
  readonly iterations: Variable;
  readonly learningRate: Variable;
  private readonly slots: readonly { readonly owner: Variable; readonly slot: Variable }[];

  constructor(optimizer: Optimizer, variables: readonly Variable[]) {
    this.optimizer = optimizer;
    this.variables = variables;
    const owner = { path: optimizer.type.toLowerCase(), trainable: false };
    const make = (name: string, shape: readonly number[], dtype: Variable["dtype"]) =>
      new VariableClass({ name, shape, dtype, initializer: zeros, trainable: false, regularizer: null, owner });
    this.iterations = make("iteration", [], "int32");
    this.learningRate = make("learning_rate", [], "float32");
    this.learningRate.write(filled("float32", [], optimizer.config.learningRate));
    const paths = variables.map(({ path }) => path);
    const taken = new Set<string>();
    this.slots = optimizerSlots(optimizer, paths).map(({ name, variable }) => {
      const trained = variables[variable]!;
      // Layers of nested models may have equal paths.
      let free = name;
      for (let i = 1; taken.has(free); i++) free = `${name}_${i}`;
      taken.add(free);
      return { owner: trained, slot: make(free, trained.shape, trained.dtype) };
    });
  }

  /** The slots of some of the variables, in the optimizer's order for just those. */
  slotsOf(variables: readonly Variable[]): readonly Variable[] {
    return this.slots.filter(({ owner }) => variables.includes(owner)).map(({ slot }) => slot);
  }

  /** Everything that is kept. */
  get all(): readonly Variable[] {
    return [this.iterations, this.learningRate, ...this.slots.map(({ slot }) => slot)];
  }

  /** By name, for saving. */
  async read(): Promise<Map<string, Tensor>> {
    const entries = this.all.map(async (variable) => [variable.name, await variable.read()] as const);
    return new Map(await Promise.all(entries));
  }

  /** Takes over what was saved; names that are not there are left as they are. */
  write(saved: ReadonlyMap<string, Tensor>): void {
    for (const variable of this.all) {
      const value = saved.get(variable.name);
      if (value !== undefined) variable.write(value);
    }
  }
}
