import { type AnyModel, lower } from "@lamella/ir";

import { EventFile } from "./event-file.ts";
import { kerasGraph } from "./layer-graph.ts";
import { primitiveGraph } from "./primitive-graph.ts";
import {
  histogramSummary,
  type Hyperparameter,
  modelSummary,
  scalarSummary,
  sessionEnd,
  sessionStart,
} from "./summaries.ts";

/** Where an event belongs: to what is trained on, to what is validated with, or to the training as such. */
export type Place = "train" | "validation" | "";

/** Writes the events of one training, with a file for each place, made when it is needed. */
export class EventWriter {
  private readonly logDir: string;
  private readonly files = new Map<Place, EventFile>();

  constructor(logDir: string) {
    this.logDir = logDir;
  }

  scalar(place: Place, tag: string, value: number, step: number): void {
    this.file(place).add(scalarSummary(tag, value, step));
  }

  histogram(tag: string, values: readonly number[], step: number): void {
    this.file("train").add(histogramSummary(tag, values, step));
  }

  /** The graph of a model's layers, and that of the primitives they come to. */
  graphs(model: AnyModel): void {
    const { graph, name, type } = model;
    this.file("train").add(modelSummary(JSON.stringify(kerasGraph(graph, name, type))));
    this.file("train").add({ what: { case: "graphDef", value: primitiveGraph(lower(model)) } });
  }

  async sessionStart(hparams: Readonly<Record<string, Hyperparameter>>): Promise<void> {
    this.file("").add(await sessionStart(hparams));
  }

  sessionEnd(): void {
    this.file("").add(sessionEnd());
  }

  /** Writes out what waits. */
  async flush(): Promise<void> {
    for (const file of this.files.values()) await file.flush();
  }

  /** The same, unless that was done a moment ago. */
  async flushSoon(): Promise<void> {
    for (const file of this.files.values()) await file.flushSoon();
  }

  private file(place: Place): EventFile {
    const file = this.files.get(place) ?? new EventFile(place === "" ? this.logDir : `${this.logDir}/${place}`);
    this.files.set(place, file);
    return file;
  }
}
