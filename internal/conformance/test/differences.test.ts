import { describe, test } from "vitest";

import { casesByLayer } from "../cases/index.ts";
import { expectDifferences, hasDifferences } from "../src/differences.ts";

for (const [layer, cases] of Object.entries(casesByLayer)) {
  describe(`layer ${layer}`, () => {
    for (const layerCase of cases) {
      for (const training of [false, true]) {
        if (!hasDifferences(layerCase, training)) continue;
        const mode = training ? "training differences" : "differences";
        // oxlint-disable-next-line vitest/expect-expect
        test(`${layerCase.id} ${mode}`, () => expectDifferences(layerCase, training));
      }
    }
  });
}
