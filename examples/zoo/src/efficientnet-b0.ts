import {
  activation,
  add,
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2d,
  dropout,
  globalAveragePooling2d,
  input,
  model,
  multiply,
  normalization,
  rescaling,
  reshape,
  type SymbolicTensor,
  zeroPadding2d,
} from "lamella";

import type { ImageClassifierOptions } from "./image-classifier.ts";

interface Block {
  readonly kernel: number;
  readonly strides: number;
  readonly filters: number;
  /** How many times wider the block is inside. */
  readonly expand: number;
  readonly dropRate: number;
}

/** Groups of blocks; the first of a group has its strides, the others have 1. */
const stages = [
  { repeats: 1, kernel: 3, strides: 1, filters: 16, expand: 1 },
  { repeats: 2, kernel: 3, strides: 2, filters: 24, expand: 6 },
  { repeats: 2, kernel: 5, strides: 2, filters: 40, expand: 6 },
  { repeats: 3, kernel: 3, strides: 2, filters: 80, expand: 6 },
  { repeats: 3, kernel: 5, strides: 1, filters: 112, expand: 6 },
  { repeats: 4, kernel: 5, strides: 2, filters: 192, expand: 6 },
  { repeats: 1, kernel: 3, strides: 1, filters: 320, expand: 6 },
] as const;

/** Share of the samples that training passes around a block: from 0 at the first block nearly to this at the last. */
const dropConnectRate = 0.2;

const convInitializer = {
  type: "VarianceScaling",
  config: { scale: 2, mode: "fanOut", distribution: "truncatedNormal" },
} as const;
const denseInitializer = {
  type: "VarianceScaling",
  config: { scale: 1 / 3, mode: "fanOut", distribution: "uniform" },
} as const;

const channelsOf = (x: SymbolicTensor) => Number(x.shape.at(-1));

const convolution = { padding: "same", kernelInitializer: convInitializer } as const;

/** Batch normalisation and swish, named after what they follow. */
function activated(x: SymbolicTensor, name: string): SymbolicTensor {
  return activation("swish", { name: `${name}activation` })(batchNormalization({ name: `${name}bn` })(x));
}

/** Zeros for a convolution with stride 2: one less before images of even size, whose last window ends at the edge. */
function padded(x: SymbolicTensor, kernel: number, name: string): SymbolicTensor {
  const after = Math.floor(kernel / 2);
  const before = (size: unknown) => after - (1 - (Number(size) % 2));
  const [, height, width] = x.shape;
  const padding = [
    [before(height), after],
    [before(width), after],
  ];
  return zeroPadding2d({ padding, name })(x);
}

/** Weighs the channels by what their averages say. */
function squeezeAndExcite(x: SymbolicTensor, reduced: number, name: string): SymbolicTensor {
  const channels = channelsOf(x);
  let weights: SymbolicTensor = globalAveragePooling2d({ name: `${name}se_squeeze` })(x);
  weights = reshape([1, 1, channels], { name: `${name}se_reshape` })(weights);
  weights = conv2d(reduced, 1, { ...convolution, activation: "swish", name: `${name}se_reduce` })(weights);
  weights = conv2d(channels, 1, { ...convolution, activation: "sigmoid", name: `${name}se_expand` })(weights);
  return multiply({ name: `${name}se_excite` })([x, weights]);
}

/** An inverted bottleneck: wider inside than at its ends, with a skip where its ends fit. */
function block(
  start: SymbolicTensor,
  { kernel, strides, filters, expand, dropRate }: Block,
  name: string,
): SymbolicTensor {
  const channels = channelsOf(start);
  let x = start;
  if (expand !== 1) {
    const wide = conv2d(channels * expand, 1, { ...convolution, useBias: false, name: `${name}expand_conv` })(x);
    x = activated(wide, `${name}expand_`);
  }
  if (strides === 2) x = padded(x, kernel, `${name}dwconv_pad`);
  x = depthwiseConv2d(kernel, {
    strides,
    padding: strides === 2 ? "valid" : "same",
    useBias: false,
    depthwiseInitializer: convInitializer,
    name: `${name}dwconv`,
  })(x);
  x = activated(x, name);
  x = squeezeAndExcite(x, Math.max(1, Math.floor(channels / 4)), name);
  x = conv2d(filters, 1, { ...convolution, useBias: false, name: `${name}project_conv` })(x);
  x = batchNormalization({ name: `${name}project_bn` })(x);
  if (strides !== 1 || channels !== filters) return x;
  if (dropRate > 0) x = dropout(dropRate, { noiseShape: [null, 1, 1, 1], name: `${name}drop` })(x);
  return add({ name: `${name}add` })([x, start]);
}

/**
 * EfficientNet-B0 (Tan and Le 2019), as keras.applications.EfficientNetB0 without its weights: inverted bottlenecks whose
 * channels are weighed. Takes pixels from 0 to 255; `adapt` its layer `normalization` to data of other means.
 */
export function efficientNetB0({
  inputShape = [224, 224, 3],
  classes = 1000,
  classifierActivation = "softmax",
}: ImageClassifierOptions = {}) {
  const image = input({ shape: inputShape });
  let x: SymbolicTensor = normalization()(rescaling(1 / 255)(image));
  x = padded(x, 3, "stem_conv_pad");
  x = conv2d(32, 3, { strides: 2, useBias: false, kernelInitializer: convInitializer, name: "stem_conv" })(x);
  x = activated(x, "stem_");

  const total = stages.reduce((sum, { repeats }) => sum + repeats, 0);
  let count = 0;
  for (const [i, { repeats, ...stage }] of stages.entries()) {
    for (let j = 0; j < repeats; j++) {
      const dropRate = (dropConnectRate * count++) / total;
      const settings = { ...stage, strides: j === 0 ? stage.strides : 1, dropRate };
      x = block(x, settings, `block${i + 1}${"abcd"[j]}_`);
    }
  }

  x = activated(conv2d(1280, 1, { ...convolution, useBias: false, name: "top_conv" })(x), "top_");
  x = globalAveragePooling2d({ name: "avg_pool" })(x);
  x = dropout(0.2, { name: "top_dropout" })(x);
  const predictions = dense(classes, {
    activation: classifierActivation,
    kernelInitializer: denseInitializer,
    name: "predictions",
  })(x);
  return model({ inputs: image, outputs: predictions, name: "efficientnetb0" });
}
