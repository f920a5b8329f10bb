import { expect, test } from "vitest";

import { optimizerObject } from "../../src/legacy/compile-config.ts";
import { writerOf } from "../../src/legacy/writer.ts";

test.each([
  ["lion", "Lion", 0.0001],
  ["RMSprop", "RMSprop", 0.001],
  ["sgd", "SGD", 0.01],
] as const)("the optimizer that compile calls '%s'", (name, className, rate) => {
  const object = (config: object) => ({
    module: "keras.optimizers",
    class_name: className,
    config,
    registered_name: null,
  });
  expect(optimizerObject(name, writerOf("2.15.0"))).toEqual(object({ learning_rate: rate }));
  expect(optimizerObject(name, writerOf("3.0.5"))).toEqual(object({}));
});

test("other names, and objects, stay", () => {
  expect([optimizerObject("mine", writerOf("3.0.5")), optimizerObject(null, writerOf("3.0.5"))]).toEqual([
    "mine",
    null,
  ]);
});
