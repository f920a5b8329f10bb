import { activation } from "./activation.ts";
import { add } from "./add.ts";
import { averagePooling2d } from "./average-pooling2d.ts";
import { average } from "./average.ts";
import { batchNormalization } from "./batch-normalization.ts";
import type { LayerCase, LayerName } from "./case.ts";
import { concatenate } from "./concatenate.ts";
import { conv2d } from "./conv2d.ts";
import { dense } from "./dense.ts";
import { dot } from "./dot.ts";
import { dropout } from "./dropout.ts";
import { elu } from "./elu.ts";
import { embedding } from "./embedding.ts";
import { flatten } from "./flatten.ts";
import { globalAveragePooling2d } from "./global-average-pooling2d.ts";
import { identity } from "./identity.ts";
import { inputLayer } from "./input-layer.ts";
import { leakyRelu } from "./leaky-relu.ts";
import { lstm } from "./lstm.ts";
import { maxPooling2d } from "./max-pooling2d.ts";
import { maximum } from "./maximum.ts";
import { minimum } from "./minimum.ts";
import { multiply } from "./multiply.ts";
import { permute } from "./permute.ts";
import { prelu } from "./prelu.ts";
import { relu } from "./relu.ts";
import { repeatVector } from "./repeat-vector.ts";
import { reshape } from "./reshape.ts";
import { softmax } from "./softmax.ts";
import { subtract } from "./subtract.ts";
import { zeroPadding2d } from "./zero-padding2d.ts";

export { trajectories } from "./trajectories.ts";

/** The cases of every layer type. */
export const casesByLayer: Readonly<Record<LayerName, readonly LayerCase[]>> = {
  Activation: activation,
  Add: add,
  AveragePooling2D: averagePooling2d,
  BatchNormalization: batchNormalization,
  Concatenate: concatenate,
  Conv2D: conv2d,
  Dense: dense,
  Dropout: dropout,
  Embedding: embedding,
  Flatten: flatten,
  GlobalAveragePooling2D: globalAveragePooling2d,
  InputLayer: inputLayer,
  LSTM: lstm,
  MaxPooling2D: maxPooling2d,
  Multiply: multiply,
  ReLU: relu,
  Reshape: reshape,
  Softmax: softmax,
  Subtract: subtract,
  Average: average,
  Maximum: maximum,
  Minimum: minimum,
  Dot: dot,
  Identity: identity,
  ELU: elu,
  LeakyReLU: leakyRelu,
  PReLU: prelu,
  Permute: permute,
  RepeatVector: repeatVector,
  ZeroPadding2D: zeroPadding2d,
};

export const cases: readonly LayerCase[] = Object.values(casesByLayer).flat();
