export { convNeXtTiny } from "./convnext-tiny.ts";
export { denseNet121 } from "./densenet121.ts";
export { efficientNetB0 } from "./efficientnet-b0.ts";
export { inceptionV3 } from "./inception-v3.ts";
export { resNet101, resNet152, resNet50 } from "./resnet.ts";
export { xception } from "./xception.ts";
export { mobileNetV2, type MobileNetV2Options } from "./mobilenet-v2.ts";
export {
  sequenceToSequence,
  sequenceToSequenceModels,
  type SequenceToSequenceOptions,
  translate,
} from "./sequence-to-sequence.ts";
export { siamese, type SiameseOptions } from "./siamese.ts";
export { transformerEncoder, type TransformerEncoderOptions } from "./transformer-encoder.ts";
export { uNet, type UNetOptions } from "./u-net.ts";
