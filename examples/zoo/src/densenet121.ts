import {
  activation,
  averagePooling2d,
  batchNormalization,
  concatenate,
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

/** Layers in each of the dense blocks. */
const blocks = [6, 12, 24, 16];

/** Channels that a layer adds. */
const growth = 32;

function activated(x: SymbolicTensor, prefix: string): SymbolicTensor {
  const normalized = batchNormalization({ epsilon: 1.001e-5, name: `${prefix}bn` })(x);
  return activation("relu", { name: `${prefix}relu` })(normalized);
}

/** `growth` new channels beside those there are. */
function grown(x: SymbolicTensor, name: string): SymbolicTensor {
  let y = activated(x, `${name}_0_`);
  y = conv2d(4 * growth, 1, { useBias: false, name: `${name}_1_conv` })(y);
  y = activated(y, `${name}_1_`);
  y = conv2d(growth, 3, { padding: "same", useBias: false, name: `${name}_2_conv` })(y);
  return concatenate({ name: `${name}_concat` })([x, y]);
}

/** Half the channels, at half the size. */
function transition(x: SymbolicTensor, name: string): SymbolicTensor {
  const channels = Math.floor(Number(x.shape.at(-1)) / 2);
  const narrow = conv2d(channels, 1, { useBias: false, name: `${name}_conv` })(activated(x, `${name}_`));
  return averagePooling2d({ poolSize: 2, strides: 2, name: `${name}_pool` })(narrow);
}

/**
 * DenseNet-121 (Huang et al. 2016), as keras.applications.DenseNet121 without its weights: every layer of a block sees all
 * layers before it. Takes pixels of mean 0 and deviation 1 in every channel, at least 32 x 32 of them.
 */
export function denseNet121({
  inputShape = [224, 224, 3],
  classes = 1000,
  classifierActivation = "softmax",
}: ImageClassifierOptions = {}) {
  const image = input({ shape: inputShape });
  let x: SymbolicTensor = zeroPadding2d({ padding: 3 })(image);
  x = conv2d(64, 7, { strides: 2, useBias: false, name: "conv1_conv" })(x);
  x = activated(x, "conv1_");
  x = zeroPadding2d({ padding: 1 })(x);
  x = maxPooling2d({ poolSize: 3, strides: 2, name: "pool1" })(x);
  for (const [i, depth] of blocks.entries()) {
    if (i > 0) x = transition(x, `pool${i + 1}`);
    for (let j = 1; j <= depth; j++) x = grown(x, `conv${i + 2}_block${j}`);
  }
  x = globalAveragePooling2d({ name: "avg_pool" })(activated(x, ""));
  const predictions = dense(classes, { activation: classifierActivation, name: "predictions" })(x);
  return model({ inputs: image, outputs: predictions, name: "densenet121" });
}
