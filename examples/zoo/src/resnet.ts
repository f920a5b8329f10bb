import {
  activation,
  add,
  batchNormalization,
  conv2d,
  dense,
  globalAveragePooling2d,
  input,
  maxPooling2d,
  model,
  type SymbolicTensor,
  zeroPadding2d,
} from "lamella";

import type { ImageClassifierOptions } from "./image-classifier.ts";

const normalize = (name: string) => batchNormalization({ epsilon: 1.001e-5, name });

/** 1x1, 3x3 and 1x1 convolutions, added to what came in; `projected` when its size or channels have to change. */
function block(x: SymbolicTensor, name: string, filters: number, strides: number, projected: boolean): SymbolicTensor {
  const shortcut = projected
    ? normalize(`${name}_0_bn`)(conv2d(4 * filters, 1, { strides, name: `${name}_0_conv` })(x))
    : x;
  let y: SymbolicTensor = conv2d(filters, 1, { strides, name: `${name}_1_conv` })(x);
  y = activation("relu", { name: `${name}_1_relu` })(normalize(`${name}_1_bn`)(y));
  y = conv2d(filters, 3, { padding: "same", name: `${name}_2_conv` })(y);
  y = activation("relu", { name: `${name}_2_relu` })(normalize(`${name}_2_bn`)(y));
  y = conv2d(4 * filters, 1, { name: `${name}_3_conv` })(y);
  y = normalize(`${name}_3_bn`)(y);
  return activation("relu", { name: `${name}_out` })(add({ name: `${name}_add` })([shortcut, y]));
}

/** Filters and strides of the stages; how many blocks they have makes the difference between the networks. */
const stages = [
  ["conv2", 64, 1],
  ["conv3", 128, 2],
  ["conv4", 256, 2],
  ["conv5", 512, 2],
] as const;

function resNet(
  name: string,
  blocks: readonly [number, number, number, number],
  { inputShape = [224, 224, 3], classes = 1000, classifierActivation = "softmax" }: ImageClassifierOptions,
) {
  const image = input({ shape: inputShape });
  let x: SymbolicTensor = zeroPadding2d({ padding: 3, name: "conv1_pad" })(image);
  x = conv2d(64, 7, { strides: 2, name: "conv1_conv" })(x);
  x = activation("relu", { name: "conv1_relu" })(normalize("conv1_bn")(x));
  x = zeroPadding2d({ padding: 1, name: "pool1_pad" })(x);
  x = maxPooling2d({ poolSize: 3, strides: 2, name: "pool1_pool" })(x);
  for (const [i, [stage, filters, strides]] of stages.entries()) {
    for (let j = 1; j <= blocks[i]!; j++) {
      x = block(x, `${stage}_block${j}`, filters, j === 1 ? strides : 1, j === 1);
    }
  }
  x = globalAveragePooling2d({ name: "avg_pool" })(x);
  const outputs = dense(classes, { activation: classifierActivation, name: "predictions" })(x);
  return model({ inputs: image, outputs, name });
}

/** ResNet-50 (He et al. 2015), as keras.applications.ResNet50 without its weights. */
export function resNet50(options: ImageClassifierOptions = {}) {
  return resNet("resnet50", [3, 4, 6, 3], options);
}

/** ResNet-101, as keras.applications.ResNet101. */
export function resNet101(options: ImageClassifierOptions = {}) {
  return resNet("resnet101", [3, 4, 23, 3], options);
}

/** ResNet-152, as keras.applications.ResNet152. */
export function resNet152(options: ImageClassifierOptions = {}) {
  return resNet("resnet152", [3, 8, 36, 3], options);
}
