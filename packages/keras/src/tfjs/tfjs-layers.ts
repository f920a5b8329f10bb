import { type JsonObject, type JsonValue, LamellaError } from "@lamella/ir";

import { isObject, textAt } from "../json.ts";

/** Options of a layer that TensorFlow.js does not know, and what they may be without a change. */
type Neutral = Readonly<Record<string, readonly JsonValue[]>>;

const none = [null, false] as const;
const ungrouped: Neutral = { groups: [1] };
const lastChannels: Neutral = { data_format: ["channels_last"] };
const pooled: Neutral = { ...lastChannels, keepdims: none };
const wideStep: Neutral = { dilation_rate: [1, [1], [1, 1], [1, 1, 1]], output_padding: [null], groups: [1] };

/**
 * The layers that tfjs-layers 4.22 has and that give there what they give in Keras, with the options that it does not know or
 * takes otherwise: resizing and bilinear upsampling start from the corners of the pixels there.
 */
const layers: Readonly<Record<string, Neutral>> = {
  Activation: {},
  Add: {},
  AlphaDropout: {},
  Average: {},
  AveragePooling1D: lastChannels,
  AveragePooling2D: {},
  AveragePooling3D: {},
  BatchNormalization: { renorm: none, synchronized: none },
  Bidirectional: {},
  Concatenate: {},
  Conv1D: { ...ungrouped, ...lastChannels, padding: ["valid", "same"] },
  Conv2D: ungrouped,
  Conv2DTranspose: wideStep,
  Conv3D: ungrouped,
  Conv3DTranspose: wideStep,
  ConvLSTM2D: {},
  Cropping2D: {},
  Dense: {},
  DepthwiseConv2D: {},
  Dot: {},
  Dropout: {},
  ELU: {},
  Embedding: {},
  Flatten: {},
  GRU: { reset_after: [false] },
  GRUCell: { reset_after: [false] },
  GaussianDropout: {},
  GaussianNoise: {},
  GlobalAveragePooling1D: pooled,
  GlobalAveragePooling2D: { keepdims: none },
  GlobalMaxPooling1D: pooled,
  GlobalMaxPooling2D: { keepdims: none },
  InputLayer: { sparse: none, ragged: none, optional: none },
  LSTM: {},
  LSTMCell: {},
  LayerNormalization: { rms_scaling: none },
  LeakyReLU: {},
  Masking: {},
  MaxPooling1D: lastChannels,
  MaxPooling2D: {},
  MaxPooling3D: {},
  Maximum: {},
  Minimum: {},
  Multiply: {},
  PReLU: {},
  Permute: {},
  RNN: {},
  ReLU: { negative_slope: [0, null], threshold: [0, null] },
  RepeatVector: {},
  Rescaling: {},
  Reshape: {},
  SeparableConv2D: {},
  SimpleRNN: {},
  SimpleRNNCell: {},
  Softmax: {},
  SpatialDropout1D: {},
  StackedRNNCells: {},
  TimeDistributed: {},
  UpSampling2D: { interpolation: ["nearest"] },
  ZeroPadding2D: {},
};

/** Whether tfjs-layers has a layer that does the same. */
export function isTfjsLayer(className: string): boolean {
  return Object.hasOwn(layers, className);
}

/** The activations of tfjs-layers by Keras 3's names. */
const activations: Readonly<Record<string, string>> = {
  elu: "elu",
  gelu: "gelu",
  hard_sigmoid: "hard_sigmoid",
  linear: "linear",
  log_softmax: "log_softmax",
  mish: "mish",
  relu: "relu",
  relu6: "relu6",
  selu: "selu",
  sigmoid: "sigmoid",
  silu: "swish",
  softmax: "softmax",
  softplus: "softplus",
  softsign: "softsign",
  tanh: "tanh",
};

const initializers = new Set(
  [
    ["Zeros", "Ones", "Constant", "RandomUniform", "RandomNormal", "TruncatedNormal", "Identity", "Orthogonal"],
    ["VarianceScaling", "GlorotUniform", "GlorotNormal", "HeNormal", "HeUniform", "LeCunNormal", "LeCunUniform"],
  ].flat(),
);

