import type { Kept, Parameter } from "./plan.ts";
import type { SharedScalar, Slot } from "./rule.ts";

/** Something kept for a parameter: of its shape and dtype, and named after its path, unless the slot says otherwise. */
export function keptFor(parameter: Parameter, slot: Slot): Kept {
  const { name, title = `${parameter.path.replaceAll("/", "_")}_${name}`, initial = 0 } = slot;
  const { shape = parameter.shape, dtype = parameter.dtype } = slot;
  const start = initial === "parameter" ? parameter : initial;
  return { name: title, shape, dtype, initial: start, ...(slot.idle === true ? { attribute: true } : {}) };
}

/** The counter of steps. */
export function keptIterations(): Kept {
  return { name: "iteration", shape: [], dtype: "int32", initial: 0 };
}

export function keptLearningRate(initial: number): Kept {
  return { name: "learning_rate", shape: [], dtype: "float32", initial };
}

export function keptShared({ title, initial }: SharedScalar, parameters: readonly Parameter[]): Kept {
  return { name: title, shape: [], dtype: parameters[0]?.dtype ?? "float32", initial, attribute: true };
}
