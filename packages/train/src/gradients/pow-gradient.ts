import { Equal, Greater, Log, Mul, Pow, Sub, type Tracer, Where } from "@lamella/ir";

import { knownNumber } from "./producer.ts";
import type { Binary, LazyGradient } from "./row.ts";

/** exponent * base^(exponent - 1), which is 0 for the exponent 0 whatever the base. */
function slope(base: Tracer, exponent: Tracer): Tracer | number {
  const known = knownNumber(exponent);
  if (known === 2) return Mul(base, 2);
  if (known === 1) return 1;
  if (known !== undefined && known !== 0) return Mul(Pow(base, Sub(exponent, 1)), exponent);
  const isZero = Equal(exponent, 0);
  return Where(isZero, 0, Mul(exponent, Pow(base, Where(isZero, 1, Sub(exponent, 1)))));
}

/** The exponent's gradient is 0 where the base is not positive, as in TensorFlow. */
export function powGradient({ dy, a: base, b: exponent, y }: Binary<unknown>): readonly [LazyGradient, LazyGradient] {
  return [
    () => Mul(dy, slope(base, exponent)),
    () => {
      const positive = Greater(base, 0);
      return Where(positive, Mul(dy, Mul(y, Log(Where(positive, base, 1)))), 0);
    },
  ];
}
