import { activation } from "./activation.ts";
import { activityRegularization } from "./activity-regularization.ts";
import { adaptiveAveragePooling1d } from "./adaptive-average-pooling1d.ts";
import { adaptiveAveragePooling2d } from "./adaptive-average-pooling2d.ts";
import { adaptiveAveragePooling3d } from "./adaptive-average-pooling3d.ts";
import { adaptiveMaxPooling1d } from "./adaptive-max-pooling1d.ts";
import { adaptiveMaxPooling2d } from "./adaptive-max-pooling2d.ts";
import { adaptiveMaxPooling3d } from "./adaptive-max-pooling3d.ts";
import { add } from "./add.ts";
import { additiveAttention } from "./additive-attention.ts";
import { alphaDropout } from "./alpha-dropout.ts";
import { attention } from "./attention.ts";
import { averagePooling1d } from "./average-pooling1d.ts";
import { averagePooling2d } from "./average-pooling2d.ts";
import { averagePooling3d } from "./average-pooling3d.ts";
import { average } from "./average.ts";
import { batchNormalization } from "./batch-normalization.ts";
import { bidirectional } from "./bidirectional.ts";
import type { LayerCase, LayerName } from "./case.ts";
import { categoryEncoding } from "./category-encoding.ts";
import { centerCrop } from "./center-crop.ts";
import { concatenate } from "./concatenate.ts";
import { convLstm1d } from "./conv-lstm1d.ts";
import { convLstm2d } from "./conv-lstm2d.ts";
import { convLstm3d } from "./conv-lstm3d.ts";
import { conv1dTranspose } from "./conv1d-transpose.ts";
import { conv1d } from "./conv1d.ts";
import { conv2dTranspose } from "./conv2d-transpose.ts";
import { conv2d } from "./conv2d.ts";
import { conv3dTranspose } from "./conv3d-transpose.ts";
import { conv3d } from "./conv3d.ts";
import { cropping1d } from "./cropping1d.ts";
import { cropping2d } from "./cropping2d.ts";
import { cropping3d } from "./cropping3d.ts";
import { dense } from "./dense.ts";
import { depthwiseConv1d } from "./depthwise-conv1d.ts";
import { depthwiseConv2d } from "./depthwise-conv2d.ts";
import { discretization } from "./discretization.ts";
import { dot } from "./dot.ts";
import { dropout } from "./dropout.ts";
import { einsumDense } from "./einsum-dense.ts";
import { elu } from "./elu.ts";
import { embedding } from "./embedding.ts";
import { flatten } from "./flatten.ts";
import { gaussianDropout } from "./gaussian-dropout.ts";
import { gaussianNoise } from "./gaussian-noise.ts";
import { globalAveragePooling1d } from "./global-average-pooling1d.ts";
import { globalAveragePooling2d } from "./global-average-pooling2d.ts";
import { globalAveragePooling3d } from "./global-average-pooling3d.ts";
import { globalMaxPooling1d } from "./global-max-pooling1d.ts";
import { globalMaxPooling2d } from "./global-max-pooling2d.ts";
import { globalMaxPooling3d } from "./global-max-pooling3d.ts";
import { groupNormalization } from "./group-normalization.ts";
import { groupQueryAttention } from "./grouped-query-attention.ts";
import { gruCell } from "./gru-cell.ts";
import { gru } from "./gru.ts";
import { hashing } from "./hashing.ts";
import { identity } from "./identity.ts";
import { inputLayer } from "./input-layer.ts";
import { integerLookup } from "./integer-lookup.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { layerScale } from "./layer-scale.ts";
import { leakyRelu } from "./leaky-relu.ts";
import { lstmCell } from "./lstm-cell.ts";
import { lstm } from "./lstm.ts";
import { masking } from "./masking.ts";
import { maxPooling1d } from "./max-pooling1d.ts";
import { maxPooling2d } from "./max-pooling2d.ts";
import { maxPooling3d } from "./max-pooling3d.ts";
import { maximum } from "./maximum.ts";
import { minimum } from "./minimum.ts";
import { mixedIds } from "./mixed-precision.ts";
import { multiHeadAttention } from "./multi-head-attention.ts";
import { multiply } from "./multiply.ts";
import { normalization } from "./normalization.ts";
import { opsCases } from "./ops.ts";
import { permute } from "./permute.ts";
import { prelu } from "./prelu.ts";
import { randomBrightness } from "./random-brightness.ts";
import { randomContrast } from "./random-contrast.ts";
import { randomCrop } from "./random-crop.ts";
import { randomFlip } from "./random-flip.ts";
import { randomRotation } from "./random-rotation.ts";
import { randomTranslation } from "./random-translation.ts";
import { randomZoom } from "./random-zoom.ts";
import { relu } from "./relu.ts";
import { repeatVector } from "./repeat-vector.ts";
import { rescaling } from "./rescaling.ts";
import { reshape } from "./reshape.ts";
import { resizing } from "./resizing.ts";
import { rmsNormalization } from "./rms-normalization.ts";
import { rnn } from "./rnn.ts";
import { separableConv1d } from "./separable-conv1d.ts";
import { separableConv2d } from "./separable-conv2d.ts";
import { simpleRnnCell } from "./simple-rnn-cell.ts";
import { simpleRnn } from "./simple-rnn.ts";
import { softmax } from "./softmax.ts";
import { spatialDropout1d } from "./spatial-dropout1d.ts";
import { spatialDropout2d } from "./spatial-dropout2d.ts";
import { spatialDropout3d } from "./spatial-dropout3d.ts";
import { spectralNormalization } from "./spectral-normalization.ts";
import { stackedRnnCells } from "./stacked-rnn-cells.ts";
import { subtract } from "./subtract.ts";
import { timeDistributed } from "./time-distributed.ts";
import { unitNormalization } from "./unit-normalization.ts";
import { upSampling1d } from "./up-sampling1d.ts";
import { upSampling2d } from "./up-sampling2d.ts";
import { upSampling3d } from "./up-sampling3d.ts";
import { zeroPadding1d } from "./zero-padding1d.ts";
import { zeroPadding2d } from "./zero-padding2d.ts";
import { zeroPadding3d } from "./zero-padding3d.ts";

