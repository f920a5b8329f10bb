import {
  activation,
  add,
  batchNormalization,
  conv2d,
  dense,
  globalAveragePooling2d,
  input,
  model,
  type SymbolicTensor,
} from "lamella";

/** Two convolutions, added to what came in; where their output has another shape, a 1x1 convolution projects it. */
function residualBlock(x: SymbolicTensor, filters: number, strides = 1): SymbolicTensor {
  let y: SymbolicTensor = conv2d(filters, 3, { strides, padding: "same", useBias: false })(x);
  y = activation("relu")(batchNormalization({ momentum: 0.9 })(y));
  y = batchNormalization({ momentum: 0.9 })(conv2d(filters, 3, { padding: "same", useBias: false })(y));
  const sameShape = strides === 1 && x.shape.at(-1) === filters;
  const shortcut = sameShape ? x : conv2d(filters, 1, { strides, useBias: false })(x);
  return activation("relu")(add()([y, shortcut]));
}

/** A small residual network for digits. */
export function residualNet() {
  const image = input({ shape: [28, 28, 1], name: "image" });
  let x: SymbolicTensor = conv2d(8, 3, { strides: 2, padding: "same", activation: "relu" })(image);
  x = residualBlock(x, 8);
  x = residualBlock(x, 16, 2);
  x = residualBlock(x, 32, 2);
  const outputs = dense(10, { activation: "softmax", name: "digit" })(globalAveragePooling2d()(x));
  return model({ inputs: image, outputs, name: "residual" });
}
