import {
  activation,
  conv2d,
  dense,
  globalAveragePooling2d,
  input,
  layerNormalization,
  layerScale,
  model,
  normalization,
  ops,
  sequential,
  type SymbolicTensor,
} from "lamella";

import type { ImageClassifierOptions } from "./image-classifier.ts";

const stages = [
  { depth: 3, filters: 96 },
  { depth: 3, filters: 192 },
  { depth: 9, filters: 384 },
  { depth: 3, filters: 768 },
] as const;

/** ImageNet's mean and standard deviation by channel, for pixels from 0 to 1. */
const mean = [0.485, 0.456, 0.406];
const deviation = [0.229, 0.224, 0.225];

const epsilon = 1e-6;
const name = "convnext_tiny";

/** The image in patches of 4 x 4 pixels. */
const stem = (filters: number) =>
  sequential(
    [
      conv2d(filters, 4, { strides: 4, name: `${name}_stem_conv` }),
      layerNormalization({ epsilon, name: `${name}_stem_layernorm` }),
    ],
    { name: `${name}_stem` },
  );

/** Half the size. */
const downsampling = (filters: number, i: number) =>
  sequential(
    [
      layerNormalization({ epsilon, name: `${name}_downsampling_layernorm_${i}` }),
      conv2d(filters, 2, { strides: 2, name: `${name}_downsampling_conv_${i}` }),
    ],
    { name: `${name}_downsampling_block_${i}` },
  );

/** Every channel over a wide neighbourhood, then the channels among themselves. */
function block(x: SymbolicTensor, prefix: string): SymbolicTensor {
  const filters = Number(x.shape.at(-1));
  let y: SymbolicTensor = conv2d(filters, 7, { padding: "same", groups: filters, name: `${prefix}_depthwise_conv` })(x);
  y = layerNormalization({ epsilon, name: `${prefix}_layernorm` })(y);
  y = dense(4 * filters, { name: `${prefix}_pointwise_conv_1` })(y);
  y = activation("gelu", { name: `${prefix}_gelu` })(y);
  y = dense(filters, { name: `${prefix}_pointwise_conv_2` })(y);
  y = layerScale(1e-6, filters, { name: `${prefix}_layer_scale` })(y);
  return ops.add(x, activation("linear", { name: `${prefix}_identity` })(y));
}

/**
 * ConvNeXt-Tiny (Liu et al. 2022), as keras.applications.ConvNeXtTiny without its weights: convolutions arranged as in a
 * transformer. Takes pixels from 0 to 255, at least 32 x 32 of them.
 */
export function convNeXtTiny({
  inputShape = [224, 224, 3],
  classes = 1000,
  classifierActivation = "softmax",
}: ImageClassifierOptions = {}) {
  const image = input({ shape: inputShape });
  let x: SymbolicTensor = normalization({
    mean: mean.map((value) => value * 255),
    variance: deviation.map((value) => (value * 255) ** 2),
    name: `${name}_prestem_normalization`,
  })(image);
  for (const [i, { depth, filters }] of stages.entries()) {
    x = i === 0 ? stem(filters)(x) : downsampling(filters, i - 1)(x);
    for (let j = 0; j < depth; j++) x = block(x, `${name}_stage_${i}_block_${j}`);
  }
  x = globalAveragePooling2d({ name: `${name}_head_gap` })(x);
  x = layerNormalization({ epsilon, name: `${name}_head_layernorm` })(x);
  const predictions = dense(classes, { activation: classifierActivation, name: `${name}_head_dense` })(x);
  return model({ inputs: image, outputs: predictions, name });
}
