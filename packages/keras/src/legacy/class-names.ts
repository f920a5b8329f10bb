import type { JsonObject } from "@lamella/ir";

/** An entry of a table by a name from a file, which may be that of something every object has. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Layer classes that Keras 3 has under another name. Aliases of Keras 1 and 2, and TensorFlow's V1 and V2 classes. */
const classNames: Readonly<Record<string, string>> = {
  Convolution1D: "Conv1D",
  Convolution2D: "Conv2D",
  Convolution3D: "Conv3D",
  AtrousConvolution1D: "Conv1D",
  AtrousConvolution2D: "Conv2D",
  AtrousConv1D: "Conv1D",
  AtrousConv2D: "Conv2D",
  Deconvolution2D: "Conv2DTranspose",
  Deconvolution3D: "Conv3DTranspose",
  Deconv2D: "Conv2DTranspose",
  Deconv3D: "Conv3DTranspose",
  Convolution2DTranspose: "Conv2DTranspose",
  Convolution3DTranspose: "Conv3DTranspose",
  SeparableConvolution1D: "SeparableConv1D",
  SeparableConvolution2D: "SeparableConv2D",
  TimeDistributedDense: "Dense",
  AvgPool1D: "AveragePooling1D",
  AvgPool2D: "AveragePooling2D",
  AvgPool3D: "AveragePooling3D",
  MaxPool1D: "MaxPooling1D",
  MaxPool2D: "MaxPooling2D",
  MaxPool3D: "MaxPooling3D",
  GlobalAvgPool1D: "GlobalAveragePooling1D",
  GlobalAvgPool2D: "GlobalAveragePooling2D",
  GlobalAvgPool3D: "GlobalAveragePooling3D",
  GlobalMaxPool1D: "GlobalMaxPooling1D",
  GlobalMaxPool2D: "GlobalMaxPooling2D",
  GlobalMaxPool3D: "GlobalMaxPooling3D",
  CuDNNLSTM: "LSTM",
  CuDNNGRU: "GRU",
  SyncBatchNormalization: "BatchNormalization",
  Model: "Functional",
  Network: "Functional",
  Container: "Functional",
};

/** Keras 3's name of a layer class: `Convolution2D` to `Conv2D`, `BatchNormalizationV1` to `BatchNormalization`. */
export function currentClassName(name: string): string {
  const plain = name.replace(/^Custom>/, "");
  return (
    own(classNames, plain) ??
    (/^(?:BatchNormalization|LSTM|GRU|LSTMCell|GRUCell)V[12]$/.test(plain) ? plain.slice(0, -2) : plain)
  );
}

export function isFunctional(className: string): boolean {
  return currentClassName(className) === "Functional";
}

/** Whether a class is that of a model: a layer with layers of its own. */
export function isModel(className: string): boolean {
  return isFunctional(className) || className === "Sequential";
}

/** The class of a serialized object as it is written, or nothing where it is none. */
export function oldClassName({ class_name: name }: JsonObject): string {
  return typeof name === "string" ? name : "";
}

/** A layer's name as Keras 3 would allow it: without slashes. */
export function currentLayerName(name: string): string {
  return name.replaceAll("/", "_");
}
