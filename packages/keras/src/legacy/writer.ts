import type { JsonValue } from "@lamella/ir";

/** What wrote a file, as far as that decides what its configurations mean. TensorFlow.js counts as Keras 2. */
export interface Writer {
  readonly program: "keras" | "tfjs";
  /** The generation: 1, 2 or 3. */
  readonly generation: 1 | 2 | 3;
}

/** What wrote a file, by the version it carries: `2.9.0`, `2.2.4-tf`, `tfjs-layers 4.22.0`. */
export function writerOf(version: string): Writer {
  if (version.startsWith("tfjs")) return { program: "tfjs", generation: 2 };
  const major = Number.parseInt(version, 10);
  return { program: "keras", generation: major >= 3 ? 3 : major === 1 ? 1 : 2 };
}

/** What probably wrote a configuration that carries no version: only Keras 3 says `batch_shape`, only Keras 1 `nb_filter`. */
export function guessWriter(json: JsonValue): Writer {
  const text = JSON.stringify(json);
  if (/"(?:batch_shape|__keras_tensor__|DTypePolicy)"/.test(text)) return { program: "keras", generation: 3 };
  const isFirst = /"(?:nb_filter|inner_activation|W_regularizer|border_mode)"/.test(text);
  return { program: "keras", generation: isFirst ? 1 : 2 };
}

/** Whether `hard_sigmoid` means max(0, min(1, 0.2 x + 0.5)), as before Keras 3, and not max(0, min(1, x / 6 + 0.5)). */
export function hasOldHardSigmoid(writer: Writer): boolean {
  return writer.generation < 3;
}

/** hardSigmoid(x) of old is Keras 3's of 1.2 x. */
export const hardSigmoidScale = 1.2;
