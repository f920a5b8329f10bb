import { Add, Cast, Equal, Mod, Mul, Not, Sub, type Tracer, Where } from "@lamella/ir";

/** The moving average of a variable: the variable itself at the first update. (Keras: `use_ema`.) */
export function averageAt(updates: Tracer, old: Tracer, value: Tracer, emaMomentum: number): Tracer {
  const momentum = Mul(Cast(Not(Equal(updates, 0)), value.dtype), emaMomentum);
  return Add(Mul(momentum, old), Mul(Sub(1, momentum), value));
}

/** The average in place of the variable, every so many updates. (Keras: `ema_overwrite_frequency`.) */
export function overwriteAt(updates: Tracer, value: Tracer, average: Tracer, frequency: number | null): Tracer {
  return frequency === null ? value : Where(Equal(Mod(Add(updates, 1), frequency), 0), average, value);
}
