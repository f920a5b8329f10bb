import { concatenate, conv2d, dense, flatten, input, maxPooling2d, model, type SymbolicTensor } from "lamella";

/** The same image seen through windows of several sizes, side by side. (Szegedy et al. 2014.) */
function inceptionBlock(x: SymbolicTensor, filters: number): SymbolicTensor {
  const conv = (size: number) => conv2d(filters, size, { padding: "same", activation: "relu" });
  const narrow = (y: SymbolicTensor) => conv2d(filters / 2, 1, { activation: "relu" })(y);
  const pooled = maxPooling2d({ poolSize: 3, strides: 1, padding: "same" })(x);
  return concatenate()([conv(1)(x), conv(3)(narrow(x)), conv(5)(narrow(x)), conv(1)(pooled)]);
}

/** A small Inception network for digits. */
export function inceptionNet() {
  const image = input({ shape: [28, 28, 1], name: "image" });
  let x: SymbolicTensor = conv2d(8, 3, { strides: 2, padding: "same", activation: "relu" })(image);
  x = inceptionBlock(maxPooling2d()(x), 8);
  x = inceptionBlock(x, 8);
  const outputs = dense(10, { activation: "softmax", name: "digit" })(flatten()(x));
  return model({ inputs: image, outputs, name: "inception" });
}
