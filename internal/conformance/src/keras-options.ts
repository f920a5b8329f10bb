import type { JsonObject } from "@lamella/ir";

function camelCased(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Keras's options under our names: `from_logits` to `fromLogits`. */
export function withOurNames(config: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [camelCased(name), value]));
}
