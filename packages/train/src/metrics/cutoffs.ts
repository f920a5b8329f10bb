import { type Field, LamellaError } from "@lamella/ir";

/** Where predictions count as positive. */
export interface Cutoffs {
  /** Ascending or, where a user gave them, as given. */
  readonly thresholds: readonly number[];
  /** Evenly from 0 to 1, so that a prediction can be told its place by arithmetic. */
  readonly even: boolean;
  /** Whether the first threshold is below 0, so that a prediction of 0 is above it. */
  readonly belowZero: boolean;
}

/** What stands for no prediction at all. (Keras: `NEG_INF`.) */
export const nothing = -1e10;

/** Whether thresholds are i / (n - 1), as far as Keras tells. */
function isEven(thresholds: readonly number[]): boolean {
  const last = thresholds.length - 1;
  if (last < 2) return false;
  return thresholds.every((threshold, i) => Math.abs(threshold - i / last) <= 1e-7 + (1e-5 * i) / last);
}

/** Thresholds that a user chose, or one by default. (Keras: `parse_init_thresholds`.) */
export function givenCutoffs(given: readonly number[] | null, byDefault: number): Cutoffs {
  const thresholds = given ?? [byDefault];
  return { thresholds, even: isEven(thresholds), belowZero: false };
}

/** `count` thresholds from 0 to 1; one is 0.5. (Keras: `SensitivitySpecificityBase`.) */
export function evenCutoffs(count: number): Cutoffs {
  if (count === 1) return { thresholds: [0.5], even: false, belowZero: false };
  return { thresholds: Array.from({ length: count }, (_, i) => i / (count - 1)), even: true, belowZero: false };
}

/** `count` thresholds from just below 0 to just above 1, or a user's between them. (Keras: `AUC`.) */
export function curveCutoffs(given: readonly number[] | null, count: number): Cutoffs {
  const inner =
    given === null
      ? Array.from({ length: count - 2 }, (_, i) => (i + 1) / (count - 1))
      : given.toSorted((a, b) => a - b);
  const even = given === null || isEven([0, ...inner, 1]);
  return { thresholds: [-1e-7, ...inner, 1 + 1e-7], even, belowZero: true };
}

type Thresholds = readonly number[] | null;

/** Thresholds from 0 to 1: one, several, or null for the default. */
export const thresholdsField: Field<Thresholds, number | Thresholds> = {
  expects: "a number from 0 to 1, a list of them, or null",
  default: null,
  parse(input, where) {
    if (input === null) return null;
    const list: readonly unknown[] = Array.isArray(input) ? input : [input];
    const fits = (value: unknown): value is number => typeof value === "number" && value >= 0 && value <= 1;
    if (list.length > 0 && list.every(fits)) return list;
    throw new LamellaError("config", {
      where,
      problem: "The thresholds cannot be used.",
      expected: thresholdsField.expects,
      received: JSON.stringify(input) ?? typeof input,
    });
  },
  toJson: (value) => value,
};
