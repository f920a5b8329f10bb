import type { ArchitectureCase } from "./case.ts";

/** Float inputs of three samples. */
function three(shape: readonly number[]) {
  return [{ shape: [3, ...shape] }];
}

/** Images of three samples, with pixels from 0 to 255. */
function threeImages(shape: readonly number[]) {
  return [{ shape: [3, ...shape], low: 0, high: 256 }];
}

export const architectures: readonly ArchitectureCase[] = [
  {
    model: "resNet50",
    options: { inputShape: [32, 32, 3], classes: 10 },
    inputs: three([32, 32, 3]),
    head: "predictions",
    flipped: "conv3_block2_2_conv/kernel",
  },
  {
    model: "inceptionV3",
    options: { inputShape: [75, 75, 3], classes: 10 },
    inputs: three([75, 75, 3]),
    head: "predictions",
    flipped: "conv2d_45/kernel",
  },
  {
    model: "efficientNetB0",
    options: { inputShape: [32, 32, 3], classes: 10 },
    inputs: threeImages([32, 32, 3]),
    head: "predictions",
    flipped: "block3b_dwconv/kernel",
  },
  {
    model: "denseNet121",
    options: { inputShape: [32, 32, 3], classes: 10 },
    inputs: three([32, 32, 3]),
    head: "predictions",
    flipped: "conv3_block6_2_conv/kernel",
  },
  {
    model: "xception",
    options: { inputShape: [71, 71, 3], classes: 10 },
    inputs: three([71, 71, 3]),
    head: "predictions",
    flipped: "block7_sepconv2/depthwise_kernel",
  },
  {
    model: "convNeXtTiny",
    options: { inputShape: [32, 32, 3], classes: 10 },
    inputs: threeImages([32, 32, 3]),
    head: "convnext_tiny_head_dense",
    flipped: "convnext_tiny_stage_2_block_4_depthwise_conv/kernel",
  },
];
