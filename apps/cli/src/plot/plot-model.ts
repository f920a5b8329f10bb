import { type AnyLayer, type AnyModel, formatShape, type ValueId } from "@lamella/ir";

import type { PlotBox, PlotGraph, PlotNode, PlotOptions } from "./plot-graph.ts";

/** The picture of a model: a node for every layer, however often it is called; nested models as boxes. */
export function plotModel(model: AnyModel, options: PlotOptions): PlotGraph {
  return new ModelPlot(options).plot(model);
}

class ModelPlot {
  private readonly options: PlotOptions;
  private readonly edges = new Map<string, readonly [string, string]>();
  private readonly nodes = new Map<AnyLayer, PlotNode>();
  private readonly boxes = new Map<AnyLayer, PlotBox>();
  private count = 0;

  constructor(options: PlotOptions) {
    this.options = options;
  }

  plot(model: AnyModel): PlotGraph {
    const root = this.box(`${model.name} (${model.type})`);
    const { graph } = model;
    const sources = graph.inputs.map(({ name, value }) => {
      const layer = model.operations.find((operation) => operation.name === name);
      const shape = this.options.shapes ? { shape: formatShape(graph.values[value]!.shape) } : {};
      const node = {
        id: this.id(),
        name,
        type: layer?.type ?? "Input",
        ...shape,
        kind: "input",
        frozen: false,
      } as const;
      root.nodes.push(node);
      return [node.id];
    });
    const ends = new Set(graph.outputs.map(({ value }) => value));
    this.run(model, root, sources, ends);
    return { root, edges: [...this.edges.values()] };
  }

  /** Draws the calls of a model into its box. Gives the nodes that each of its outputs comes from. */
  private run(model: AnyModel, box: PlotBox, sources: readonly string[][], ends: ReadonlySet<ValueId>): string[][] {
    const { graph } = model;
    const producers = new Map(graph.inputs.map(({ value }, i) => [value, sources[i]!]));
    for (const { op, inputs, outputs } of graph.nodes) {
      const given = inputs.map((id) => producers.get(id)!);
      const isEnd = outputs.some((id) => ends.has(id));
      const types = outputs.map((id) => graph.values[id]!);
      const results = this.call(op.layer, box, given, types.map(({ shape }) => formatShape(shape)).join(", "), isEnd);
      for (const [i, id] of outputs.entries()) producers.set(id, results[Math.min(i, results.length - 1)]!);
    }
    return graph.outputs.map(({ value }) => producers.get(value)!);
  }

  private call(layer: AnyLayer, box: PlotBox, given: readonly string[][], shape: string, isEnd: boolean): string[][] {
    if (layer.innerGraph !== undefined && this.options.nested) {
      const model = layer as AnyModel;
      let inner = this.boxes.get(layer);
      if (inner === undefined) {
        inner = this.box(`${layer.name} (${layer.type})`);
        this.boxes.set(layer, inner);
        box.boxes.push(inner);
      }
      const ends = isEnd ? new Set(model.graph.outputs.map(({ value }) => value)) : new Set<ValueId>();
      return this.run(model, inner, given, ends);
    }
    let node = this.nodes.get(layer);
    if (node === undefined) {
      node = this.node(layer, shape, isEnd);
      this.nodes.set(layer, node);
      box.nodes.push(node);
    }
    for (const from of given.flat()) this.edges.set(`${from} ${node.id}`, [from, node.id]);
    return [[node.id]];
  }

  private node({ name, type, weights, trainable }: AnyLayer, shape: string, isEnd: boolean): PlotNode {
    const kind = isEnd ? "output" : weights.length > 0 ? "weights" : "plain";
    const shown = this.options.shapes ? { shape } : {};
    return { id: this.id(), name, type, ...shown, kind, frozen: weights.length > 0 && !trainable };
  }

  private box(title: string): PlotBox {
    return { id: this.id(), title, nodes: [], boxes: [] };
  }

  private id(): string {
    this.count += 1;
    return `n${this.count}`;
  }
}
