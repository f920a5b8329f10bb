import { describe } from "vitest";

import { architectures } from "../cases/architectures.ts";
import { describeOutputs, describeSaved, describeStructures, describeTraining } from "../src/describe-architectures.ts";
import { trained } from "../src/subjects.ts";

const light = architectures.filter((architecture) => architecture.light === true);

const cheap = architectures.filter(({ training }) => training !== undefined);

describe("structures", () => {
  describeStructures();
});

describe("reference", () => {
  describeOutputs(trained.reference, light);
});

describe("ONNX Runtime CPU", () => {
  describeOutputs(trained["ONNX Runtime CPU"], architectures);
  describeSaved(trained["ONNX Runtime CPU"], cheap);
  describeTraining(trained["ONNX Runtime CPU"], cheap);
});
