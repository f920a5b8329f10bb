import { describe } from "vitest";

import { caseGroups } from "../cases/index.ts";
import { checkTest } from "../src/check-test.ts";
import { expectDifferences, hasDifferences } from "../src/differences.ts";
import type { ExpectedFailures } from "../src/expected-failures.ts";
import { hasGolden } from "../src/golden.ts";

const expected: ExpectedFailures = {
  "ops/stopGradient differences": { reason: "Its gradient is 0 on purpose.", pattern: /the gradient says 0$/ },
};

for (const [group, cases] of Object.entries(caseGroups)) {
  describe(`of ${group}`, () => {
    for (const layerCase of cases) {
      for (const training of [false, true]) {
        if (!hasGolden(layerCase.id) || !hasDifferences(layerCase, training)) continue;
        const name = `${layerCase.id} ${training ? "training differences" : "differences"}`;
        checkTest(name, () => expectDifferences(layerCase, training), expected[name]);
      }
    }
  });
}
