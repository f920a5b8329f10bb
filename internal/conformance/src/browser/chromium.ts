import type { DeviceName } from "@lamella/backend-tfjs";

import type { ExpectedFailures } from "../expected-failures.ts";
import { noInt64, roughWgsl } from "../subjects.ts";

/** What is checked on a device of TensorFlow.js in Chromium. */
export interface InChromium {
  readonly device: DeviceName;
  /** The names of the checks of every case, with `CONFORMANCE=full`. Default: all. */
  readonly full?: readonly string[];
  /** The names of the checks of the first case of each layer. Default: all. */
  readonly sample?: readonly string[];
  readonly expectedFailures: ExpectedFailures;
}

const onceForward = ["forward", "repeat", "mask"];
const forwardAndGradient = [...onceForward, "gradient", "training gradient"];

/** Shaders compute Exp and Tanh roughly: GLSL promises nothing, WGSL several units. */
const roughGlsl: ExpectedFailures = {
  "add/partly-masked forward": {
    reason: "GLSL promises no precision of Exp and Tanh.",
    pattern: /1\.\d+ times the tolerance/,
  },
};

/** Of arguments between -pi and pi, as those of these cases are. 2^-11 is 200 to 1,000 times the tolerance. */
const roughSines: ExpectedFailures = Object.fromEntries(
  ["sin", "cos", "tan"].flatMap((operation) =>
    ["forward", "gradient"].map((check) => [
      `ops/${operation} ${check}`,
      {
        reason: "WGSL lets Sin and Cos be off by 2^-11, and GLSL by more.",
        pattern: /^(output 0|gradient of input_0): element \d+ of 24 is .* \d{1,3}(\.\d+)? times the tolerance/,
      },
    ]),
  ),
);

/** SwiftShader compiles a program for every shape: a sample is one call forward. */
export const inChromium: readonly InChromium[] = [
  { device: "wasm", expectedFailures: noInt64 },
  {
    device: "webgl",
    full: forwardAndGradient,
    sample: onceForward,
    expectedFailures: { ...noInt64, ...roughGlsl, ...roughSines },
  },
  {
    device: "webgpu",
    full: forwardAndGradient,
    sample: onceForward,
    expectedFailures: { ...noInt64, ...roughWgsl, ...roughSines },
  },
];
