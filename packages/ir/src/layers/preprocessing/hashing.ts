import { defineLayer } from "../../define-layer.ts";
import { isFloating } from "../../dtype.ts";
import { LamellaError } from "../../errors.ts";
import { type Field, fields } from "../../fields.ts";
import { Cast } from "../../operators.ts";
import { fromNumbers, Tensor } from "../../tensor.ts";
import { encodeCategories, encodings, sparse } from "./categories.ts";
import { hashBin } from "./hashes.ts";

type Salt = readonly [number, number];

/** Two whole numbers; one stands for both. */
export function saltField(): Field<Salt | null, Salt | number | null> {
  const expects = "a whole number, two of them, or null";
  return {
    expects,
    default: null,
    parse(input, where) {
      if (input === null) return null;
      const pair: readonly unknown[] = Array.isArray(input) ? input : [input, input];
      if (pair.length === 2 && pair.every(Number.isSafeInteger)) return pair as Salt;
      const received = JSON.stringify(input) ?? typeof input;
      throw new LamellaError("config", { where, problem: "The value cannot be used.", expected: expects, received });
    },
    toJson: (value) => value,
  };
}

/** The numbers of a tensor, those with fractions truncated. */
function wholeNumbers(values: Tensor): readonly bigint[] {
  if (values.data instanceof BigInt64Array) return [...values.data];
  return values.toNumbers().map((value) => BigInt(Math.trunc(value)));
}

/** The bin of every number of a tensor, as int32. */
export function hashBins(values: Tensor, bins: number, salt: Salt | null): Tensor {
  const found = wholeNumbers(values).map((value) => hashBin(value, bins, salt));
  return new Tensor("int32", values.shape, fromNumbers("int32", found));
}

/** Whole numbers in bins by the hash of their digits, which the host takes before a model runs. (Keras: Hashing.) */
export const hashing = defineLayer({
  type: "Hashing",
  fields: {
    numBins: fields.integer({ min: 1 }),
    maskValue: fields.orNull(fields.integer()),
    salt: saltField(),
    outputMode: fields.choice(["int", ...encodings], "int"),
    sparse: sparse(),
  },
  positional: ["numBins"],
  inputDType: "int32",
  casts: "none",
  lower(context, [x]) {
    const { numBins, maskValue, salt, outputMode } = context.config;
    const isReserved = maskValue !== null && numBins > 1;
    const bins = context.onHost(x!.tensor, "int32", (values) => {
      if (!isReserved) return hashBins(values, numBins, salt);
      const numbers = values.toNumbers();
      const hashed = hashBins(values, numBins - 1, salt).toNumbers();
      const shifted = hashed.map((bin, i) => (numbers[i] === maskValue ? 0 : bin + 1));
      return new Tensor("int32", values.shape, fromNumbers("int32", shifted));
    });
    const { dtype } = context;
    if (outputMode === "int") return Cast(bins, isFloating(dtype) ? "int64" : dtype);
    return encodeCategories(bins, outputMode, numBins, isFloating(dtype) ? dtype : "float32");
  },
});
