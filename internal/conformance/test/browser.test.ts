import { afterAll } from "vitest";

import { Browser } from "../src/browser/browser.ts";
import { inChromium } from "../src/browser/chromium.ts";
import { describeBackend, sampled } from "../src/describe-backend.ts";
import { describeWhereThere } from "../src/required.ts";

const browser = new Browser();
afterAll(() => browser[Symbol.asyncDispose]());

for (const { device, sample, full, expectedFailures } of inChromium) {
  const backend = browser.backend(device);
  await describeWhereThere(backend.name, backend, () =>
    describeBackend({ backend, expectedFailures }, sampled, sampled === Infinity ? full : sample),
  );
}
