import { defineLayer } from "../../define-layer.ts";
import { LamellaError } from "../../errors.ts";
import { type Field, fields } from "../../fields.ts";
import { Cast, Constant, Less, Not, ReduceSum, Reshape } from "../../operators.ts";
import { tensor } from "../../tensor.ts";
import { encodeCategories, encodings, sparse } from "./categories.ts";
import { quantileBoundaries } from "./quantiles.ts";

/** Ascending numbers. */
function boundaries(): Field<readonly number[]> {
  const expects = "a list of numbers in ascending order";
  return {
    expects,
    parse(input, where) {
      const accepts = (values: unknown): values is readonly number[] =>
        Array.isArray(values) && values.every((value, i) => Number.isFinite(value) && !(value < values[i - 1]));
      if (accepts(input)) return input;
      const received = JSON.stringify(input) ?? String(input);
      throw new LamellaError("config", { where, problem: "The value cannot be used.", expected: expects, received });
    },
    toJson: (value) => value,
  };
}

/** The bin that every number lies in. `adapt` finds bins that hold equally many numbers. (Keras: Discretization.) */
export const discretization = defineLayer({
  type: "Discretization",
  fields: {
    binBoundaries: fields.orNull(boundaries()),
    numBins: fields.orNull(fields.integer({ min: 0 })),
    epsilon: fields.number({ default: 0.01, min: 0 }),
    outputMode: fields.choice(["int", ...encodings], "int"),
    sparse: sparse(),
  },
  casts: "all",
  adapt({ numBins, epsilon }, batches, where) {
    if (numBins !== null) {
      const numbers = batches.map((batch) => batch.toNumbers());
      return { config: { binBoundaries: quantileBoundaries(numbers, numBins, epsilon) } };
    }
    throw new LamellaError("state", {
      where,
      problem: "The layer has been given its boundaries.",
      hint: "Give it numBins instead of binBoundaries.",
    });
  },
  lower(context, [x]) {
    const { builder, config, dtype } = context;
    const { binBoundaries, outputMode } = config;
    if (binBoundaries === null) {
      throw context.error("config", {
        problem: config.numBins === null ? "Either 'binBoundaries' or 'numBins' is needed." : "There are no bins yet.",
        hint: "Give the layer binBoundaries, or numBins and adapt(data) before it is called.",
      });
    }
    const { tensor: numbers } = x!;
    const edges = Constant(builder, tensor(binBoundaries, undefined, dtype));
    const reached = Not(Less(Reshape(numbers, [...numbers.shape, 1]), edges));
    const bins = ReduceSum(Cast(reached, "int32"), { axes: [numbers.rank] });
    if (outputMode === "int") return bins;
    return encodeCategories(bins, outputMode, binBoundaries.length + 1, dtype);
  },
});
