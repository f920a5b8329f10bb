import { defineLayer } from "../define-layer.ts";
import { LamellaError } from "../errors.ts";
import { type Field } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { Add, Cast, Constant, Mul } from "../operators.ts";
import { tensor } from "../tensor.ts";

type Factor = number | readonly number[];

/** One number, or one for every element of the last axis. */
function factor(defaultValue?: number): Field<Factor> {
  const expects = "a number or a list of numbers";
  const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
  return {
    expects,
    ...(defaultValue === undefined ? {} : { default: defaultValue }),
    parse(input, where) {
      if (isNumber(input) || (Array.isArray(input) && input.every(isNumber))) return input;
      const received = JSON.stringify(input) ?? String(input);
      throw new LamellaError("config", { where, problem: "The value cannot be used.", expected: expects, received });
    },
    toJson: (value) => value,
  };
}

/** The input times one number plus another, as floats. (Keras: Rescaling.) */
export const rescaling = defineLayer({
  type: "Rescaling",
  fields: { scale: factor(), offset: factor(0) },
  positional: ["scale"],
  masking: "pass",
  lower({ config, builder, dtype }, [x]) {
    const operand = (value: Factor): Tracer | number =>
      typeof value === "number" ? value : Constant(builder, tensor([...value], undefined, dtype));
    return Add(Mul(Cast(x!.tensor, dtype), operand(config.scale)), operand(config.offset));
  },
});
