import type { JsonObject } from "@lamella/ir";

import { isObject, objectAt, textAt } from "../json.ts";
import type { Scope } from "./scope.ts";
import { hardSigmoidScale, hasOldHardSigmoid, type Writer } from "./writer.ts";

/** Whether a rewritten layer applies the hard_sigmoid of old to its input, and nothing else. */
export function isOldHardSigmoid(layer: JsonObject, writer: Writer): boolean {
  const { class_name: className, config } = layer;
  if (className !== "Activation" || !hasOldHardSigmoid(writer)) return false;
  return isObject(config) && config["activation"] === "hard_sigmoid";
}

/** A name, with a number behind it where it is taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 1; ; number++) if (!taken.has(`${name}_${number}`)) return `${name}_${number}`;
}

/** The layers that give hard_sigmoid of old: a multiplication by 1.2, then the activation of Keras 3. */
export function scaledSteps(
  scope: Scope,
  layer: JsonObject,
  taken: ReadonlySet<string>,
): [scale: JsonObject, activation: JsonObject] {
  const config = objectAt(layer["config"], "Activation");
  const own = textAt(config["name"], "Activation");
  const name = freeName(`${own}_scale`, taken);
  scope.note(
    `${own}: hard_sigmoid was max(0, min(1, 0.2 x + 0.5)) where the file was written, and has a slope of 1/6 ` +
      `since Keras 3. The layer ${name} multiplies by ${hardSigmoidScale} in front of it, which gives the same numbers.`,
  );
  const scale = {
    module: "keras.layers",
    class_name: "Rescaling",
    config: { name, trainable: true, dtype: config["dtype"] ?? "float32", scale: hardSigmoidScale, offset: 0 },
    registered_name: null,
  };
  return [scale, layer];
}
