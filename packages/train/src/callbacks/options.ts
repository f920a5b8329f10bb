import { type ConfigOf, type Field, type FieldInput, type Fields, LamellaError, parseConfig } from "@lamella/ir";

/** What a user writes for declared fields; all may be left out but `Required`. */
export type OptionsOf<F extends Fields, Required extends keyof F = never> = {
  readonly [Name in Exclude<keyof F, Required>]?: FieldInput<F[Name]>;
} & { readonly [Name in Required]: FieldInput<F[Name]> };

/** @throws LamellaError `config` for unusable values, `name` for unknown options */
export function parseOptions<F extends Fields>(type: string, declared: F, options: object): ConfigOf<F> {
  return parseConfig(declared, { ...options }, type);
}

/** 0: silent. 1: says what it does. */
export const verboseField: Field<0 | 1> = {
  expects: "0 or 1",
  default: 0,
  parse(input, where) {
    if (input === 0 || input === 1) return input;
    throw unusable(where, "0 or 1", input);
  },
  toJson: (value) => value,
};

/** How often something happens: one of some words, or after a number of batches. */
export function frequencyField<const Word extends string>(words: readonly Word[]): Field<Word | number> {
  const expects = `${words.map((word) => `'${word}'`).join(", ")} or a whole number of at least 1`;
  return {
    expects,
    default: words[0]!,
    parse(input, where) {
      if (words.includes(input as Word)) return input as Word;
      if (Number.isSafeInteger(input) && Number(input) > 0) return Number(input);
      throw unusable(where, expects, input);
    },
    toJson: (value) => value,
  };
}

/** A function. */
export function functionField<F extends (...args: never[]) => unknown>(expects: string): Field<F> {
  return {
    expects,
    parse(input, where) {
      if (typeof input === "function") return input as F;
      throw unusable(where, expects, input);
    },
    toJson: () => null,
  };
}

/** Values by name. */
export function recordField<Value>(
  expects: string,
  accepts: (value: unknown) => boolean,
): Field<Readonly<Record<string, Value>> | null> {
  return {
    expects,
    default: null,
    parse(input, where) {
      if (typeof input === "object" && input !== null && !Array.isArray(input) && Object.values(input).every(accepts)) {
        return input as Readonly<Record<string, Value>>;
      }
      throw unusable(where, expects, input);
    },
    toJson: () => null,
  };
}

export function unusable(where: string, expected: string, received: unknown): LamellaError {
  const text = typeof received === "number" ? String(received) : (JSON.stringify(received) ?? String(received));
  return new LamellaError("config", { where, problem: "The value cannot be used.", expected, received: text });
}