/** Options of Keras 3 that only say how a layer is made or saved. */
const dropped = new Set(["dtype", "quantization_config", "seed", "use_cudnn", "autocast", "backward_layer"]);

const renamed: Readonly<Record<string, string>> = { batch_shape: "batch_input_shape" };

function refuse(where: string, problem: string, expected: string, received: JsonValue): never {
  throw new LamellaError("unsupported", {
    where,
    problem,
    expected,
    received: JSON.stringify(received),
    hint: "TensorFlow.js cannot compute this; lamella's own backends for it can.",
  });
}

/** The value of an option as tfjs-layers takes it. */
function optionFor(className: string, name: string, value: JsonValue, where: string): JsonValue {
  if (name === "activation" || name === "recurrent_activation") {
    const known = typeof value === "string" && Object.hasOwn(activations, value) ? activations[value] : undefined;
    return known ?? refuse(where, `TensorFlow.js has no such ${name}.`, Object.keys(activations).join(", "), value);
  }
  if (name.endsWith("initializer") && isObject(value)) return initializerFor(value);
  if (name.endsWith("regularizer") && isObject(value)) return regularizerFor(value, where);
  if (name.endsWith("constraint") && isObject(value)) {
    return { class_name: value["class_name"] ?? null, config: value["config"] ?? {} };
  }
  if (className === "Rescaling" && typeof value === "object") {
    return refuse(where, `TensorFlow.js takes one number for ${name}.`, "a number", value);
  }
  return value;
}

/** An initializer; one that tfjs-layers lacks is left to its default, since the weights are in the file. */
function initializerFor({ class_name: className, config }: JsonObject): JsonValue {
  const name = textAt(className, "initializer").replace(/^Lecun/, "LeCun");
  if (!initializers.has(name)) return null;
  const own = Object.entries(isObject(config) ? config : {}).filter(([key]) => !/^(?:input|output)_axes$/.test(key));
  return { class_name: name, config: Object.fromEntries(own) };
}

function regularizerFor(value: JsonObject, where: string): JsonValue {
  const { class_name: className, config } = value;
  if (className !== "L1" && className !== "L2" && className !== "L1L2") {
    return refuse(where, "TensorFlow.js has no such regularizer.", "L1, L2 or L1L2", className ?? null);
  }
  const { l1 = 0, l2 = 0 } = isObject(config) ? config : {};
  return { class_name: "L1L2", config: { l1: className === "L2" ? 0 : l1, l2: className === "L1" ? 0 : l2 } };
}

function isFloat32(dtype: JsonValue | undefined): boolean {
  const name = isObject(dtype) && isObject(dtype["config"]) ? dtype["config"]["name"] : dtype;
  return name === undefined || name === null || name === "float32";
}

/**
 * The configuration of a layer of Keras 3 as tfjs-layers takes it. Layers within stay as they are.
 *
 * @throws LamellaError `unsupported` for options that tfjs-layers does not know and that matter
 */
export function tfjsConfig(className: string, config: JsonObject, where: string): JsonObject {
  const neutral = layers[className] ?? {};
  const out: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(config)) {
    const allowed = neutral[name];
    if (allowed !== undefined && !allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))) {
      refuse(
        where,
        `TensorFlow.js does not know ${name}.`,
        allowed.map((one) => JSON.stringify(one)).join(" or "),
        value,
      );
    }
    if (!dropped.has(name) && !(allowed !== undefined && name !== "padding" && name !== "reset_after")) {
      out[renamed[name] ?? name] = optionFor(className, name, value, where);
    }
  }
  if (className === "InputLayer") return { ...out, dtype: config["dtype"] ?? "float32", sparse: false };
  if (!isFloat32(config["dtype"])) refuse(where, "TensorFlow.js computes in float32.", "float32", config["dtype"]!);
  if (className === "LeakyReLU") {
    const { negative_slope: alpha = 0.3, ...rest } = out;
    return { ...rest, alpha };
  }
  if (className === "Softmax" && typeof out["axis"] !== "number") {
    refuse(where, "TensorFlow.js takes one axis.", "a number", out["axis"] ?? null);
  }
  return out;
}
