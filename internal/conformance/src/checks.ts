import type { Check } from "./check.ts";
import { forwardChecks } from "./forward-checks.ts";
import { gradientChecks } from "./gradient-checks.ts";
import { modelChecks } from "./model-checks.ts";
import { randomChecks } from "./random-checks.ts";

/** Everything that is checked of every case on every subject. */
export const checks: readonly Check[] = [...modelChecks, ...forwardChecks, ...gradientChecks, ...randomChecks];
