import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { concatenate, dense, type JsonObject, symbolicInput } from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { callbacks, type FitOptions, sgd, Trainer } from "@lamella/train";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { histogram } from "../../src/callbacks/tensorboard/histogram.ts";
import { toRecord } from "../../src/callbacks/tensorboard/records.ts";
import { scalarSummary } from "../../src/callbacks/tensorboard/summaries.ts";
import {
  type Event,
  EventSchema,
  GraphDefSchema,
  HParamsPluginDataSchema,
  Status,
} from "../../src/gen/tensorboard_pb.ts";
import { errorOf, Net, numbers, trainerOf, wave } from "../trainer/support.ts";

/** Castagnoli's checksum, bit by bit. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

/** The records of a file, with lengths and checksums tested. */
function recordsOf(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const records: Uint8Array[] = [];
  const masked = (bytes: Uint8Array) => {
    const crc = crc32c(bytes);
    return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  };
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(masked(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(masked(data));
    records.push(data);
    at += length + 16;
  }
  return records;
}

/** The events of every file in a folder, file by file. */
async function eventsIn(folder: string): Promise<Event[][]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith("events.out.tfevents.")).toSorted();
  const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return files.map((file) => recordsOf(file).map((record) => fromBinary(EventSchema, record)));
}

interface Point {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
}

/** The scalars among events. */
function scalarsOf(events: readonly Event[]): Point[] {
  return events.flatMap(({ step, what }) => {
    if (what.case !== "summary") return [];
    return what.value.value
      .filter(({ metadata }) => metadata?.pluginData?.pluginName === "scalars")
      .map(({ tag, tensor }) => {
        const { buffer, byteOffset } = tensor!.tensorContent;
        return { tag, step: Number(step), value: new DataView(buffer, byteOffset).getFloat32(0, true) };
      });
  });
}

const names = (points: readonly Point[]) => points.map(({ tag, step }) => `${step} ${tag}`);

/** What plugins other than 'scalars' were given. */
function othersOf(events: readonly Event[], plugin: string) {
  return events.flatMap(({ step, what }) =>
    what.case === "summary"
      ? what.value.value
          .filter(({ metadata }) => metadata?.pluginData?.pluginName === plugin)
          .map(({ tag, tensor, metadata }) => ({
            step: Number(step),
            tag,
            tensor: tensor!,
            content: metadata!.pluginData!.content,
          }))
      : [],
  );
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lamella-"));
});
afterEach(() => rm(folder, { recursive: true }));

const x = wave(1, [10, 3]);
const y = wave(2, [10, 1]);

async function fitted(options: object, fit: FitOptions = {}) {
  const made = trainerOf([3], (input) => dense(1, { name: "out" })(input));
  made.compile({ loss: "mse", metrics: ["mae"], optimizer: sgd({ learningRate: 0.1 }) });
  const board = callbacks.tensorBoard({ logDir: folder, writeGraph: false, ...options });
  const { history } = await made.fit(x, y, { batchSize: 4, epochs: 2, verbose: 0, callbacks: [board], ...fit });
  return { made, board, history };
}

describe("records", () => {
  test("a scalar is, byte for byte, what TensorFlow 2.21 writes", () => {
    const event = { wallTime: 1795267986.626876, ...scalarSummary("epoch_mae", 1.6192500591278076, 1) };
    const record = toRecord(toBinary(EventSchema, create(EventSchema, event)));
    expect(Buffer.from(record).toString("hex")).toBe(
      "33000000000000000ca7205609bd1ea86467c0da4110012a260a240a0965706f63685f6d6165420a0801120022049643cf3f" +
        "4a0b0a090a077363616c6172732a528d93",
    );
  });

  test("checksums of any data", () => {
    // The check value that every table of checksums gives for CRC-32C.
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
    for (const length of [0, 1, 15, 16, 17, 1000]) {
      const data = Uint8Array.from({ length }, (_, i) => (i * 89) % 256);
      expect(recordsOf(toRecord(data))).toEqual([data]);
    }
  });
});

