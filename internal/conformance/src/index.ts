export { describeBackend } from "./describe-backend.ts";
export { type ExpectedFailure, type ExpectedFailures } from "./expected-failures.ts";
export { throughFormat, throughOnnx } from "./routes.ts";
export type { Subject } from "./subject.ts";
