import { type AnyModel, checkWhole, type JsonObject, type SavedTraining, type Tensor } from "@lamella/ir";

import { contentsFromModel } from "../contents-from-model.ts";
import { tfjsTopology } from "./tfjs-topology.ts";
import { tfjsTraining } from "./write-training.ts";
import { tfjsWeights } from "./write-weights.ts";

/** A model as files of TensorFlow.js: `model.json`, and those with its weights, which go beside it. */
export interface TfjsFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What was put in other words or left out, a sentence each. */
  readonly notes: readonly string[];
}

export interface TfjsOptions {
  /** How the model was compiled, and the state of its optimizer. */
  readonly training?: SavedTraining;
  /** The name of the file that names the others, which begin like it unless it is `model.json`. Default `model.json`. */
  readonly name?: string;
  /** The largest size of a file with weights, in bytes. Default 4 MB, as TensorFlow.js's converter. */
  readonly shardBytes?: number;
}

/**
 * The files of a layers-model that tfjs-layers 4.22 loads (`tf.loadLayersModel`) and that gives there what it gives here.
 *
 * @throws LamellaError `unsupported` that names the layers and options that tfjs-layers does not have, or has otherwise;
 *   `config` for a size of files that is none
 */
export async function encodeTfjs(model: AnyModel, options: TfjsOptions = {}): Promise<TfjsFiles> {
  const { training, name = "model.json", shardBytes = 4 * 2 ** 20 } = options;
  checkWhole("shardBytes", shardBytes, 1);
  const contents = await contentsFromModel(model, training === undefined ? {} : { training });
  const topology = tfjsTopology(contents.model);
  const compiled = training === undefined ? undefined : tfjsTraining(model, contents);
  const weights = [
    ...(await tfjsWeights(model)).map(([weight, value]) => weightOf(weight, value)),
    ...(compiled?.state ?? []).map(([weight, value]) => weightOf(weight, value, { group: "optimizer" })),
  ];
  const bytes = joined(weights.map(({ data }) => data));
  const count = Math.max(1, Math.ceil(bytes.length / shardBytes));
  const prefix = name === "model.json" ? "" : `${name.replace(/\.json$/, "")}-`;
  const shards = Array.from({ length: weights.length === 0 ? 0 : count }, (_, i) => {
    return [
      `${prefix}group1-shard${i + 1}of${count}.bin`,
      bytes.subarray(i * shardBytes, (i + 1) * shardBytes),
    ] as const;
  });
  const json = {
    format: "layers-model",
    generatedBy: "lamella",
    convertedBy: null,
    modelTopology: { ...topology, keras_version: "tfjs-layers 4.22.0", backend: "tensor_flow.js" },
    ...(compiled === undefined ? {} : { trainingConfig: compiled.config }),
    weightsManifest:
      shards.length === 0 ? [] : [{ paths: shards.map(([path]) => path), weights: weights.map(({ spec }) => spec) }],
  };
  const left = training !== undefined && compiled === undefined;
  return {
    files: new Map([[name, new TextEncoder().encode(JSON.stringify(json))], ...shards]),
    notes: [
      ...contents.notes,
      ...(left
        ? ["The training configuration was left out: TensorFlow.js has no such optimizer, loss or metric."]
        : []),
    ],
  };
}

interface Weight {
  readonly spec: JsonObject;
  readonly data: Uint8Array;
}

function weightOf(name: string, value: Tensor, more: JsonObject = {}): Weight {
  const dtype = value.dtype === "int32" || value.dtype === "bool" ? value.dtype : "float32";
  const { data, shape } = value.cast(dtype);
  return {
    spec: { name, shape, dtype, ...more },
    data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
