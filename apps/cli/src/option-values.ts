import { InvalidArgumentError } from "@commander-js/extra-typings";

/** A parser of option values that are numbers of at least `min`. */
export function number(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value >= min) return value;
    throw new InvalidArgumentError(`Expected a number of at least ${min}.`);
  };
}

/** A parser of option values that are whole numbers of at least `min`. */
export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\s*\d+\s*$/.test(text) && Number.isSafeInteger(value) && value >= min) return value;
    throw new InvalidArgumentError(`Expected a whole number of at least ${min}.`);
  };
}

/** A parser of options that may be given several times. */
export function severalTimes(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** The value of an option that is a share: a number between 0 and 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value < 1) return value;
  throw new InvalidArgumentError("Expected a number between 0 and 1.");
}

/** A parser of options that are several whole numbers of at least `min`: `1,8`. */
export function wholeNumbers(min: number): (text: string) => readonly number[] {
  return (text) => text.split(",").map(wholeNumber(min));
}
