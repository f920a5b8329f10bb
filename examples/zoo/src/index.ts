export { convNeXtTiny } from "./convnext-tiny.ts";
export { denseNet121 } from "./densenet121.ts";
export { efficientNetB0 } from "./efficientnet-b0.ts";
export { inceptionV3 } from "./inception-v3.ts";
export { resNet101, resNet152, resNet50 } from "./resnet.ts";
export { xception } from "./xception.ts";
