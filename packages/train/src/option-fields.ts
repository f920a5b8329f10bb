import { type Field, type JsonValue, LamellaError } from "@lamella/ir";

/** A field of JSON values that pass a test. */
function checked<Value extends JsonValue>(
  expects: string,
  accepts: (input: unknown) => boolean,
  fallback?: Value,
): Field<Value> {
  return {
    expects,
    ...(fallback === undefined ? {} : { default: fallback }),
    parse(input, where) {
      if (accepts(input)) return input as Value;
      const received = typeof input === "number" ? String(input) : (JSON.stringify(input) ?? String(input));
      throw new LamellaError("config", { where, problem: "The value cannot be used.", expected: expects, received });
    },
    toJson: (value) => value,
  };
}

/** A number above 0, and not above `max`. */
export function positive(options: { readonly default?: number; readonly max?: number } = {}): Field<number> {
  const { max = Infinity } = options;
  const expects = `a number above 0${max === Infinity ? "" : ` and up to ${max}`}`;
  return checked(expects, (input) => typeof input === "number" && input > 0 && input <= max, options.default);
}

/** A list of numbers. */
export function numbers(): Field<readonly number[]> {
  return checked<readonly number[]>(
    "a list of numbers",
    (input) => Array.isArray(input) && input.every(Number.isFinite),
  );
}

function isPattern(text: unknown): boolean {
  if (typeof text !== "string") return false;
  try {
    return new RegExp(text, "u").source !== "";
  } catch {
    return false;
  }
}

/** Regular expressions that are sought in the paths of variables. Default: none. */
export function patterns(): Field<readonly string[]> {
  const expects = "a list of regular expressions, such as 'bias' or 'dense_1/kernel'";
  return checked<readonly string[]>(expects, (input) => Array.isArray(input) && input.every(isPattern), []);
}

/** Whether one of the patterns occurs in a path. */
export function matches(path: string, sought: readonly string[]): boolean {
  return sought.some((pattern) => new RegExp(pattern, "u").test(path));
}
