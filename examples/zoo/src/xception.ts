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
  separableConv2d,
  type SymbolicTensor,
} from "lamella";

import type { ImageClassifierOptions } from "./image-classifier.ts";

const rectified = (x: SymbolicTensor, name: string) => activation("relu", { name: `${name}_act` })(x);

function convolution(x: SymbolicTensor, filters: number, strides: number, name: string): SymbolicTensor {
  const convolved = conv2d(filters, 3, { strides, useBias: false, name })(x);
  return rectified(batchNormalization({ name: `${name}_bn` })(convolved), name);
}

function separable(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  const convolved = separableConv2d(filters, 3, { padding: "same", useBias: false, name })(x);
  return batchNormalization({ name: `${name}_bn` })(convolved);
}

/** Two separable convolutions, then half the size, beside a projection. The first of all blocks gets a rectified input. */
function reduction(x: SymbolicTensor, [inner, filters]: readonly [number, number], block: number): SymbolicTensor {
  const name = `block${block}`;
  const projected = conv2d(filters, 1, { strides: 2, padding: "same", useBias: false })(x);
  const residual = batchNormalization()(projected);
  let y = block === 2 ? x : rectified(x, `${name}_sepconv1`);
  y = separable(y, inner, `${name}_sepconv1`);
  y = separable(rectified(y, `${name}_sepconv2`), filters, `${name}_sepconv2`);
  y = maxPooling2d({ poolSize: 3, strides: 2, padding: "same", name: `${name}_pool` })(y);
  return add()([y, residual]);
}

/** Three separable convolutions with a skip around them. */
function middle(x: SymbolicTensor, block: number): SymbolicTensor {
  let y = x;
  for (const part of ["sepconv1", "sepconv2", "sepconv3"]) {
    const name = `block${block}_${part}`;
    y = separable(rectified(y, name), 728, name);
  }
  return add()([y, x]);
}

/**
 * Xception (Chollet 2016), as keras.applications.Xception without its weights: separable convolutions with skips. Takes
 * pixels from -1 to 1, at least 71 x 71 of them.
 */
export function xception({
  inputShape = [299, 299, 3],
  classes = 1000,
  classifierActivation = "softmax",
}: ImageClassifierOptions = {}) {
  const image = input({ shape: inputShape });
  let x = convolution(image, 32, 2, "block1_conv1");
  x = convolution(x, 64, 1, "block1_conv2");
  for (const [i, filters] of [128, 256, 728].entries()) x = reduction(x, [filters, filters], i + 2);
  for (let block = 5; block <= 12; block++) x = middle(x, block);
  x = reduction(x, [728, 1024], 13);
  for (const [i, filters] of [1536, 2048].entries()) {
    const part = `block14_sepconv${i + 1}`;
    x = rectified(separable(x, filters, part), part);
  }
  x = globalAveragePooling2d({ name: "avg_pool" })(x);
  const predictions = dense(classes, { activation: classifierActivation, name: "predictions" })(x);
  return model({ inputs: image, outputs: predictions, name: "xception" });
}
