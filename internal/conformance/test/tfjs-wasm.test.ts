import { describeBackend } from "../src/describe-backend.ts";
import { subjects } from "../src/subjects.ts";

describeBackend(subjects.tfjsWasm.subject);
