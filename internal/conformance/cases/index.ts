import { activation } from "./activation.ts";
import { add } from "./add.ts";
import { averagePooling2d } from "./average-pooling2d.ts";
import { average } from "./average.ts";
import { batchNormalization } from "./batch-normalization.ts";
import { bidirectional } from "./bidirectional.ts";
import type { LayerCase, LayerName } from "./case.ts";
import { concatenate } from "./concatenate.ts";
import { convLstm1d } from "./conv-lstm1d.ts";
import { convLstm2d } from "./conv-lstm2d.ts";
import { convLstm3d } from "./conv-lstm3d.ts";
import { conv2d } from "./conv2d.ts";
import { dense } from "./dense.ts";
import { dot } from "./dot.ts";
import { dropout } from "./dropout.ts";
import { elu } from "./elu.ts";
import { embedding } from "./embedding.ts";
import { flatten } from "./flatten.ts";
import { globalAveragePooling2d } from "./global-average-pooling2d.ts";
import { groupNormalization } from "./group-normalization.ts";
import { gruCell } from "./gru-cell.ts";
import { gru } from "./gru.ts";
import { identity } from "./identity.ts";
import { inputLayer } from "./input-layer.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { leakyRelu } from "./leaky-relu.ts";
import { lstmCell } from "./lstm-cell.ts";
import { lstm } from "./lstm.ts";
import { masking } from "./masking.ts";
import { maxPooling2d } from "./max-pooling2d.ts";
import { maximum } from "./maximum.ts";
import { minimum } from "./minimum.ts";
import { multiply } from "./multiply.ts";
import { permute } from "./permute.ts";
import { prelu } from "./prelu.ts";
import { relu } from "./relu.ts";
import { repeatVector } from "./repeat-vector.ts";
import { reshape } from "./reshape.ts";
import { rmsNormalization } from "./rms-normalization.ts";
import { rnn } from "./rnn.ts";
import { simpleRnnCell } from "./simple-rnn-cell.ts";
import { simpleRnn } from "./simple-rnn.ts";
import { softmax } from "./softmax.ts";
import { stackedRnnCells } from "./stacked-rnn-cells.ts";
import { subtract } from "./subtract.ts";
import { timeDistributed } from "./time-distributed.ts";
import { unitNormalization } from "./unit-normalization.ts";
import { zeroPadding2d } from "./zero-padding2d.ts";

export { trajectories } from "./trajectories.ts";

/** The cases of every layer type. */
export const casesByLayer: Readonly<Record<LayerName, readonly LayerCase[]>> = {
  Activation: activation,
  Add: add,
  Average: average,
  AveragePooling2D: averagePooling2d,
  BatchNormalization: batchNormalization,
  Bidirectional: bidirectional,
  Concatenate: concatenate,
  Conv2D: conv2d,
  ConvLSTM1D: convLstm1d,
  ConvLSTM2D: convLstm2d,
  ConvLSTM3D: convLstm3d,
  Dense: dense,
  Dot: dot,
  Dropout: dropout,
  ELU: elu,
  Embedding: embedding,
  Flatten: flatten,
  GlobalAveragePooling2D: globalAveragePooling2d,
  GroupNormalization: groupNormalization,
  GRU: gru,
  GRUCell: gruCell,
  Identity: identity,
  InputLayer: inputLayer,
  LayerNormalization: layerNormalization,
  LeakyReLU: leakyRelu,
  LSTM: lstm,
  LSTMCell: lstmCell,
  Masking: masking,
  Maximum: maximum,
  MaxPooling2D: maxPooling2d,
  Minimum: minimum,
  Multiply: multiply,
  Permute: permute,
  PReLU: prelu,
  ReLU: relu,
  RepeatVector: repeatVector,
  Reshape: reshape,
  RMSNormalization: rmsNormalization,
  RNN: rnn,
  SimpleRNN: simpleRnn,
  SimpleRNNCell: simpleRnnCell,
  Softmax: softmax,
  StackedRNNCells: stackedRnnCells,
  Subtract: subtract,
  TimeDistributed: timeDistributed,
  UnitNormalization: unitNormalization,
  ZeroPadding2D: zeroPadding2d,
};

export const cases: readonly LayerCase[] = Object.values(casesByLayer).flat();
