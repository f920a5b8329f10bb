import { describeBackend } from "../src/describe-backend.ts";
import { describeWhereThere } from "../src/required.ts";
import { subjects } from "../src/subjects.ts";

const { subject } = subjects.tfjsNative;

await describeWhereThere("tfjs-native", subject.backend, () => describeBackend(subject));
