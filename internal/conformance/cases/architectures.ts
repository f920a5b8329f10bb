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
    light: true,
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
  {
    model: "mobileNetV2",
    options: { inputShape: [32, 32, 3], classes: 10 },
    inputs: three([32, 32, 3]),
    head: "predictions",
    flipped: "block_4_depthwise/kernel",
    light: true,
    // Variances over three samples are so small that even Keras's float32 and float64 do not agree: it must only train.
    training: { loss: "sparseCategoricalCrossentropy", targets: { shape: [3], dtype: "int32", high: 10 }, steps: 0 },
  },
  {
    model: "transformerEncoder",
    options: {
      vocabularySize: 12,
      maxLength: 10,
      width: 16,
      heads: 2,
      feedForward: 32,
      blocks: 2,
      dropoutRate: 0,
      classes: 4,
    },
    inputs: [{ shape: [3, 9], dtype: "int32", high: 12 }],
    head: "predictions",
    flipped: "block1_attention/query/kernel",
    light: true,
    training: { loss: "sparseCategoricalCrossentropy", targets: { shape: [3], dtype: "int32", high: 4 }, steps: 3 },
  },
  {
    model: "siamese",
    options: { inputShape: [16, 12, 2], filters: [6, 8], embeddingSize: 10 },
    inputs: [...three([16, 12, 2]), ...three([16, 12, 2])],
    head: "same",
    flipped: "conv2/kernel",
    light: true,
    training: { loss: "binaryCrossentropy", targets: { shape: [3, 1], levels: 2, low: 0, high: 2 }, steps: 3 },
  },
  {
    model: "uNet",
    options: { inputShape: [16, 12, 2], classes: 2, filters: [4, 8, 12], dropoutRate: 0 },
    inputs: three([16, 12, 2]),
    head: "predictions",
    flipped: "up2_grow/kernel",
    light: true,
    training: {
      loss: "sparseCategoricalCrossentropy",
      targets: { shape: [3, 16, 12], dtype: "int32", high: 2 },
      steps: 3,
    },
  },
  {
    model: "sequenceToSequence",
    options: { sourceVocabulary: 8, targetVocabulary: 6, width: 10, units: 12 },
    inputs: [
      { shape: [3, 7], dtype: "int32", high: 8 },
      { shape: [3, 5], dtype: "int32", high: 6 },
    ],
    head: "predictions",
    flipped: "encoder/lstm_cell/recurrent_kernel",
    light: true,
    training: { loss: "sparseCategoricalCrossentropy", targets: { shape: [3, 5], dtype: "int32", high: 6 }, steps: 3 },
  },
];
