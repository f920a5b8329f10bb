import type { JsonObject } from "@lamella/ir";

import { isObject, objectAt, textAt } from "./json.ts";
import type { Scope } from "./scope.ts";
import { hardSigmoidScale, hasOldHardSigmoid, type Writer } from "./writer.ts";

/** Whether a rewritten layer applies the hard_sigmoid of old to its input, and nothing else. */
export function isOldHardSigmoid(layer: JsonObject, writer: Writer): boolean {
  const { class_name: className, config } = layer;
  if (className !== "Activation" || !hasOldHardSigmoid(writer)) return false;
  return isObject(config) && config["activation"] === "hard_sigmoid";
}

/** The layers that give hard_sigmoid of old: a multiplication by 1.2, then the activation of Keras 3. */
export function scaledSteps(scope: Scope, layer: JsonObject): [scale: JsonObject, activation: JsonObject] {
  const config = objectAt(layer["config"], "Activation");
  const own = textAt(config["name"], "Activation");
  const name = `${own}_scale`;
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
