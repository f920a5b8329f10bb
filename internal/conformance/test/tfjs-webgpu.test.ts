import { describeBackend, sampled } from "../src/describe-backend.ts";
import { describeWhereThere } from "../src/required.ts";
import { subjects } from "../src/subjects.ts";

const { subject } = subjects.tfjsWebgpu;

await describeWhereThere("tfjs-webgpu", subject.backend, () => describeBackend(subject, sampled));
