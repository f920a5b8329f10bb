import { LamellaError, type PrimitiveAttributes } from "@lamella/ir";

import type { GradientRow } from "./row.ts";

export const scanGradient: GradientRow<PrimitiveAttributes["Scan"]> = () => {
  throw new LamellaError("unsupported", { problem: "Not yet." });
};
