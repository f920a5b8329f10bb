import { extname } from "node:path";

import { unknownName } from "@lamella/ir";

import { readStructureOf, type Structure } from "../files/read-file.ts";
import { writeOut } from "../files/save-file.ts";
import { printResult } from "../output.ts";
import type { PlotGraph, PlotOptions } from "./plot-graph.ts";
import { plotModel } from "./plot-model.ts";
import { plotPrimitives } from "./plot-primitives.ts";
import { pngOf, svgOf } from "./render.ts";
import { type Direction, toDot } from "./to-dot.ts";
import { toMermaid } from "./to-mermaid.ts";

interface Options extends PlotOptions {
  readonly output: string;
  readonly direction: Direction;
  readonly scale: number;
  readonly json?: boolean;
}

/** How a graph becomes a picture, by the ending of the file's name. */
const writers: Readonly<Record<string, (graph: PlotGraph, options: Options) => Promise<string | Uint8Array>>> = {
  ".svg": (graph, { direction }) => svgOf(toDot(graph, direction)),
  ".png": async (graph, { direction, scale }) => pngOf(await svgOf(toDot(graph, direction)), scale),
  ".dot": async (graph, { direction }) => toDot(graph, direction),
  ".gv": async (graph, { direction }) => toDot(graph, direction),
  ".mermaid": async (graph, { direction }) => toMermaid(graph, direction),
  ".mmd": async (graph, { direction }) => toMermaid(graph, direction),
};

/** Draws the graph of a model file. */
export async function plotFile(path: string, options: Options): Promise<void> {
  const ending = extname(options.output).toLowerCase();
  const writer = Object.hasOwn(writers, ending) ? writers[ending] : undefined;
  if (writer === undefined) throw unknownName("kind of picture", ending, Object.keys(writers), "--output");
  const graph = graphOf(await readStructureOf(path), options);
  const picture = await writer(graph, options);
  const bytes = typeof picture === "string" ? new TextEncoder().encode(picture) : picture;
  await writeOut(options.output, [bytes]);
  await printResult(options, { file: path, picture: options.output, bytes: bytes.length }, () => options.output);
}

function graphOf(opened: Structure, options: PlotOptions): PlotGraph {
  return opened.kind === "graph" ? plotPrimitives(opened.graph, options) : plotModel(opened.model, options);
}