export { architectures } from "./architectures.ts";
export { trajectories } from "./trajectories.ts";

/** The cases of every layer type. */
export const casesByLayer: Readonly<Record<LayerName, readonly LayerCase[]>> = {
  Hashing: hashing,
  AdditiveAttention: additiveAttention,
  Attention: attention,
  EinsumDense: einsumDense,
  GroupedQueryAttention: groupQueryAttention,
  LayerScale: layerScale,
  MultiHeadAttention: multiHeadAttention,
  RandomCrop: randomCrop,
  RandomFlip: randomFlip,
  RandomBrightness: randomBrightness,
  RandomContrast: randomContrast,
  RandomTranslation: randomTranslation,
  RandomZoom: randomZoom,
  RandomRotation: randomRotation,
  Activation: activation,
  ActivityRegularization: activityRegularization,
  AdaptiveAveragePooling1D: adaptiveAveragePooling1d,
  AdaptiveAveragePooling2D: adaptiveAveragePooling2d,
  AdaptiveAveragePooling3D: adaptiveAveragePooling3d,
  AdaptiveMaxPooling1D: adaptiveMaxPooling1d,
  AdaptiveMaxPooling2D: adaptiveMaxPooling2d,
  AdaptiveMaxPooling3D: adaptiveMaxPooling3d,
  Add: add,
  AlphaDropout: alphaDropout,
  Average: average,
  AveragePooling1D: averagePooling1d,
  AveragePooling2D: averagePooling2d,
  AveragePooling3D: averagePooling3d,
  BatchNormalization: batchNormalization,
  Bidirectional: bidirectional,
  CategoryEncoding: categoryEncoding,
  CenterCrop: centerCrop,
  Concatenate: concatenate,
  Conv1D: conv1d,
  Conv1DTranspose: conv1dTranspose,
  Conv2D: conv2d,
  Conv2DTranspose: conv2dTranspose,
  Conv3D: conv3d,
  Conv3DTranspose: conv3dTranspose,
  ConvLSTM1D: convLstm1d,
  ConvLSTM2D: convLstm2d,
  ConvLSTM3D: convLstm3d,
  Cropping1D: cropping1d,
  Cropping2D: cropping2d,
  Cropping3D: cropping3d,
  Dense: dense,
  DepthwiseConv1D: depthwiseConv1d,
  DepthwiseConv2D: depthwiseConv2d,
  Discretization: discretization,
  Dot: dot,
  Dropout: dropout,
  ELU: elu,
  Embedding: embedding,
  Flatten: flatten,
  GaussianDropout: gaussianDropout,
  GaussianNoise: gaussianNoise,
  GlobalAveragePooling1D: globalAveragePooling1d,
  GlobalAveragePooling2D: globalAveragePooling2d,
  GlobalAveragePooling3D: globalAveragePooling3d,
  GlobalMaxPooling1D: globalMaxPooling1d,
  GlobalMaxPooling2D: globalMaxPooling2d,
  GlobalMaxPooling3D: globalMaxPooling3d,
  GroupNormalization: groupNormalization,
  GRU: gru,
  GRUCell: gruCell,
  Identity: identity,
  InputLayer: inputLayer,
  IntegerLookup: integerLookup,
  LayerNormalization: layerNormalization,
  LeakyReLU: leakyRelu,
  LSTM: lstm,
  LSTMCell: lstmCell,
  Masking: masking,
  Maximum: maximum,
  MaxPooling1D: maxPooling1d,
  MaxPooling2D: maxPooling2d,
  MaxPooling3D: maxPooling3d,
  Minimum: minimum,
  Multiply: multiply,
  Normalization: normalization,
  Permute: permute,
  PReLU: prelu,
  ReLU: relu,
  RepeatVector: repeatVector,
  Rescaling: rescaling,
  Reshape: reshape,
  Resizing: resizing,
  RMSNormalization: rmsNormalization,
  RNN: rnn,
  SeparableConv1D: separableConv1d,
  SeparableConv2D: separableConv2d,
  SimpleRNN: simpleRnn,
  SimpleRNNCell: simpleRnnCell,
  Softmax: softmax,
  SpatialDropout1D: spatialDropout1d,
  SpatialDropout2D: spatialDropout2d,
  SpatialDropout3D: spatialDropout3d,
  SpectralNormalization: spectralNormalization,
  StackedRNNCells: stackedRnnCells,
  Subtract: subtract,
  TimeDistributed: timeDistributed,
  UnitNormalization: unitNormalization,
  UpSampling1D: upSampling1d,
  UpSampling2D: upSampling2d,
  UpSampling3D: upSampling3d,
  ZeroPadding1D: zeroPadding1d,
  ZeroPadding2D: zeroPadding2d,
  ZeroPadding3D: zeroPadding3d,
};

/** All cases, by what they are about. */
export const caseGroups: Readonly<Record<string, readonly LayerCase[]>> = { ...casesByLayer, ops: opsCases };

export const cases: readonly LayerCase[] = Object.values(caseGroups).flat();

/** Those among them that are run under the policy 'mixed_float16', too. */
export const mixed: readonly LayerCase[] = cases.filter(({ id }) => mixedIds.includes(id));
