import { type JsonObject, type JsonValue, LamellaError } from "@lamella/ir";

import { isList } from "../json.ts";
import { currentClassName, own } from "./class-names.ts";

type Names = Readonly<Record<string, string>>;

/** What Keras 1 called the arguments of layers with kernels (keras/legacy/interfaces.py of Keras 2.2). */
const kernelNames: Names = {
  nb_filter: "filters",
  filter_length: "kernel_size",
  subsample: "strides",
  subsample_length: "strides",
  atrous_rate: "dilation_rate",
  init: "kernel_initializer",
  W_regularizer: "kernel_regularizer",
  b_regularizer: "bias_regularizer",
  W_constraint: "kernel_constraint",
  b_constraint: "bias_constraint",
  bias: "use_bias",
};

const recurrentNames: Names = {
  ...kernelNames,
  output_dim: "units",
  inner_init: "recurrent_initializer",
  inner_activation: "recurrent_activation",
  U_regularizer: "recurrent_regularizer",
  dropout_W: "dropout",
  dropout_U: "recurrent_dropout",
};

const rate: Names = { p: "rate" };
const separableNames: Names = { ...kernelNames, init: "pointwise_initializer" };

/** Old names of arguments, by Keras 3's name of the class. */
const byClass: Readonly<Record<string, Names>> = {
  Dense: { ...kernelNames, output_dim: "units" },
  LSTM: recurrentNames,
  GRU: recurrentNames,
  SimpleRNN: recurrentNames,
  ConvLSTM2D: { ...recurrentNames, output_dim: "filters" },
  Conv1D: kernelNames,
  Conv2D: kernelNames,
  Conv3D: kernelNames,
  Conv2DTranspose: kernelNames,
  Conv3DTranspose: kernelNames,
  SeparableConv1D: separableNames,
  SeparableConv2D: separableNames,
  Embedding: {
    init: "embeddings_initializer",
    W_regularizer: "embeddings_regularizer",
    W_constraint: "embeddings_constraint",
  },
  BatchNormalization: { beta_init: "beta_initializer", gamma_init: "gamma_initializer" },
  MaxPooling1D: { pool_length: "pool_size", stride: "strides" },
  AveragePooling1D: { pool_length: "pool_size", stride: "strides" },
  PReLU: { init: "alpha_initializer" },
  LeakyReLU: { alpha: "negative_slope" },
  Dropout: rate,
  SpatialDropout1D: rate,
  SpatialDropout2D: rate,
  SpatialDropout3D: rate,
  GaussianDropout: rate,
  AlphaDropout: rate,
  GaussianNoise: { sigma: "stddev" },
  UpSampling1D: { length: "size" },
};

/** Old names that mean the same in every class. */
const everywhere: Names = { border_mode: "padding", dim_ordering: "data_format" };

const orderings: Readonly<Record<string, JsonValue>> = { tf: "channels_last", th: "channels_first" };

/** The sizes of a kernel that Keras 1 gave one by one. */
const kernelSizes = [
  ["nb_row", "nb_col"],
  ["kernel_dim1", "kernel_dim2", "kernel_dim3"],
];

/** An argument that Keras 3 has no more, and the values that meant nothing. */
type Obsolete = readonly [name: string, ...harmless: readonly JsonValue[]];

const obsolete: readonly Obsolete[] = [
  ["time_major", false],
  ["mode", 0],
  ["renorm", false],
  ["softmax_robust_masking", false],
  ["num_constants", 0],
  ["ragged", false],
];

/** Arguments that say how to compute, not what, or that only the writer needed. */
const dropped = new Set([
  "implementation",
  "consume_less",
  "input_length",
  "input_dtype",
  "batch_input_shape",
  "input_shape",
  "build_input_shape",
  "rng_type",
  "forget_bias_init",
  "fused",
  "virtual_batch_size",
  "adjustment",
  "renorm_clipping",
  "renorm_momentum",
  "query_shape",
  "key_shape",
  "value_shape",
  "vocabulary_size",
  "has_input_vocabulary",
  "keras_api",
  "autocast",
]);

