import { type Field, fields } from "../../fields.ts";

/** One axis or several. */
export type Axes = number | readonly number[];

const list = fields.integers();

/** One axis or a list of them. */
export const axesField: Field<Axes> = {
  expects: "a whole number, or a list of them",
  default: -1,
  parse: (input, where) => (Array.isArray(input) ? list : fields.integer()).parse(input, where),
  toJson: (value) => value,
};

/** The axes in ascending order as they were written: those counted from the end come first, as in Keras. */
export function sortedAxes(axis: Axes): readonly number[] {
  return typeof axis === "number" ? [axis] : axis.toSorted((a, b) => a - b);
}
