import type { CallArgs } from "./call-args.ts";
import { LamellaError } from "./errors.ts";
import { type FieldInput, type Fields, parseConfig } from "./fields.ts";
import { type AnyLayer, Layer, type LayerDefinition, type LayerOptions } from "./layer.ts";
import type { SymbolicInput, SymbolicTensor } from "./symbolic.ts";

const layerOptionNames: ReadonlySet<string> = new Set<keyof LayerOptions>([
  "name",
  "trainable",
  "dtype",
  "inputShape",
  "activityRegularizer",
]);

type OptionsOf<F extends Fields, Positional extends keyof F> = {
  readonly [Name in Exclude<keyof F, Positional>]?: FieldInput<F[Name]>;
};
type PositionalOf<F extends Fields, Positional extends readonly (keyof F)[]> = {
  readonly [Index in keyof Positional]: FieldInput<F[Positional[Index]]>;
};
/** The arguments of a layer that takes one of its options in front of the others, without its name. */
type ShortArgs<F extends Fields, Short extends keyof F, Options> = [Short] extends [never]
  ? never
  : [value: FieldInput<F[Short]>, options?: Options];
/** The option that makes a call give a list, for layers that have it. */
type StateOption<F extends Fields, ReturnState extends boolean> = "returnState" extends keyof F
  ? { readonly returnState?: ReturnState }
  : unknown;
/** What a call gives: a list when the layer returns its states too, or always gives several tensors. */
type OutOf<
  F extends Fields,
  Name extends string,
  ReturnState extends boolean,
  Lists extends boolean | "scores",
> = Lists extends true
  ? SymbolicTensor[]
  : "returnState" extends keyof F
    ? ReturnState extends true
      ? SymbolicTensor[]
      : SymbolicTensor<Name>
    : SymbolicTensor<Name>;

/** A layer that gives the scores too, behind what it gives else, when a call asks for them. */
type ScoringLayer<Name extends string> = {
  (inputs: SymbolicInput, args: CallArgs & { readonly returnAttentionScores: true }): SymbolicTensor<Name>[];
} & Layer<Name>;

/**
 * Makes layers of one type: required arguments first, then one object of options. `Lists`: they always give several tensors,
 * or attention scores when a call asks for them. `Short`: the option that may also stand in front without its name.
 */
export interface LayerFactory<
  F extends Fields = Fields,
  Positional extends readonly (keyof F)[] = readonly never[],
  Lists extends boolean | "scores" = false,
  Short extends keyof F = never,
> {
  <const Name extends string = string, const ReturnState extends boolean = false>(
    ...args:
      | [
          ...PositionalOf<F, Positional>,
          options?: OptionsOf<F, Positional[number]> & LayerOptions<Name> & StateOption<F, ReturnState>,
        ]
      | ShortArgs<F, Short, OptionsOf<F, Short> & LayerOptions<Name>>
  ): Lists extends "scores" ? ScoringLayer<Name> : Layer<Name, OutOf<F, Name, ReturnState, Lists>>;
  readonly definition: LayerDefinition;
}

/** A layer type as a registry holds it. */
export interface LayerType {
  readonly definition: LayerDefinition;
}

/**
 * Defines a layer type. The result makes layers, and is what a registry for loading takes.
 *
 * @example
 *     const scale = defineLayer({ type: "Scale", fields: { factor: fields.number() }, positional: ["factor"],
 *       lower: ({ config }, [x]) => Mul(x.tensor, config.factor) });
 */
export function defineLayer<
  const F extends Fields,
  const Positional extends readonly (string & keyof F)[] = readonly [],
  const Short extends string & keyof F = never,
>(
  definition: LayerDefinition<F> & { readonly positional?: Positional; readonly short?: Short },
): LayerFactory<F, Positional, false, Short> {
  const general = definition as unknown as LayerDefinition;
  const create = (...values: readonly unknown[]): AnyLayer => {
    const positional = general.short !== undefined && isValue(values[0]) ? [general.short] : (general.positional ?? []);
    const [options = {}, ...surplus] = values.slice(positional.length) as (LayerOptions & Record<string, unknown>)[];
    if (!isOptions(options) || surplus.length > 0) {
      throw new LamellaError("config", {
        where: definition.type,
        problem: "The arguments cannot be used.",
        expected: [...positional, "one object of options"].join(", "),
        received: values.map((value) => JSON.stringify(value) ?? String(value)).join(", "),
      });
    }
    const own = Object.entries(options).filter(([option]) => !layerOptionNames.has(option));
    const given = positional.map((field, i) => [field, values[i]] as const);
    const where = options.name ?? definition.type;
    const twice = own.find(([option]) => positional.includes(option));
    if (twice !== undefined) {
      throw new LamellaError("config", {
        where,
        problem: `'${twice[0]}' is given twice: in front, and in the options.`,
      });
    }
    const config = parseConfig(general.fields, Object.fromEntries([...own, ...given]), where, layerOptionNames);
    return new Layer(general, config, options);
  };
  return Object.assign(create, { definition: general }) as unknown as LayerFactory<F, Positional>;
}

function isOptions(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether an argument is the value of an option rather than the options. */
function isValue(value: unknown): boolean {
  return value !== undefined && !isOptions(value);
}

/** Makes a layer of a definition from saved data. */
export function layerFromConfig(
  definition: LayerDefinition,
  config: Readonly<Record<string, unknown>>,
  options: LayerOptions,
): AnyLayer {
  return new Layer(definition, parseConfig(definition.fields, config, options.name ?? definition.type), options);
}
