import { describe } from "vitest";

import { architectures } from "../cases/architectures.ts";
import { describeOutputs, describeStructures } from "../src/describe-architectures.ts";
import { trained } from "../src/subjects.ts";

describe("structures", () => {
  describeStructures();
});

describe("ONNX Runtime CPU", () => {
  describeOutputs(trained["ONNX Runtime CPU"], architectures);
});
