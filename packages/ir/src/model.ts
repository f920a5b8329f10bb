import { type CallArgs, lowerArgs } from "./call-args.ts";
import { formatShape, type Shape } from "./dim.ts";
import type { DType } from "./dtype.ts";
import { LamellaError, unknownName } from "./errors.ts";
import { type AnyLayer, describeSource, Layer, type LayerOptions } from "./layer.ts";
import type { LoweredArgs, LowerContext, Lowering, Value } from "./lowering.ts";
import { modelToJson } from "./model-data.ts";
import { printSummary, type SummaryOptions } from "./summary.ts";
import type { SymbolicInput, SymbolicTensor } from "./symbolic.ts";
import { type LayerGraph, type TracedModel, traceModel } from "./trace-model.ts";

/** How models of one front end come back from plain data. */
export interface ModelType {
  /** Keras's class name: `Functional` or `Sequential`. */
  readonly type: string;
  restore(parts: {
    readonly inputs: readonly SymbolicTensor[];
    readonly outputs: readonly SymbolicTensor[];
    readonly layers: readonly AnyLayer[];
    readonly options: LayerOptions;
  }): AnyModel;
}

/** A model of any kind. */
export type AnyModel = Model;

/** What a call of a model gives: a list when it has several outputs. */
export type ModelOut<Outputs extends string, Count extends OutputCount> = Count extends "several"
  ? SymbolicTensor<Outputs>[]
  : SymbolicTensor<Outputs>;

/** Whether a model has one output, and so gives a tensor, or several, and gives a list. */
export type OutputCount = "one" | "several";

/**
 * A graph of layers with named inputs and outputs. It is itself a layer: called on tensors, it shares its weights.
 * The type parameters are the names of inputs and outputs, and how many outputs there are.
 */
export class Model<
  Inputs extends string = string,
  Outputs extends string = string,
  Count extends OutputCount = OutputCount,
