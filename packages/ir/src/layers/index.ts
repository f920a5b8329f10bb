export { activation, relu, softmax } from "./activation-layers.ts";
export { activityRegularization } from "./activity-regularization.ts";
export {
  adaptiveAveragePooling1d,
  adaptiveAveragePooling2d,
  adaptiveAveragePooling3d,
  adaptiveMaxPooling1d,
  adaptiveMaxPooling2d,
  adaptiveMaxPooling3d,
} from "./adaptive-pooling.ts";
export * from "./attention/index.ts";
export { batchNormalization } from "./batch-normalization.ts";
export { conv1d, conv2d, conv3d } from "./convolution.ts";
export { dense } from "./dense.ts";
export { depthwiseConv1d, depthwiseConv2d, separableConv1d, separableConv2d } from "./depthwise-convolution.ts";
export { dot } from "./dot.ts";
export { dropout } from "./dropout.ts";
export { einsumDense } from "./einsum-dense.ts";
export { embedding } from "./embedding.ts";
export {
  globalAveragePooling1d,
  globalAveragePooling2d,
  globalAveragePooling3d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  globalMaxPooling3d,
} from "./global-pooling.ts";
export { inputLayer } from "./input-layer.ts";
export { layerScale } from "./layer-scale.ts";
export { masking } from "./masking.ts";
export { add, average, concatenate, maximum, minimum, multiply, subtract } from "./merging.ts";
export { alphaDropout, gaussianDropout, gaussianNoise } from "./noise.ts";
export * from "./normalization/index.ts";
export { cropping1d, cropping2d, cropping3d, zeroPadding1d, zeroPadding2d, zeroPadding3d } from "./padding.ts";
export {
  averagePooling1d,
  averagePooling2d,
  averagePooling3d,
  maxPooling1d,
  maxPooling2d,
  maxPooling3d,
} from "./pooling.ts";
export * from "./preprocessing/index.ts";
export { rescaling } from "./rescaling.ts";
export { flatten, reshape } from "./reshaping.ts";
export { centerCrop, resizing } from "./resizing.ts";
export * from "./rnn/index.ts";
export { elu, identity, leakyRelu, permute, prelu, repeatVector } from "./small-layers.ts";
export { spatialDropout1d, spatialDropout2d, spatialDropout3d } from "./spatial-dropout.ts";
export { conv1dTranspose, conv2dTranspose, conv3dTranspose } from "./transposed-convolution.ts";
export { upSampling1d, upSampling2d, upSampling3d } from "./up-sampling.ts";
