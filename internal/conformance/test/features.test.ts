import { readFileSync } from "node:fs";

import { catalogue } from "@lamella/ir";
import { expect, test } from "vitest";

import { cases } from "../cases/index.ts";
import { featuresText } from "../src/features-text.ts";

test("FEATURES.md is what the cases and the expected failures say", { timeout: 60_000 }, () => {
  const committed = readFileSync(new URL("../../../FEATURES.md", import.meta.url), "utf8");
  expect(committed, "run `pnpm --filter @lamella-internal/conformance run features`").toBe(featuresText());
});

test("every layer and operation of the catalogue has a case", () => {
  const specs = cases.flatMap(({ layers }) => layers);
  const covered = new Set<string>(specs.map((spec) => ("op" in spec ? `ops.${spec.op}` : spec.type)));
  const types = catalogue.map(({ definition }) => definition.type);
  // Keras has no squaredDifference, and an input layer stands in front of every case.
  expect(types.filter((type) => !covered.has(type))).toEqual(["ops.squaredDifference", "InputLayer"]);
});
