import { type Activation, activationNames, resolveActivation } from "./activations.ts";
import { type Constraint, resolveConstraint } from "./constraints.ts";
import { type Dim, normalizeDim } from "./dim.ts";
import { LamellaError, unknownName } from "./errors.ts";
import { type Initializer, initializerNames, resolveInitializer } from "./initializers.ts";
import type { AnyLayer } from "./layer.ts";
import { type Regularizer, resolveRegularizer } from "./regularizers.ts";
import type { JsonValue } from "./saved-model.ts";

/** How a layer within a configuration is written. */
export type Nest = (layer: AnyLayer) => JsonValue;

/**
 * One configuration field of a layer: `Value` is what the layer reads, `Input` what a user may write.
 * Parsing, saving, Keras JSON and documentation all read these declarations.
 */
export interface Field<Value, Input = Value> {
  /** What the documentation says the field takes. */
  readonly expects: string;
  /** Absent: the field must be given. */
  readonly default?: Value;
  /** @throws LamellaError `config` */
  parse(input: unknown, where: string): Value;
  /** `nest` writes layers that the value holds. */
  toJson(value: Value, nest: Nest): JsonValue;
  /** Only carries the type. */
  readonly input?: Input;
}

export type Fields = Readonly<Record<string, Field<unknown, unknown>>>;
export type FieldValue<F> = F extends Field<infer Value, infer _> ? Value : never;
export type FieldInput<F> = F extends Field<infer _, infer Input> ? Input : never;
/** The parsed configuration. */
export type ConfigOf<F extends Fields> = { readonly [Name in keyof F]: FieldValue<F[Name]> };

function describeValue(value: unknown): string {
  if (typeof value === "string") return `'${value}'`;
  return (typeof value === "number" ? undefined : JSON.stringify(value)) ?? String(value);
}

function fail(where: string, expects: string, received: unknown): never {
  throw new LamellaError("config", {
    where,
    problem: "The value cannot be used.",
    expected: expects,
    received: describeValue(received),
  });
}

interface FieldParts<Value> {
  readonly expects: string;
  readonly default?: Value | undefined;
  readonly accept: (input: unknown) => Value | undefined;
  readonly toJson?: (value: Value) => JsonValue;
}

function field<Value, Input = Value>(parts: FieldParts<Value>): Field<Value, Input> {
  const { expects, accept } = parts;
  return {
    expects,
    ...("default" in parts && parts.default !== undefined ? { default: parts.default } : {}),
    parse(input, where) {
      return accept(input) ?? fail(where, expects, input);
    },
    toJson: parts.toJson ?? ((value) => value as JsonValue),
  };
}

/** A field that may also be null. */
function orNull<Value, Input>(inner: Field<Value, Input>): Field<Value | null, Input | null> {
  return {
    expects: `${inner.expects}, or null`,
    default: inner.default ?? null,
    parse: (input, where) => (input === null ? null : inner.parse(input, where)),
    toJson: (value, nest) => (value === null ? null : inner.toJson(value, nest)),
  };
}

/** The number of numbers a spatial field holds. */
type Sizes = readonly number[];
type SizesInput = number | readonly number[];