describe("scalars have Keras's names, steps and places", () => {
  test("by epoch, and when evaluated", async () => {
    const { made, board, history } = await fitted({}, { validationSplit: 0.2 });
    const [train] = (await eventsIn(join(folder, "train"))) as [Event[]];
    expect(train[0]!.what).toEqual({ case: "fileVersion", value: "brain.Event:2" });
    const epoch = (step: number) => ["epoch_loss", "epoch_mae", "epoch_learning_rate"].map((name) => `${step} ${name}`);
    expect(names(scalarsOf(train))).toEqual([...epoch(0), ...epoch(1)]);
    const values = (tag: string, events: readonly Event[]) =>
      scalarsOf(events).flatMap((point) => (point.tag === tag ? [point.value] : []));
    expect(values("epoch_loss", train)).toEqual(history["loss"]!.map(Math.fround));
    expect(values("epoch_learning_rate", train)).toEqual([0.1, 0.1].map(Math.fround));

    await made.evaluate(x, y, { callbacks: [board], verbose: 0 });
    const [validation, evaluation] = (await eventsIn(join(folder, "validation"))) as [Event[], Event[]];
    const evaluated = (step: number) => ["loss", "mae"].map((name) => `${step} evaluation_${name}_vs_iterations`);
    const validated = (step: number) => ["loss", "mae"].map((name) => `${step} epoch_${name}`);
    expect(names(scalarsOf(validation))).toEqual([...evaluated(2), ...validated(0), ...evaluated(4), ...validated(1)]);
    expect(values("epoch_mae", validation)).toEqual(history["val_mae"]!.map(Math.fround));
    expect(values("evaluation_mae_vs_iterations", validation)).toEqual(history["val_mae"]!.map(Math.fround));
    expect(names(scalarsOf(evaluation))).toEqual(evaluated(4));
  });

  test("by batch, with steps a second", async () => {
    await fitted({ updateFreq: 2, writeStepsPerSecond: true });
    const [train] = (await eventsIn(join(folder, "train"))) as [Event[]];
    const batch = (step: number) => ["steps_per_second", "loss", "mae"].map((name) => `${step} batch_${name}`);
    const epoch = (step: number) =>
      ["loss", "mae", "learning_rate", "steps_per_second"].map((name) => `${step} epoch_${name}`);
    const points = scalarsOf(train);
    expect(names(points)).toEqual([...batch(2), ...epoch(0), ...batch(4), ...batch(6), ...epoch(1)]);
    const speeds = points.filter(({ tag }) => tag.endsWith("per_second"));
    for (const { value } of speeds) expect(value).toBeGreaterThan(0);
    const times = train.map(({ wallTime }) => wallTime);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Math.abs(times[0]! - Date.now() / 1000)).toBeLessThan(60);
  });

  test("'batch' is every batch, and every fit has files of its own", async () => {
    const { made, board } = await fitted({ updateFreq: "batch" });
    await made.fit(x, y, { batchSize: 5, callbacks: [board], verbose: 0 });
    const [first, second] = (await eventsIn(join(folder, "train"))) as [Event[], Event[]];
    const steps = (events: readonly Event[]) =>
      scalarsOf(events).flatMap(({ tag, step }) => (tag === "batch_loss" ? [step] : []));
    expect(steps(first)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(steps(second)).toEqual([1, 2]);
  });
});

