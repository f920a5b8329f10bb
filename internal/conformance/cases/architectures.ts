import type { ArchitectureCase } from "./case.ts";

/** Float inputs of three samples. */
function three(shape: readonly number[]) {
  return [{ shape: [3, ...shape] }];
}

export const architectures: readonly ArchitectureCase[] = [
  {
    model: "resNet50",
    options: { inputShape: [32, 32, 3], classes: 10 },
    inputs: three([32, 32, 3]),
    head: "predictions",
    flipped: "conv3_block2_2_conv/kernel",
  },
];
