import { GraphBuilder, LamellaError, type Tensor, type Variable, Variable as VariableClass } from "@lamella/ir";
import { reference } from "@lamella/runtime";

import type { Optimizer } from "./optimizers/optimizer.ts";
import { learningRateOf, planOptimizer } from "./optimizers/optimizers.ts";
import type { Kept, OptimizerPlan, Parameter } from "./optimizers/plan.ts";
import { learningRateAt } from "./schedules/schedules.ts";

/** What an optimizer keeps between steps, as variables: iterations, learning rate and slots, by Keras's names. */
export class OptimizerState {
  readonly optimizer: Optimizer;
  /** The variables it trains. */
  readonly variables: readonly Variable[];
  readonly plan: OptimizerPlan;
  private readonly made: ReadonlyMap<Kept, Variable>;
  private averagesInPlace = false;

  constructor(optimizer: Optimizer, variables: readonly Variable[]) {
    this.optimizer = optimizer;
    this.variables = variables;
    this.plan = planOptimizer(optimizer, variables);
    const owner = { path: optimizer.type.toLowerCase(), trainable: false };
    const taken = new Set<string>();
    const make = ({ name, shape, dtype, initial }: Kept) => {
      // Layers of nested models may have equal paths, and Keras repeats names.
      let free = name;
      for (let i = 1; taken.has(free); i++) free = `${name}_${i}`;
      taken.add(free);
      const initializer = { type: "Constant", config: { value: typeof initial === "number" ? initial : 0 } } as const;
      const made = new VariableClass({
        name: free,
        shape,
        dtype,
        initializer,
        trainable: false,
        regularizer: null,
        owner,
      });
      if (typeof initial !== "number") made.follow(this.variableOf(initial));
      return made;
    };
    this.made = new Map(this.plan.kept.map((kept) => [kept, make(kept)]));
  }

  /** The variable behind a part of the plan. */
  of(kept: Kept): Variable {
    return this.made.get(kept)!;
  }

  get iterations(): Variable {
    return this.of(this.plan.iterations);
  }

  /** Absent when a schedule gives the learning rate. */
  get learningRate(): Variable | undefined {
    return this.plan.learningRate === undefined ? undefined : this.of(this.plan.learningRate);
  }

  /** The learning rate of the next step, whether it is kept or given by a schedule. */
  async readLearningRate(): Promise<number> {
    if (this.learningRate !== undefined) return (await this.learningRate.read()).toNumbers()[0]!;
    const schedule = learningRateOf(this.optimizer);
    const builder = new GraphBuilder("learning rate");
    if (typeof schedule === "number") return schedule;
    const rate = learningRateAt(schedule, builder.input("step", [], "int32"));
    const executable = await reference().compile(builder.finish({ rate }));
    const { rate: result } = await executable.run({ step: await this.iterations.read() });
    return (await result!.read()).toNumbers()[0]!;
  }

  /** Puts moving averages in the place of the variables, where the optimizer keeps them: the end of training. */
  async finish(): Promise<void> {
    for (const [variable, average] of this.averages) {
      if (this.averagesInPlace) average.write(await variable.read());
      else variable.write(await average.read());
    }
    this.averagesInPlace = false;
  }

  /**
   * Exchanges moving averages and variables, or changes them back.
   *
   * @throws LamellaError `state` for an optimizer that keeps no averages
   */
  async useAverages(inPlace: boolean): Promise<void> {
    if (this.plan.averages.length === 0) {
      throw new LamellaError("state", {
        where: this.optimizer.type,
        problem: "The optimizer keeps no moving averages of the weights.",
        hint: "Give it useEma: true.",
      });
    }
    if (inPlace === this.averagesInPlace) return;
    for (const [variable, average] of this.averages) {
      const [own, mean] = [await variable.read(), await average.read()];
      variable.write(mean);
      average.write(own);
    }
    this.averagesInPlace = inPlace;
  }

  /** Puts the variables back, if averages are in their place. */
  async putBack(): Promise<void> {
    if (this.averagesInPlace) await this.useAverages(false);
  }

  private get averages(): readonly (readonly [variable: Variable, average: Variable])[] {
    return this.plan.averages.map(({ parameter, average }) => [this.variableOf(parameter), this.of(average)]);
  }

  /** Everything that is kept. */
  get all(): readonly Variable[] {
    return this.plan.kept.map((kept) => this.of(kept));
  }

  /** What Keras's `optimizer.variables` has, and its files, in this order. */
  get listed(): readonly Variable[] {
    return this.plan.listed.map((kept) => this.of(kept));
  }

  /** By name, for saving. */
  async read(): Promise<Map<string, Tensor>> {
    const entries = this.all.map(async (variable) => [variable.name, await variable.read()] as const);
    return new Map(await Promise.all(entries));
  }

  /**
   * Takes over what was saved; names that are not there are left as they are. What other programs saved has no names of
   * ours: `variables/<place>` is what stands there in `listed`.
   */
  write(saved: ReadonlyMap<string, Tensor>): void {
    const places = new Map(this.listed.map((variable, place) => [variable, `variables/${place}`]));
    for (const variable of this.all) {
      const value = saved.get(variable.name) ?? saved.get(places.get(variable) ?? "");
      if (value !== undefined) variable.write(value);
    }
  }

  private variableOf(parameter: Parameter): Variable {
    return this.variables.find((variable) => variable === parameter)!;
  }
}