describe("histograms", () => {
  test("30 parts of the range, as TensorBoard makes them", () => {
    const rows = histogram(wave(1, [40]).toNumbers());
    // As tensorboard.plugins.histogram.summary_v2 of TensorBoard 2.21 computes them.
    const counts = [5, 2, 2, 1, 1, 0, 2, 0, 2, 0, 2, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 5];
    expect([...rows].filter((_, i) => i % 3 === 2)).toEqual(counts);
    const row = (i: number) => [...rows.subarray(3 * i, 3 * i + 2)];
    const expected = [
      [0, [-0.9984950423240662, -0.9319270968437194]],
      [7, [-0.5325194239616393, -0.4659514784812927]],
      [29, [0.9319753766059877, 0.9985433220863342]],
    ] as const;
    // Edges below 1, a few roundings of float64 apart.
    for (const [i, edges] of expected) {
      for (const side of [0, 1]) expect(Math.abs(row(i)[side]! - edges[side]!)).toBeLessThan(1e-15);
    }
  });

  test("the last edge is the largest value itself", () => {
    const [min, max] = [0.51, 1.47];
    expect(min + (30 * (max - min)) / 30).not.toBe(max);
    expect(histogram([min, max]).at(-2)).toBe(max);
  });

  test("of equal values, and of none", () => {
    const rows = histogram([0.5, 0.5, 0.5]);
    expect([...rows.subarray(0, 3), ...rows.subarray(87)]).toEqual([0.5, 0.5, 0, 0.5, 0.5, 3]);
    expect([...histogram([])]).toEqual(Array.from({ length: 90 }, () => 0));
  });

  test("of all weights, every so many epochs", async () => {
    const { made } = await fitted({ histogramFreq: 2 }, { epochs: 3 });
    const [train] = (await eventsIn(join(folder, "train"))) as [Event[]];
    const found = othersOf(train, "histograms");
    const tags = ["out/kernel/histogram", "out/bias/histogram"];
    expect(found.map(({ step, tag }) => `${step} ${tag}`)).toEqual(
      [0, 2].flatMap((step) => tags.map((tag) => `${step} ${tag}`)),
    );
    const { tensor } = found[2]!;
    expect(tensor.tensorShape!.dim.map(({ size }) => Number(size))).toEqual([30, 3]);
    const { buffer, byteOffset } = tensor.tensorContent;
    const view = new DataView(buffer, byteOffset);
    const written = Array.from({ length: 90 }, (_, i) => view.getFloat64(8 * i, true));
    const [kernel] = await made.model.getWeights();
    expect(written).toEqual([...histogram(kernel!.toNumbers())]);
  });
});

test("the graphs of layers and of primitives", async () => {
  const [a, b] = [symbolicInput({ shape: [3], name: "a" }), symbolicInput({ shape: [2], name: "b" })];
  const [innerA, innerB] = [symbolicInput({ shape: [3], name: "left" }), symbolicInput({ shape: [3], name: "right" })];
  const inner = new Net([innerA, innerB], [concatenate({ name: "both" })([innerA, innerB])]);
  const twice = dense(3, { name: "twice" });
  const made = new Trainer(
    new Net([a, b], [dense(1, { name: "end" })(inner([twice(twice(a)), dense(3, { name: "wide" })(b)]))]),
    reference(),
  );
  made.compile({ loss: "mse" });
  const data = { a: numbers("a", 2, 3), b: numbers("b", 2, 2) };
  await made.fit(data, numbers("y", 2, 1), { callbacks: [callbacks.tensorBoard({ logDir: folder })], verbose: 0 });
  const [train] = (await eventsIn(join(folder, "train"))) as [Event[]];

  const [layers] = othersOf(train, "graph_keras_model");
  expect([layers!.tag, new TextDecoder().decode(layers!.content)]).toEqual(["keras", "1"]);
  interface Layer {
    readonly class_name: string;
    readonly name: string;
    readonly config: JsonObject & { readonly layers?: readonly Layer[] };
    readonly inbound_nodes: readonly { readonly args: readonly { readonly config: JsonObject }[] }[];
  }
  const { config } = JSON.parse(new TextDecoder().decode(layers!.tensor.stringVal[0])) as Layer;
  const shown = (list: readonly Layer[]) =>
    list.map(({ class_name, name, inbound_nodes }) => [
      class_name,
      name,
      ...inbound_nodes.map(({ args }) => args.map((arg) => arg.config["keras_history"])),
    ]);
  expect(shown(config.layers!)).toEqual([
    ["InputLayer", "a"],
    ["InputLayer", "b"],
    ["Dense", "twice", [["a", 0, 0]], [["twice", 0, 0]]],
    ["Dense", "wide", [["b", 0, 0]]],
    [
      "Net",
      "net",
      [
        ["twice", 1, 0],
        ["wide", 0, 0],
      ],
    ],
    ["Dense", "end", [["net", 0, 0]]],
  ]);
  expect([config["input_layers"], config["output_layers"]]).toEqual([["a", "b"], [["end", 0, 0]]]);
  const nested = config.layers![4]!.config;
  expect(shown(nested.layers!).at(-1)).toEqual([
    "Concatenate",
    "both",
    [
      ["left", 0, 0],
      ["right", 0, 0],
    ],
  ]);

  const bytes = train.flatMap(({ what }) => (what.case === "graphDef" ? [what.value] : []));
  expect(bytes).toHaveLength(1);
  const { node } = fromBinary(GraphDefSchema, bytes[0]!);
  const all = node.map(({ name }) => name);
  expect(new Set(all).size).toBe(all.length);
  for (const { input } of node) for (const name of input) expect(all).toContain(name);
  const product = node.find(({ name }) => name === "end/MatMul")!;
  expect([product.op, product.input.at(-1)]).toEqual(["MatMul", "end/kernel"]);
  expect(node.find(({ name }) => name === "end/kernel")!.op).toBe("Variable");
  expect(node.find(({ name }) => name === "a")!.op).toBe("Placeholder");
});

