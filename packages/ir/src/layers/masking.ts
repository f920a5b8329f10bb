import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";
import { Cast, Equal, Greater, Not, ReduceMax, Reshape, Where } from "../operators.ts";

/** Masks the steps whose features all have one value, and sets them to 0. (Keras: Masking.) */
export const masking = defineLayer({
  type: "Masking",
  fields: { maskValue: fields.number({ default: 0 }) },
  short: "maskValue",
  masking: "own",
  lower({ config }, [x]) {
    const { tensor } = x!;
    const differs = Cast(Not(Equal(tensor, config.maskValue)), "int32");
    const mask = Greater(ReduceMax(differs, { axes: [-1] }), 0);
    return { tensor: Where(Reshape(mask, [...mask.shape, 1]), tensor, 0), mask };
  },
});
