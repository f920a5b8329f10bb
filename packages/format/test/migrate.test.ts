import { type JsonValue, LamellaError, type SavedLayer } from "@lamella/ir";
import { expect, test } from "vitest";

import { type Migration, migrate } from "../src/migrate.ts";
import { withConfig } from "./models.ts";

function stepsOf(layers: readonly SavedLayer[]): readonly JsonValue[] {
  const steps = layers[0]?.config["steps"];
  return Array.isArray(steps) ? steps : [];
}

/** Notes in the model's configuration that it was applied. */
function step(major: number, minor: number): Migration {
  return {
    to: { major, minor },
    apply: ({ layers }) => withConfig({ steps: [...stepsOf(layers), `${major}.${minor}`] }),
  };
}

const list = [step(1, 1), step(1, 3), step(2, 0)];

test.each([
  [{ major: 1, minor: 0 }, ["1.1", "1.3", "2.0"]],
  [{ major: 1, minor: 1 }, ["1.3", "2.0"]],
  [{ major: 1, minor: 9 }, ["2.0"]],
  [{ major: 2, minor: 0 }, []],
])("a file of version %j goes through the migrations it has not seen, in order", (from, steps) => {
  expect(stepsOf(migrate(withConfig({}), from, list).layers)).toEqual(steps);
});

test("an error in a migration says in which", () => {
  const apply = () => {
    throw new LamellaError("format", { problem: "The units are missing." });
  };
  const broken = [{ to: { major: 1, minor: 2 }, apply }];
  const run = () => migrate(withConfig({}), { major: 1, minor: 0 }, broken);
  expect(run).toThrow("migration from format 1.0 to 1.2: The units are missing.");
});

test("nothing has to be migrated today", () => {
  const model = withConfig({});
  expect(migrate(model, { major: 1, minor: 0 })).toBe(model);
});
