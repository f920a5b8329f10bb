import { describe } from "vitest";

import { describeElementwise } from "./elementwise.ts";
import type { PrimitiveSubject } from "./harness.ts";
import { describeRandomGraphs } from "./random-graph.ts";
import { describeShaping } from "./shaping.ts";
import { describeSpatial } from "./spatial.ts";

export { expectSame, expectSameGraph, graphOf, type PrimitiveSubject, randomTensor } from "./harness.ts";

/** Every primitive on a backend, against the reference backend. */
export function describePrimitives(subject: PrimitiveSubject): void {
  describe.for([subject])("$name", (own) => {
    describeElementwise(own);
    describeShaping(own);
    describeSpatial(own);
    describeRandomGraphs(own);
  });
}