test("names that TensorFlow could not have stay apart", async () => {
  const ends = ["a b", "a_b"].map((name) => symbolicInput({ shape: [1], name }));
  const made = new Trainer(new Net(ends, [dense(1)(concatenate()(ends))]), reference());
  made.compile({ loss: "mse" });
  const data = { "a b": [[1]], a_b: [[2]] };
  await made.fit(data, [[1]], { callbacks: [callbacks.tensorBoard({ logDir: folder })], verbose: 0 });
  const [train] = (await eventsIn(join(folder, "train"))) as [Event[]];
  const bytes = train.flatMap(({ what }) => (what.case === "graphDef" ? [what.value] : []));
  const { node } = fromBinary(GraphDefSchema, bytes[0]!);
  expect(node.find(({ op }) => op === "Concat")!.input).toEqual(["a_b", "a_b_1"]);
});

test("hyperparameters, for a training that ends well", async () => {
  const hparams = { units: 4, rate: 0.5, kind: "dense", deep: false };
  await fitted({ hparams });
  const [events] = (await eventsIn(folder)) as [Event[]];
  const [start, end] = othersOf(events, "hparams");
  expect([start!.tag, end!.tag]).toEqual(["_hparams_/session_start_info", "_hparams_/session_end_info"]);
  const started = fromBinary(HParamsPluginDataSchema, start!.content).data;
  if (started.case !== "sessionStartInfo") throw new Error("No start.");
  const kinds = Object.entries(started.value.hparams).map(([name, { kind }]) => [name, kind.value]);
  expect(Object.fromEntries(kinds)).toEqual(hparams);
  expect(started.value.groupName).toMatch(/^[0-9a-f]{64}$/);
  const ended = fromBinary(HParamsPluginDataSchema, end!.content).data;
  if (ended.case !== "sessionEndInfo") throw new Error("No end.");
  expect(ended.value.status).toBe(Status.SUCCESS);
});

test.each<[object, string]>([
  [{ updateFreq: 0 }, "Expected: 'epoch', 'batch' or a whole number of at least 1. Received: 0."],
  [{ hparams: { layers: [1] } }, "Expected: a record of numbers, texts, true and false"],
  [{ profileBatch: 2 }, "Unknown option 'profileBatch'"],
])("unusable: %o", async (options, text) => {
  expect((await errorOf(() => callbacks.tensorBoard(options))).message).toContain(text);
});
