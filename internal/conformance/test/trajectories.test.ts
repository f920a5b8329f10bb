import { onnxruntime } from "@lamella/backend-onnxruntime";
import { reference } from "@lamella/runtime";
import { describe } from "vitest";

import { describeTrajectories } from "../src/describe-trajectories.ts";

describe("reference", () => {
  describeTrajectories(reference());
});

describe("onnxruntime", () => {
  describeTrajectories(onnxruntime({ intraOpThreads: 1 }));
});
