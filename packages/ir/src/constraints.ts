import { LamellaError } from "./errors.ts";
import type { Tracer } from "./graph-builder.ts";
import { resolveName } from "./names.ts";
import { Add, Div, Max, Min, Mul, ReduceSum, Sqrt } from "./operators.ts";
import type { JsonObject } from "./saved-model.ts";

const epsilon = 1e-7;

type Axes = number | readonly number[];

function norms(x: Tracer, axis: Axes): Tracer {
  return Sqrt(ReduceSum(Mul(x, x), { axes: typeof axis === "number" ? [axis] : axis, keepdims: true }));
}

const number = (config: JsonObject, name: string) => Number(config[name]);
const axes = (config: JsonObject) => config["axis"] as Axes;

/** Keras's constraints with their default configurations. */
const table = {
  MaxNorm: [
    { maxValue: 2, axis: 0 },
    (x, config) => {
      const norm = norms(x, axes(config));
      const limited = Min(Max(norm, 0), number(config, "maxValue"));
      return Mul(x, Div(limited, Add(norm, epsilon)));
    },
  ],
  MinMaxNorm: [
    { minValue: 0, maxValue: 1, rate: 1, axis: 0 },
    (x, config) => {
      const norm = norms(x, axes(config));
      const rate = number(config, "rate");
      const limited = Min(Max(norm, number(config, "minValue")), number(config, "maxValue"));
      return Mul(x, Div(Add(Mul(limited, rate), Mul(norm, 1 - rate)), Add(norm, epsilon)));
    },
  ],
  NonNeg: [{}, (x) => Max(x, 0)],
  UnitNorm: [{ axis: 0 }, (x, config) => Div(x, Add(norms(x, axes(config)), epsilon))],
} as const satisfies Readonly<Record<string, readonly [JsonObject, (x: Tracer, config: JsonObject) => Tracer]>>;

type ConstraintType = keyof typeof table;

/** What a weight must satisfy after every step, as plain data. (Keras: MaxNorm, MinMaxNorm, NonNeg, UnitNorm.) */
export interface Constraint {
  readonly type: ConstraintType;
  readonly config: JsonObject;
}

const names = Object.keys(table) as readonly ConstraintType[];

function make(type: ConstraintType, given: object): Constraint {
  return { type, config: { ...table[type][0], ...given } };
}

/** Keras's constraints, with Keras's defaults. Norms are taken along `axis` (default 0). */
export const constraints = {
  maxNorm: (config: { readonly maxValue?: number; readonly axis?: Axes } = {}) => make("MaxNorm", config),
  minMaxNorm: (
    config: {
      readonly minValue?: number;
      readonly maxValue?: number;
      readonly rate?: number;
      readonly axis?: Axes;
    } = {},
  ) => make("MinMaxNorm", config),
  nonNeg: () => make("NonNeg", {}),
  unitNorm: (config: { readonly axis?: Axes } = {}) => make("UnitNorm", config),
};

export function resolveConstraint(input: unknown, where?: string): Constraint | null {
  if (input === null) return null;
  const spec = typeof input === "string" ? { type: input } : input;
  if (typeof spec === "object" && spec !== null && "type" in spec && typeof spec.type === "string") {
    const type = resolveName("constraint", spec.type, names, where);
    const given = "config" in spec && typeof spec.config === "object" && spec.config !== null ? spec.config : {};
    for (const name of Object.keys(given)) resolveName("option", name, Object.keys(table[type][0]), where);
    return make(type, given);
  }
  throw new LamellaError("config", {
    where,
    problem: "This is not a constraint.",
    expected: "a name (maxNorm, minMaxNorm, nonNeg, unitNorm), constraints.maxNorm(), or null",
    received: JSON.stringify(input),
  });
}

/** The value brought to satisfy the constraint. */
export function constrain({ type, config }: Constraint, x: Tracer): Tracer {
  return table[type][1](x, config);
}