> extends Layer<string, ModelOut<Outputs, Count>> {
  private ends: readonly [readonly SymbolicTensor[], readonly SymbolicTensor[]] | undefined;
  private traced: TracedModel | undefined;
  /** Only carries the types. */
  declare readonly names?: { readonly inputs: Inputs; readonly outputs: Outputs; readonly count: Count };

  private readonly kind: ModelType;

  constructor(kind: ModelType, options: LayerOptions) {
    const definition = { type: kind.type, fields: {}, lower: unreachable } as const;
    super({ ...definition, inputs: "several", casts: "none", masking: "own" }, {}, options);
    this.kind = kind;
  }

  override get modelType(): ModelType {
    return this.kind;
  }

  override get innerGraph(): LayerGraph {
    return this.graph;
  }

  /** Sets what the model computes. With `later` the graph is traced when it is first asked for. */
  protected connect(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[], later = false): void {
    this.traced = later ? undefined : traceModel(this.name, inputs, outputs);
    this.ends = [inputs, outputs];
  }

  protected disconnect(): void {
    this.traced = undefined;
    this.ends = undefined;
  }

  private get structure(): TracedModel {
    this.traced ??= traceModel(this.name, this.inputs, this.outputs);
    return this.traced;
  }

  private requireEnds(): NonNullable<typeof this.ends> {
    if (this.ends !== undefined) return this.ends;
    throw new LamellaError("state", {
      where: this.label,
      problem: "The model has no shape yet.",
      hint: "Give its first layer an inputShape, start with an input layer, or call build(inputShape).",
    });
  }

  override get built(): boolean {
    return this.ends !== undefined;
  }

  /** The layer graph. */
  get graph(): LayerGraph {
    return this.structure.graph;
  }

  /** All layers and operations of `ops` in Keras's order, input layers included. */
  get operations(): readonly AnyLayer[] {
    return this.structure.operations;
  }

  /** All layers in Keras's order, input layers included, operations of `ops` not. */
  get layers(): readonly AnyLayer[] {
    return this.structure.layers;
  }

  /** What the model starts from. Unlike other layers', it does not depend on how often the model was called. */
  override get inputs(): readonly SymbolicTensor<Inputs>[] {
    return this.requireEnds()[0] as readonly SymbolicTensor<Inputs>[];
  }
  /** What the model gives, likewise. */
  override get outputs(): readonly SymbolicTensor<Outputs>[] {
    return this.requireEnds()[1] as readonly SymbolicTensor<Outputs>[];
  }
  get inputNames(): readonly Inputs[] {
    return this.graph.inputs.map(({ name }) => name as Inputs);
  }
  get outputNames(): readonly Outputs[] {
    return this.graph.outputs.map(({ name }) => name as Outputs);
  }

  /** A layer or operation by name, or a layer by its place in `layers`. @throws LamellaError `name` */
  getLayer(which: string | number): AnyLayer {
    const found = typeof which === "number" ? this.layers[which] : this.operations.find(({ name }) => name === which);
    if (found !== undefined) return found;
    const names = this.operations.map(({ name }) => name);
    throw unknownName("layer", String(which), names, this.label);
  }

  override get sublayers(): readonly AnyLayer[] {
    return this.operations;
  }

  override call(inputs: SymbolicInput, args: CallArgs = {}): ModelOut<Outputs, Count> {
    const given = this.checkInputs(inputs);
    if (given.length !== this.inputs.length) {
      throw new LamellaError("graph", {
        where: this.label,
        problem: "The number of inputs does not fit.",
        expected: `${this.inputs.length}: ${this.inputNames.join(", ")}`,
        received: String(given.length),
      });
    }
    for (const [i, { name, shape }] of this.inputs.entries()) {
      if (couldBe(given[i]!.shape, shape)) continue;
      throw new LamellaError("shape", {
        where: this.label,
        problem: `The shape of input '${name}' does not fit.`,
        expected: formatShape(shape),
        received: describeSource(given[i]!),
      });
    }
    return super.call(inputs, args);
  }

  /** Runs the layers of the graph in the place of the model. */
  override lower(context: LowerContext<unknown>, inputs: readonly Value[], args: LoweredArgs): Value[] {
    return inlineModel(this.graph, context.lowering, inputs, args.training ?? context.training);
  }

  /** Gives a model without a shape the one of its data. Only sequential models can be without one. */
  buildFor(_batchShape: NonNullable<LayerOptions["inputShape"]>, _dtype: DType): void {
    // A functional model has had its shape from the start.
  }

  /** The architecture as JSON text, without weights. */
  toJson(): string {
    return modelToJson(this);
  }

  /** Prints a table of the layers with their shapes and numbers of parameters, as Keras does. */
  summary(options: SummaryOptions = {}): void {
    printSummary(this, options);
  }
}

/** Whether two shapes agree wherever both have numbers. */
function couldBe(a: Shape, b: Shape): boolean {
  return (
    a.length === b.length && a.every((dim, i) => dim === b[i] || typeof dim !== typeof b[i] || typeof dim === "string")
  );
}

function unreachable(): never {
  throw new LamellaError("graph", { problem: "A model is lowered through its graph." });
}

/** Lowers the calls of a layer graph on given values. */
export function inlineModel(
  graph: LayerGraph,
  lowering: Lowering,
  inputs: readonly Value[],
  training: boolean,
): Value[] {
  const values: Value[] = [];
  const sources: string[] = [];
  for (const [i, { name, value }] of graph.inputs.entries()) {
    values[value] = inputs[i]!;
    sources[value] = name;
  }
  for (const { op, inputs: from, outputs: to } of graph.nodes) {
    const taken = from.map((id) => values[id]!);
    const args = lowerArgs(op.args, taken);
    const described = from.map((id) => `'${sources[id]}' ${formatShape(values[id]!.tensor.shape)}`);
    const results = lowering.apply(op.layer, taken.slice(0, op.positional), args, described, training);
    for (const [i, id] of to.entries()) {
      values[id] = results[i]!;
      sources[id] = op.layer.name;
    }
  }
  return graph.outputs.map(({ value }) => values[value]!);
}