/** Only in these classes is `groups` an argument of Keras 3. */
const grouped = new Set(["Conv1D", "Conv2D", "Conv3D", "GroupNormalization"]);

/**
 * The arguments of a layer under the names of Keras 3, without those that it has no more.
 *
 * @throws LamellaError `unsupported` where one of those changed what the layer computes
 */
export function currentArguments(oldName: string, config: JsonObject, where: string): Record<string, JsonValue> {
  const className = currentClassName(oldName);
  const names: Names = { ...everywhere, ...own(byClass, className) };
  const out: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(config)) {
    const harmless = obsolete.find(([old]) => old === name)?.slice(1);
    if (harmless !== undefined && isObsolete(className, name)) {
      if (value !== null && !harmless.includes(value)) throw noLonger(where, name, value);
      continue;
    }
    if (dropped.has(name) && !(className === "InputLayer" && name === "batch_input_shape")) continue;
    if (name === "groups" && !grouped.has(className)) {
      if (value !== 1 && value !== null) throw noLonger(where, name, value);
      continue;
    }
    if (name === "dropout" && className === "Embedding") continue;
    if (name === "dim_ordering" && value === "default") continue;
    out[own(names, name) ?? name] =
      name === "dim_ordering" ? (typeof value === "string" ? (own(orderings, value) ?? value) : value) : value;
  }
  for (const sizes of kernelSizes) {
    if (!sizes.every((name) => name in out)) continue;
    out["kernel_size"] = sizes.map((name) => out[name]!);
    for (const name of sizes) delete out[name];
  }
  return { ...defaultsOf(oldName, className), ...withClassQuirks(className, out, config) };
}

/** What the writers of old left unsaid, where Keras 3 has other defaults. */
function defaultsOf(oldName: string, className: string): JsonObject {
  if (oldName === "CuDNNLSTM") return {};
  if (oldName === "CuDNNGRU") return { reset_after: true };
  if (className === "GRU" || className === "GRUCell")
    return { reset_after: false, recurrent_activation: "hard_sigmoid" };
  const isGated = ["LSTM", "ConvLSTM2D", "LSTMCell"].includes(className);
  return isGated ? { recurrent_activation: "hard_sigmoid" } : {};
}

/** `mode` is an argument of Keras 1's BatchNormalization only, and `ragged` one of input layers. */
function isObsolete(className: string, name: string): boolean {
  return name === "mode" ? className === "BatchNormalization" : name === "ragged" ? className === "InputLayer" : true;
}

function noLonger(where: string, name: string, value: JsonValue): LamellaError {
  return new LamellaError("unsupported", {
    where,
    problem: `The layer has ${name}=${JSON.stringify(value)}, which Keras 3 cannot do, nor lamella.`,
    hint: "Build the model without it in the Keras that wrote the file, and save it again.",
  });
}

const separableOnly = ["kernel_initializer", "kernel_regularizer", "kernel_constraint"];

function withClassQuirks(
  className: string,
  out: Record<string, JsonValue>,
  config: JsonObject,
): Record<string, JsonValue> {
  const { axis } = out;
  if (isList(axis) && axis.length === 1) out["axis"] = axis[0]!;
  if (className.startsWith("SeparableConv")) {
    for (const name of separableOnly) delete out[name];
    if ("init" in config) out["depthwise_initializer"] = config["init"]!;
  }
  if (className.startsWith("DepthwiseConv")) {
    delete out["filters"];
    for (const name of separableOnly) {
      const ours = name.replace("kernel", "depthwise");
      if (name in out && !(ours in out)) out[ours] = out[name]!;
      delete out[name];
    }
  }
  if (className.endsWith("Transpose")) delete out["output_shape"];
  return out;
}