export const fields = {
  orNull,

  integer(options: { readonly default?: number; readonly min?: number } = {}): Field<number> {
    const min = options.min ?? -Infinity;
    return field({
      expects: min === -Infinity ? "a whole number" : `a whole number of at least ${min}`,
      default: options.default,
      accept: (input) => (Number.isSafeInteger(input) && Number(input) >= min ? Number(input) : undefined),
    });
  },

  number(options: { readonly default?: number; readonly min?: number; readonly max?: number } = {}): Field<number> {
    const { min = -Infinity, max = Infinity } = options;
    const range =
      min === -Infinity
        ? max === Infinity
          ? ""
          : ` up to ${max}`
        : max === Infinity
          ? ` of at least ${min}`
          : ` from ${min} to ${max}`;
    return field({
      expects: `a number${range}`,
      default: options.default,
      accept: (input) => (typeof input === "number" && input >= min && input <= max ? input : undefined),
    });
  },

  boolean(defaultValue?: boolean): Field<boolean> {
    return field({
      expects: "true or false",
      default: defaultValue,
      accept: (input) => (typeof input === "boolean" ? input : undefined),
    });
  },

  text(defaultValue?: string): Field<string> {
    return field({
      expects: "a text",
      default: defaultValue,
      accept: (input) => (typeof input === "string" ? input : undefined),
    });
  },

  /** One of a few words; snake_case spellings are taken too. */
  choice<const Choice extends string>(choices: readonly Choice[], defaultValue?: NoInfer<Choice>): Field<Choice> {
    const plain = (text: string) => text.replaceAll("_", "").toLowerCase();
    const expects = choices.map((choice) => `'${choice}'`).join(" or ");
    return {
      ...field<Choice>({ expects, default: defaultValue, accept: () => undefined }),
      parse(input, where) {
        if (typeof input !== "string") return fail(where, expects, input);
        const found = choices.find((choice) => plain(choice) === plain(input));
        if (found === undefined) throw unknownName("value", input, choices, where);
        return found;
      },
    };
  },

  /** `count` whole numbers; one number stands for all of them. */
  sizes(count: number, options: { readonly default?: Sizes; readonly min?: number } = {}): Field<Sizes, SizesInput> {
    const min = options.min ?? 1;
    const fits = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= min;
    return field({
      expects: `a whole number of at least ${min}, or ${count} of them`,
      default: options.default,
      accept: (input) => {
        if (Array.isArray(input)) return input.length === count && input.every(fits) ? (input as Sizes) : undefined;
        return fits(input) ? Array.from({ length: count }, () => Number(input)) : undefined;
      },
    });
  },

  /** Two numbers. */
  pair(defaultValue?: readonly [number, number]): Field<readonly [number, number]> {
    return field<readonly [number, number]>({
      expects: "two numbers",
      default: defaultValue,
      accept: (input) =>
        Array.isArray(input) && input.length === 2 && input.every(Number.isFinite)
          ? (input as unknown as readonly [number, number])
          : undefined,
    });
  },

  integers(options: { readonly default?: Sizes } = {}): Field<Sizes> {
    return field({
      expects: "a list of whole numbers",
      default: options.default,
      accept: (input) =>
        Array.isArray(input) && input.every((value) => Number.isSafeInteger(value)) ? (input as Sizes) : undefined,
    });
  },

  /** Sizes without the batch; null for unknown ones, a name such as 'time' for an unknown one that others share. */
  shape(): Field<readonly (Dim | null)[]> {
    return field({
      expects: "a list of sizes; null or a name such as 'time' where a size is unknown",
      accept: (input) => {
        if (!Array.isArray(input)) return undefined;
        const known = input.every((dim) => dim === null || typeof dim === "string" || Number.isSafeInteger(dim));
        return known ? input.map((dim: Dim | null) => (dim === null ? null : normalizeDim(dim))) : undefined;
      },
    });
  },

  activation(defaultValue: Activation = "linear"): Field<Activation, Activation | (string & {}) | null> {
    return {
      expects: `an activation: ${activationNames.join(", ")}`,
      default: defaultValue,
      parse: (input, where) => resolveActivation(input, where),
      toJson: (value) => value,
    };
  },

  initializer(defaultValue: Initializer): Field<Initializer, Initializer | (string & {})> {
    return {
      expects: `an initializer: ${initializerNames.join(", ")}`,
      default: defaultValue,
      parse: (input, where) => resolveInitializer(input, where),
      toJson: (value) => value as unknown as JsonValue,
    };
  },

  constraint(): Field<Constraint | null, Constraint | (string & {}) | null> {
    return {
      expects: "a constraint: maxNorm, minMaxNorm, nonNeg, unitNorm, or null",
      default: null,
      parse: (input, where) => resolveConstraint(input, where),
      toJson: (value) => value as unknown as JsonValue,
    };
  },

  /** A layer within the layer. */
  layer(): Field<AnyLayer> {
    return {
      expects: "a layer",
      parse: (input, where) => (isLayer(input) ? input : fail(where, "a layer", input)),
      toJson: (value, nest) => nest(value),
    };
  },

  /** Layers within the layer. */
  layers(): Field<readonly AnyLayer[]> {
    const accepts = (input: unknown): input is readonly AnyLayer[] => Array.isArray(input) && input.every(isLayer);
    return {
      expects: "a list of layers",
      parse: (input, where) => (accepts(input) ? input : fail(where, "a list of layers", input)),
      toJson: (value, nest) => value.map(nest),
    };
  },

  regularizer(): Field<Regularizer | null, Regularizer | (string & {}) | null> {
    return {
      expects: "a regularizer: l1, l2, l1l2, or null",
      default: null,
      parse: (input, where) => resolveRegularizer(input, where),
      toJson: (value) => value as unknown as JsonValue,
    };
  },
};

/**
 * Parses a configuration. Missing fields get their defaults; unknown ones are refused with the nearest known name.
 *
 * @param others what an error lists beside the declared names
 */
export function parseConfig<F extends Fields>(
  declared: F,
  input: Readonly<Record<string, unknown>>,
  where: string,
  others: Iterable<string> = [],
): ConfigOf<F> {
  const known = Object.keys(declared);
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined && !known.includes(name)) throw unknownName("option", name, [...known, ...others], where);
  }
  const config: Record<string, unknown> = {};
  for (const name of known) {
    const declaration = declared[name]!;
    const value = input[name];
    if (value !== undefined) config[name] = declaration.parse(value, `${where}, option '${name}'`);
    else if ("default" in declaration) config[name] = declaration.default;
    else throw new LamellaError("config", { where, problem: `'${name}' is missing.`, expected: declaration.expects });
  }
  return config as ConfigOf<F>;
}

export function configToJson<F extends Fields>(
  declared: F,
  config: ConfigOf<F>,
  nest: Nest = refuseNesting,
): Record<string, JsonValue> {
  return Object.fromEntries(Object.keys(declared).map((name) => [name, declared[name]!.toJson(config[name], nest)]));
}

function refuseNesting(layer: AnyLayer): never {
  throw new LamellaError("config", { where: layer.name, problem: "Only layers can hold layers." });
}

/** Whether a value is a layer. */
export function isLayer(value: unknown): value is AnyLayer {
  return typeof value === "function" && "definition" in value && "calls" in value;
}
