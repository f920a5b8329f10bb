import {
  add,
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2d,
  globalAveragePooling2d,
  input,
  model,
  relu,
  type SymbolicTensor,
  zeroPadding2d,
} from "lamella";

import type { ImageClassifierOptions } from "./image-classifier.ts";

export interface MobileNetV2Options extends ImageClassifierOptions {
  /** Width: a factor of the number of filters. Default 1. */
  readonly alpha?: number;
}

/** How many blocks, their filters at width 1, and the strides of the first of them. */
const stages = [
  [1, 16, 1],
  [2, 24, 2],
  [3, 32, 2],
  [4, 64, 2],
  [3, 96, 1],
  [3, 160, 2],
  [1, 320, 1],
] as const;

/** How much wider a block is inside. */
const expansion = 6;

const normalize = (name: string) => batchNormalization({ epsilon: 1e-3, momentum: 0.999, name });
const relu6 = (name: string) => relu({ maxValue: 6, name });

/** The multiple of 8 next to a number of filters, and no less than 90 % of it. */
function filtersAt(width: number): number {
  const nearest = Math.max(8, Math.floor((width + 4) / 8) * 8);
  return nearest < 0.9 * width ? nearest + 8 : nearest;
}

/** Zeros around an image, for a 3x3 convolution with strides of 2: none before an even size, one everywhere else. */
function padded(x: SymbolicTensor, name: string): SymbolicTensor {
  const [, height, width] = x.shape.map((size) => (typeof size === "number" ? size % 2 : 0));
  return zeroPadding2d({
    padding: [
      [height!, 1],
      [width!, 1],
    ],
    name,
  })(x);
}

/** An inverted residual: expanded by a 1x1 convolution, filtered channel by channel, projected to few channels. */
function block(x: SymbolicTensor, index: number, filters: number, strides: number): SymbolicTensor {
  const channels = Number(x.shape.at(-1));
  const name = index === 0 ? "expanded_conv" : `block_${index}`;
  const pointwise = { padding: "same", useBias: false } as const;
  let y: SymbolicTensor = x;
  if (index > 0) {
    y = conv2d(expansion * channels, 1, { ...pointwise, name: `${name}_expand` })(y);
    y = relu6(`${name}_expand_relu`)(normalize(`${name}_expand_BN`)(y));
  }
  if (strides === 2) y = padded(y, `${name}_pad`);
  const padding = strides === 1 ? "same" : "valid";
  y = depthwiseConv2d(3, { strides, padding, useBias: false, name: `${name}_depthwise` })(y);
  y = relu6(`${name}_depthwise_relu`)(normalize(`${name}_depthwise_BN`)(y));
  y = conv2d(filters, 1, { ...pointwise, name: `${name}_project` })(y);
  y = normalize(`${name}_project_BN`)(y);
  return channels === filters && strides === 1 ? add({ name: `${name}_add` })([x, y]) : y;
}

/** MobileNetV2 (Sandler et al. 2018), as keras.applications.MobileNetV2 without its weights. */
export function mobileNetV2({
  inputShape = [224, 224, 3],
  classes = 1000,
  classifierActivation = "softmax",
  alpha = 1,
}: MobileNetV2Options = {}) {
  const image = input({ shape: inputShape });
  const stem = { strides: 2, padding: "same", useBias: false, name: "Conv1" } as const;
  let x: SymbolicTensor = conv2d(filtersAt(32 * alpha), 3, stem)(image);
  x = relu6("Conv1_relu")(normalize("bn_Conv1")(x));
  let index = 0;
  for (const [count, filters, strides] of stages) {
    for (let i = 0; i < count; i++) {
      x = block(x, index, filtersAt(Math.trunc(filters * alpha)), i === 0 ? strides : 1);
      index += 1;
    }
  }
  x = conv2d(alpha > 1 ? filtersAt(1280 * alpha) : 1280, 1, { useBias: false, name: "Conv_1" })(x);
  x = relu6("out_relu")(normalize("Conv_1_bn")(x));
  x = globalAveragePooling2d()(x);
  const outputs = dense(classes, { activation: classifierActivation, name: "predictions" })(x);
  return model({ inputs: image, outputs, name: `mobilenetv2_${alpha.toFixed(2)}_${inputShape[0]}` });
}
