import { Add, Cast, constrain, Div, type DType, Equal, Mod, Mul, Sub, type Tracer, Where } from "@lamella/ir";

import { matches } from "../option-fields.ts";
import { learningRateAt } from "../schedules/schedules.ts";
import { averageAt, overwriteAt } from "./averages.ts";
import { clipGradients } from "./clip.ts";
import type { Kept, Parameter, PlanResult, PlanStep, ReadKept, Slope } from "./plan.ts";
import type { RuleParts } from "./rule-plan.ts";
import type { RuleInputs, Slots, UpdateParameter } from "./rule.ts";

/** The rule for parameters of one dtype. */
interface Prepared {
  readonly learningRate: Tracer;
  readonly update: UpdateParameter;
}

/**
 * A step as Keras does it: unscale the gradients; clip, decay and update, with the mean of the gradients every so many steps;
 * average; constrain.
 */
export class RuleStep {
  readonly result: PlanResult;
  private readonly parts: RuleParts;
  private readonly read: ReadKept;
  private readonly next = new Map<Kept, Tracer>();
  private readonly learningRate: Tracer;
  /** The updates before this step. */
  private readonly updates: Tracer;
  /** The number of the next update, from 1. */
  private readonly number: Tracer;
  /** Whether this step updates. Undefined: every step does. */
  private readonly due: Tracer | undefined;
  private readonly shared: Slots;
  private readonly prepared = new Map<DType, Prepared>();

  constructor(parts: RuleParts, { read, slopes }: PlanStep) {
    this.parts = parts;
    this.read = read;
    const { config, iterations, learningRate } = parts;
    const every = config.gradientAccumulationSteps;
    const count = read(iterations);
    const rate = config.learningRate;
    this.learningRate = typeof rate === "number" ? read(learningRate!) : learningRateAt(rate, count);
    this.updates = every === null ? count : Div(Sub(count, Mod(count, every)), every);
    const after = Add(count, 1);
    this.next.set(iterations, after);
    this.number = every === null ? after : Add(this.updates, 1);
    this.due = every === null ? undefined : Equal(Mod(after, every), 0);
    this.shared = Object.fromEntries(
      parts.shared.map(({ scalar, kept }) => {
        const value = scalar.next(read(kept), Cast(this.number, kept.dtype));
        this.keep(kept, value);
        return [scalar.name, value];
      }),
    );
    this.result = { values: this.updateAll(slopes), kept: this.next };
  }

  private updateAll(slopes: readonly (Slope | undefined)[]): readonly (Tracer | undefined)[] {
    const present = slopes.flatMap((slope, i) => (slope === undefined ? [] : [{ i, ...slope }]));
    const gradients = present.map(({ i, value, gradient }) =>
      this.accumulated(i, Cast(this.unscaled(gradient), value.dtype)),
    );
    const clipped = clipGradients(gradients, this.parts.config);
    const values: (Tracer | undefined)[] = slopes.map(() => undefined);
    for (const [at, { i, value }] of present.entries()) {
      const { constraint } = this.parts.parameters[i]!;
      const averaged = this.averaged(i, this.updated(i, value, clipped[at]!));
      values[i] = constraint ? constrain(constraint, averaged) : averaged;
    }
    return values;
  }

  private unscaled(gradient: Tracer): Tracer {
    const { lossScaleFactor } = this.parts.config;
    return lossScaleFactor === null ? gradient : Div(gradient, lossScaleFactor);
  }

  /** The mean of the gradients since the last update. */
  private accumulated(i: number, gradient: Tracer): Tracer {
    const every = this.parts.config.gradientAccumulationSteps;
    if (every === null) return gradient;
    const kept = this.parts.sums[i]!;
    const sum = Add(gradient, this.read(kept));
    this.next.set(kept, Where(this.due!, 0, sum));
    return Div(sum, every);
  }

  private updated(i: number, value: Tracer, gradient: Tracer): Tracer {
    const { slots, parameters } = this.parts;
    const { learningRate, update } = this.ruleFor(value.dtype);
    const own = [...slots.ofParameter[i]!];
    const decay = this.decayOf(parameters[i]!);
    const decayed = decay === null ? value : Sub(value, Mul(Mul(value, decay), learningRate));
    const read = Object.fromEntries(own.map(([name, kept]) => [name, this.read(kept)]));
    const result = update(decayed, gradient, read);
    for (const [name, kept] of own) this.keep(kept, result.slots[name]!);
    return this.ifDue(result.variable, value);
  }

  private averaged(i: number, value: Tracer): Tracer {
    const { useEma, emaMomentum, emaOverwriteFrequency } = this.parts.config;
    if (!useEma) return value;
    const kept = this.parts.averages[i]!;
    const average = averageAt(this.updates, this.read(kept), value, emaMomentum);
    this.next.set(kept, average);
    return overwriteAt(this.updates, value, average, emaOverwriteFrequency);
  }

  private decayOf(parameter: Parameter): number | null {
    const { config, definition } = this.parts;
    if (matches(parameter.path, config.excludeFromWeightDecay)) return null;
    return definition.decayOf === undefined ? config.weightDecay : definition.decayOf(config, parameter);
  }

  private ruleFor(dtype: DType): Prepared {
    let known = this.prepared.get(dtype);
    if (known === undefined) {
      const inputs: RuleInputs = {
        learningRate: Cast(this.learningRate, dtype),
        step: Cast(this.number, dtype),
        shared: Object.fromEntries(Object.entries(this.shared).map(([name, value]) => [name, Cast(value, dtype)])),
      };
      const { definition, config } = this.parts;
      known = { learningRate: inputs.learningRate, update: definition.prepare(config, inputs) };
      this.prepared.set(dtype, known);
    }
    return known;
  }

  private keep(kept: Kept, value: Tracer): void {
    this.next.set(kept, this.ifDue(value, this.read(kept)));
  }

  private ifDue(value: Tracer, otherwise: Tracer): Tracer {
    return this.due === undefined ? value : Where(this.due, value, otherwise);
  }
}
