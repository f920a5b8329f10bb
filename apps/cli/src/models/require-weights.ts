import { LamellaError } from "@lamella/ir";
import type { LayerReport } from "@lamella/keras";

import type { OpenedFile } from "../files/read-file.ts";

/** Refuses a file without the weights of its model: whatever it gave would be by chance. @throws LamellaError `format` */
export function requireWeights(opened: OpenedFile): void {
  if (opened.kind === "graph" || opened.report === undefined) return;
  const missing = missingIn(opened.report.model);
  const [first] = missing;
  if (first === undefined) return;
  throw new LamellaError("format", {
    where: opened.path,
    problem: `The file lacks weights of its model: ${first}${missing.length === 1 ? "" : ` and ${missing.length - 1} more`}.`,
    expected: "a file with weights",
    hint: "lamella train makes one from an architecture alone.",
  });
}

function missingIn({ name, weights, layers = [] }: LayerReport): string[] {
  const own = weights.filter(({ from }) => from === undefined).map((weight) => `${name}/${weight.name}`);
  return [...own, ...layers.flatMap(missingIn)];
}
