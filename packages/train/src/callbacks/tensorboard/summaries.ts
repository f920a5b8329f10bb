import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { Value } from "@bufbuild/protobuf/wkt";

import {
  DataType,
  type EventSchema,
  HParamsPluginDataSchema,
  Status,
  type Summary_ValueSchema,
  type TensorProtoSchema,
} from "../../gen/tensorboard_pb.ts";
import { histogram } from "./histogram.ts";

/** What an event says beside its time. */
export type Occurrence = MessageInitShape<typeof EventSchema>;

/** A hyperparameter's value. */
export type Hyperparameter = string | number | boolean;

const noBytes = new Uint8Array();

function summary(
  tag: string,
  tensor: MessageInitShape<typeof TensorProtoSchema>,
  pluginName: string,
  content = noBytes,
) {
  const value: MessageInitShape<typeof Summary_ValueSchema> = {
    tag,
    tensor,
    metadata: { pluginData: { pluginName, content } },
  };
  return { case: "summary" as const, value: { value: [value] } };
}

const shapeOf = (...sizes: readonly number[]) => ({ dim: sizes.map((size) => ({ size: BigInt(size) })) });

/** A point of a curve. */
export function scalarSummary(tag: string, value: number, step: number): Occurrence {
  const tensorContent = new Uint8Array(4);
  new DataView(tensorContent.buffer).setFloat32(0, value, true);
  const tensor = { dtype: DataType.DT_FLOAT, tensorShape: shapeOf(), tensorContent };
  return { step: BigInt(step), what: summary(tag, tensor, "scalars") };
}

/** How values are spread. */
export function histogramSummary(tag: string, values: readonly number[], step: number): Occurrence {
  const rows = histogram(values);
  const tensorContent = new Uint8Array(8 * rows.length);
  const view = new DataView(tensorContent.buffer);
  for (const [i, value] of rows.entries()) view.setFloat64(8 * i, value, true);
  const tensor = { dtype: DataType.DT_DOUBLE, tensorShape: shapeOf(rows.length / 3, 3), tensorContent };
  return { step: BigInt(step), what: summary(tag, tensor, "histograms") };
}

/** A model as Keras's JSON, which TensorBoard shows as a graph of layers. */
export function modelSummary(json: string): Occurrence {
  const encoder = new TextEncoder();
  const tensor = { dtype: DataType.DT_STRING, tensorShape: shapeOf(), stringVal: [encoder.encode(json)] };
  return { what: summary("keras", tensor, "graph_keras_model", encoder.encode("1")) };
}

type HParamsData = MessageInitShape<typeof HParamsPluginDataSchema>["data"];

function hparamsSummary(tag: string, data: HParamsData): Occurrence {
  const content = toBinary(HParamsPluginDataSchema, create(HParamsPluginDataSchema, { data: data! }));
  return { what: summary(tag, { dtype: DataType.DT_FLOAT, tensorShape: shapeOf(0) }, "hparams", content) };
}

function toValue(value: Hyperparameter): Value["kind"] {
  if (typeof value === "number") return { case: "numberValue", value };
  return typeof value === "boolean" ? { case: "boolValue", value } : { case: "stringValue", value };
}

/** The begin of a training with certain hyperparameters; those with the same ones are one group. */
export async function sessionStart(hparams: Readonly<Record<string, Hyperparameter>>): Promise<Occurrence> {
  const sorted = Object.entries(hparams).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = new TextEncoder().encode(JSON.stringify(sorted));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  const groupName = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const values = Object.fromEntries(sorted.map(([name, value]) => [name, { kind: toValue(value) }]));
  return hparamsSummary("_hparams_/session_start_info", {
    case: "sessionStartInfo",
    value: { hparams: values, groupName, startTimeSecs: Date.now() / 1000 },
  });
}

/** The end of a training that went well. */
export function sessionEnd(): Occurrence {
  return hparamsSummary("_hparams_/session_end_info", {
    case: "sessionEndInfo",
    value: { status: Status.SUCCESS, endTimeSecs: Date.now() / 1000 },
  });
}
