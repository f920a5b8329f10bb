import { afterAll } from "vitest";

import { Browser } from "../src/browser/browser.ts";
import { describeBackend } from "../src/describe-backend.ts";
import { describeWhereThere } from "../src/required.ts";
import { subjects } from "../src/subjects.ts";

const browser = new Browser();
afterAll(() => browser[Symbol.asyncDispose]());

const { expectedFailures } = subjects.tfjsWasm.subject;
const backend = browser.backend("wasm");

await describeWhereThere(backend.name, backend, () => describeBackend({ backend, expectedFailures }));
