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
} from "lamella";

import type { ImageClassifierOptions } from "./image-classifier.ts";

/** One convolution: filters, height and width of the kernel; "valid" goes without padding, "reduce" at stride 2 besides. */
type Step = readonly [filters: number, height: number, width: number, edges?: "valid" | "reduce"];

/** Convolutions one after the other, each batch-normalised and rectified. */
function convolutions(x: SymbolicTensor, ...steps: readonly Step[]): SymbolicTensor {
  return steps.reduce((y, [filters, height, width, edges]) => {
    const padding = edges === undefined ? "same" : "valid";
    const strides = edges === "reduce" ? 2 : 1;
    const convolved = conv2d(filters, [height, width], { strides, padding, useBias: false })(y);
    return activation("relu")(batchNormalization({ scale: false })(convolved));
  }, x);
}

const shrunk = (x: SymbolicTensor) => maxPooling2d({ poolSize: 3, strides: 2 })(x);

/** Averages of the neighbourhood, projected. */
function pooled(x: SymbolicTensor, filters: number): SymbolicTensor {
  return convolutions(averagePooling2d({ poolSize: 3, strides: 1, padding: "same" })(x), [filters, 1, 1]);
}

/** Kernels of size 1, 3 and 5 side by side. */
function mixedSquares(x: SymbolicTensor, name: string, poolFilters: number): SymbolicTensor {
  return concatenate({ name })([
    convolutions(x, [64, 1, 1]),
    convolutions(x, [48, 1, 1], [64, 5, 5]),
    convolutions(x, [64, 1, 1], [96, 3, 3], [96, 3, 3]),
    pooled(x, poolFilters),
  ]);
}

/** Kernels of 7 x 7, factored into rows and columns. */
function mixedSevens(x: SymbolicTensor, name: string, inner: number): SymbolicTensor {
  return concatenate({ name })([
    convolutions(x, [192, 1, 1]),
    convolutions(x, [inner, 1, 1], [inner, 1, 7], [192, 7, 1]),
    convolutions(x, [inner, 1, 1], [inner, 7, 1], [inner, 1, 7], [inner, 7, 1], [192, 1, 7]),
    pooled(x, 192),
  ]);
}

/** A row and a column kernel side by side. */
function fork(x: SymbolicTensor, name?: string): SymbolicTensor {
  return concatenate(name === undefined ? {} : { name })([convolutions(x, [384, 1, 3]), convolutions(x, [384, 3, 1])]);
}

/** The widest blocks, whose branches fork. */
function mixedForks(x: SymbolicTensor, name: string, forkName: string): SymbolicTensor {
  return concatenate({ name })([
    convolutions(x, [320, 1, 1]),
    fork(convolutions(x, [384, 1, 1]), forkName),
    fork(convolutions(x, [448, 1, 1], [384, 3, 3])),
    pooled(x, 192),
  ]);
}

/**
 * InceptionV3 (Szegedy et al. 2015), as keras.applications.InceptionV3 without its weights: kernels of several sizes side by
 * side. Takes pixels from -1 to 1, at least 75 x 75 of them.
 */
export function inceptionV3({
  inputShape = [299, 299, 3],
  classes = 1000,
  classifierActivation = "softmax",
}: ImageClassifierOptions = {}) {
  const image = input({ shape: inputShape });
  let x = convolutions(image, [32, 3, 3, "reduce"], [32, 3, 3, "valid"], [64, 3, 3]);
  x = convolutions(shrunk(x), [80, 1, 1, "valid"], [192, 3, 3, "valid"]);
  x = shrunk(x);

  for (const [i, poolFilters] of [32, 64, 64].entries()) x = mixedSquares(x, `mixed${i}`, poolFilters);
  x = concatenate({ name: "mixed3" })([
    convolutions(x, [384, 3, 3, "reduce"]),
    convolutions(x, [64, 1, 1], [96, 3, 3], [96, 3, 3, "reduce"]),
    shrunk(x),
  ]);

  for (const [i, inner] of [128, 160, 160, 192].entries()) x = mixedSevens(x, `mixed${i + 4}`, inner);
  x = concatenate({ name: "mixed8" })([
    convolutions(x, [192, 1, 1], [320, 3, 3, "reduce"]),
    convolutions(x, [192, 1, 1], [192, 1, 7], [192, 7, 1], [192, 3, 3, "reduce"]),
    shrunk(x),
  ]);

  for (const i of [0, 1]) x = mixedForks(x, `mixed${i + 9}`, `mixed9_${i}`);
  x = globalAveragePooling2d({ name: "avg_pool" })(x);
  const predictions = dense(classes, { activation: classifierActivation, name: "predictions" })(x);
  return model({ inputs: image, outputs: predictions, name: "inception_v3" });
}
