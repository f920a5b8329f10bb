import type { Constraint } from "./constraints.ts";
import { type Dim, formatShape, type Shape, sizeDim } from "./dim.ts";
import { type DType, isFloating } from "./dtype.ts";
import { LamellaError, locate } from "./errors.ts";
import { type GraphBuilder, Tracer } from "./graph-builder.ts";
import type { ValueId } from "./graph.ts";
import type { HostInput } from "./host-inputs.ts";
import { type Initializer, resolveInitializer } from "./initializers.ts";
import type { AnyLayer } from "./layer.ts";
import {
  Add,
  Cast,
  Constant,
  Cos,
  DimSize,
  Div,
  Log,
  Mod,
  Mul,
  Neg,
  RandomBits,
  Range,
  Reshape,
  Sqrt,
} from "./operators.ts";
import { randomKey, randomRounds } from "./random-bits.ts";
import { type Regularizer, regularize } from "./regularizers.ts";
import type { JsonValue } from "./saved-model.ts";
import { type Tensor, tensor } from "./tensor.ts";
import type { Variable } from "./variable.ts";

/** A tensor with its mask: what layers take and give while they are lowered. */
export interface Value {
  readonly tensor: Tracer;
  /** bool, the leading axes of the tensor; false where a step is padding. */
  readonly mask?: Tracer | undefined;
}

/** Call arguments with their tensors traced. */
export interface LoweredArgs {
  readonly training?: boolean;
  readonly initialState?: readonly Tracer[];
  readonly [name: string]: JsonValue | Tracer | readonly (Tracer | null)[] | undefined;
}

/** What a layer's `lower` may give back. */
export type LowerResult = Tracer | Value | readonly (Tracer | Value)[];

export interface WeightOptions {
  /** Whether it is given in the dtype of the computation, where that differs from its own. Default true. */
  readonly autocast?: boolean;
  readonly initializer?: Initializer | string;
  readonly regularizer?: Regularizer | null;
  readonly constraint?: Constraint | null;
  /** False for statistics and states. Default true. */
  readonly trainable?: boolean;
  /** What the layer carries from batch to batch: not a weight, and not saved. Default false. */
  readonly state?: boolean;
  readonly dtype?: DType;
}

/** What a layer's `lower` can ask for. */
export interface LowerContext<Config> {
  readonly config: Config;
  readonly builder: GraphBuilder;
  /** The pass this call belongs to. */
  readonly lowering: Lowering;
  /** The layer's name, for messages. */
  readonly name: string;
  /** Whether this call runs in training mode. */
  readonly training: boolean;
  readonly trainable: boolean;
  /** The dtype of the layer's computation. */
  readonly dtype: DType;
  /** What gives the inputs, for messages: layer names with shapes. */
  readonly sources: readonly string[];
  /** A weight by name, cast to the dtype of the computation; made at the first call. Sizes must be numbers. */
  weight(name: string, shape: Shape, options?: WeightOptions): Tracer;
  /** Sets a weight for whoever reads it later in this graph, and for the next run. */
  assign(name: string, value: Tracer): void;
  /** A weight of a layer within, by its name there. It counts among this layer's own, before the others of that layer. */
  hold(layer: AnyLayer, name: string): Tracer;
  /** The same context for weights under a prefix. */
  scope(name: string): LowerContext<Config>;
  /** A layer that this one made for itself, by its role. */
  part(role: string): AnyLayer;
  /** Lowers a call of a layer within this one, in the same mode. */
  call(layer: AnyLayer, inputs: readonly Value[], args?: LoweredArgs): Value[];
  /** Does something with the context of a layer within this one: its weights and its name. */
  within<T>(layer: AnyLayer, work: (context: LowerContext<unknown>) => T): T;
  /** Uniform numbers in [0, 1), fresh at every step. `seed` is the layer's own. */
  randomUniform(shape: Shape, seed?: number | null): Tracer;
  /** Normal numbers with mean 0 and standard deviation 1. */
  randomNormal(shape: Shape, seed?: number | null): Tracer;
  /** What the host computes before the graph runs, in the shape of x, which must be an input of the model. */
  onHost(x: Tracer, dtype: DType, compute: (value: Tensor) => Tensor): Tracer;
  /** Adds a scalar to the loss. */
  addLoss(value: Tracer): void;
  /** Adds a penalty, averaged over the batch, to the loss. Default: the layer's activity regularizer, where it has one. */
  penalize(output: Tracer, regularizer?: Regularizer | null): void;
  /** A configuration or shape error that names this layer. */
  error(code: "config" | "shape" | "dtype" | "data" | "graph", parts: ErrorDetails): LamellaError;
}

export interface ErrorDetails {
  readonly problem: string;
  readonly expected?: string;
  readonly received?: string;
  readonly hint?: string;
}

export interface LoweringOptions {
  readonly training: boolean;
  /** The number of the training step (int32 scalar), mixed into all random numbers. Default: 0. */
  readonly step?: Tracer;
  /** Mixed into all random numbers. */
  readonly seed?: number;
}

/** One pass over a layer graph that records primitives: which variables it reads, what it assigns, which losses it adds. */
export class Lowering {
  readonly builder: GraphBuilder;
  readonly losses: Tracer[] = [];
  /** The graph input of every variable read. */
  readonly variables = new Map<Variable, Tracer>();
  /** The last value of every variable assigned. */
  readonly assigned = new Map<Variable, Tracer>();
  /** The variable behind every graph input that is a weight. */
  readonly ports = new Map<string, Variable>();
  /** The names of the graph inputs that the host has the values of. */
  readonly known = new Map<ValueId, string>();
  /** The graph inputs that the host computes, in an order that works. */
  readonly hosted: HostInput[] = [];
  private readonly options: LoweringOptions;
  private draws = 0;

  constructor(builder: GraphBuilder, options: LoweringOptions) {
    this.builder = builder;
    this.options = options;
  }

  read(variable: Variable): Tracer {
    const assigned = this.assigned.get(variable);
    if (assigned !== undefined) return assigned;
    let known = this.variables.get(variable);
    if (known === undefined) {
      const port = this.builder.freePortName(variable.path);
      known = this.builder.input(port, variable.shape, variable.dtype);
      this.variables.set(variable, known);
      this.ports.set(port, variable);
    }
    return known;
  }

  /** Lowers one call of a layer. `sources` say what gives the inputs, for messages. */
  apply(
    layer: AnyLayer,
    inputs: readonly Value[],
    args: LoweredArgs,
    sources: readonly string[],
    training = this.options.training,
  ): Value[] {
    const mode = args.training ?? training;
    const context = new Context(this, layer, sources, mode, "");
    return this.builder.scoped(layer.name, () =>
      locate(layer.label, () => {
        const cast = inputs.map(({ tensor: x, mask }) => ({ tensor: castFor(layer, x), mask }));
        const given = withMasks(cast, args["mask"]);
        const result = layer.lower(context, given, args);
        const values = (isList(result) ? result : [result]).map((item): Value =>
          item instanceof Tracer ? { tensor: item } : item,
        );
        if (layer.definition.penalizes !== "own") {
          for (const { tensor: output } of values) this.penalize(layer.activityRegularizer, output);
        }
        const mask = given[0]?.mask;
        return layer.definition.masking === "pass" && mask !== undefined
          ? values.map((value) => ({ tensor: value.tensor, mask }))
          : values;
      }),
    );
  }

  /** Adds the penalty on what a layer gives, averaged over the batch. */
  penalize(regularizer: Regularizer | null, output: Tracer): void {
    if (regularizer === null) return;
    const samples = Cast(DimSize(this.builder, output.shape[0]!), output.dtype);
    this.losses.push(Div(regularize(regularizer, output), samples));
  }

  /** 22 random bits an element, as int32: the seed, the number of the draw in this pass and the step decide them. */
  randomBits(shape: Shape, seed: number | null): Tracer {
    const { builder } = this;
    const own = seed === null ? (this.options.seed ?? 0) : seed >>> 0;
    const base = Constant(builder, tensor([...randomKey(own, this.draws++)], undefined, "int32"));
    const step = this.options.step ?? builder.scalar(0, "int32");
    const counters = Add(Mul(step, randomRounds), Range(builder, randomRounds));
    const key = Mod(RandomBits(base, counters), 2048);
    return Reshape(RandomBits(key, Range(builder, sizeDim(shape))), shape);
  }
}

/** An input in the dtype that a layer computes in, as Keras's autocast has it. */
export function castFor({ definition, computeDtype: dtype }: AnyLayer, x: Tracer): Tracer {
  const { casts = "floats" } = definition;
  if (casts === "none" || !isFloating(dtype)) return x;
  return isFloating(x.dtype) || casts === "all" ? Cast(x, dtype) : x;
}

/** The inputs with the masks that a call was given instead of those they carry. */
function withMasks(inputs: readonly Value[], given: LoweredArgs[string]): readonly Value[] {
  const masks: readonly unknown[] = Array.isArray(given) ? given : given instanceof Tracer ? [given] : [];
  return inputs.map(({ tensor: x, mask }, i) => {
    const own = masks[i];
    if (i >= masks.length) return { tensor: x, mask };
    return { tensor: x, mask: own instanceof Tracer ? own : undefined };
  });
}

function isList(result: LowerResult): result is readonly (Tracer | Value)[] {
  return Array.isArray(result);
}

class Context implements LowerContext<unknown> {
  readonly sources: readonly string[];
  readonly training: boolean;
  readonly lowering: Lowering;
  private readonly layer: AnyLayer;
  private readonly prefix: string;

  constructor(lowering: Lowering, layer: AnyLayer, sources: readonly string[], training: boolean, prefix: string) {
    this.lowering = lowering;
    this.layer = layer;
    this.sources = sources;
    this.training = training;
    this.prefix = prefix;
  }

  get config(): unknown {
    return this.layer.config;
  }
  get builder(): GraphBuilder {
    return this.lowering.builder;
  }
  get name(): string {
    return this.layer.name;
  }
  get trainable(): boolean {
    return this.layer.trainable;
  }
  get dtype(): DType {
    return this.layer.computeDtype;
  }

  weight(name: string, shape: Shape, options: WeightOptions = {}): Tracer {
    const sizes = shape.map((dim: Dim) => {
      if (typeof dim === "number") return dim;
      throw this.error("shape", {
        problem: `The size of weight '${name}' depends on a size that is not known.`,
        expected: "numbers for the axes that size weights",
        received: `${formatShape(shape)} for inputs ${this.sources.join(", ")}`,
        hint: options.state
          ? "Give the input a fixed batch: input({ batchSize, shape })."
          : "Give the input a shape with that size.",
      });
    });
    const variable = this.layer.declare({
      name: `${this.prefix}${name}`,
      shape: sizes,
      dtype: options.dtype ?? this.layer.variableDtype,
      initializer: resolveInitializer(options.initializer ?? "GlorotUniform", this.layer.label),
      trainable: options.trainable ?? options.state !== true,
      state: options.state ?? false,
      regularizer: options.regularizer ?? null,
      constraint: options.constraint ?? null,
      sources: this.sources,
    });
    return options.autocast === false ? this.lowering.read(variable) : this.autocast(variable);
  }

  assign(name: string, value: Tracer): void {
    const variable = this.layer.variable(`${this.prefix}${name}`);
    this.lowering.assigned.set(variable, Cast(value, variable.dtype));
  }

  hold(layer: AnyLayer, name: string): Tracer {
    return this.autocast(this.layer.hold(name, layer.variable(name)));
  }

  /** The value of a weight in the dtype of the computation. */
  private autocast(variable: Variable): Tracer {
    const { computeDtype, variableDtype } = this.layer;
    const value = this.lowering.read(variable);
    return computeDtype === variableDtype || !isFloating(value.dtype) ? value : Cast(value, computeDtype);
  }

  scope(name: string): LowerContext<unknown> {
    return new Context(this.lowering, this.layer, this.sources, this.training, `${this.prefix}${name}/`);
  }

  part(role: string): AnyLayer {
    return this.layer.parts[role]!;
  }

  call(layer: AnyLayer, inputs: readonly Value[], args: LoweredArgs = {}): Value[] {
    this.adopt(layer);
    return this.lowering.apply(layer, inputs, args, this.sources, this.training);
  }

  within<T>(layer: AnyLayer, work: (context: LowerContext<unknown>) => T): T {
    this.adopt(layer);
    const inner = new Context(this.lowering, layer, this.sources, this.training, "");
    return this.builder.scoped(layer.name, () => locate(layer.label, () => work(inner)));
  }

  /** Puts the weights of a layer under this one, unless it has some already. */
  private adopt(layer: AnyLayer): void {
    if (layer.weights.length === 0) layer.pathPrefix = this.layer.path;
  }

  randomUniform(shape: Shape, seed: number | null = null): Tracer {
    return Mul(Cast(this.bits(shape, seed), "float32"), 2 ** -22);
  }

  /** Box-Muller. The first number stays above 0, so that its logarithm is finite. */
  randomNormal(shape: Shape, seed: number | null = null): Tracer {
    const first = Mul(Add(Cast(this.bits(shape, seed), "float32"), 0.5), 2 ** -22);
    const angle = Mul(this.randomUniform(shape, seed), 2 * Math.PI);
    return Mul(Sqrt(Neg(Mul(Log(first), 2))), Cos(angle));
  }

  private bits(shape: Shape, seed: number | null): Tracer {
    return this.lowering.randomBits(shape, seed);
  }

  onHost({ id, shape }: Tracer, dtype: DType, compute: (value: Tensor) => Tensor): Tracer {
    const from = this.lowering.known.get(id);
    if (from === undefined) {
      throw this.error("graph", {
        problem: "What the layer does is done before the model runs, and its input is computed by the model.",
        expected: "an input of the model",
        received: this.sources.join(", "),
        hint: "Call the layer on what input() gave.",
      });
    }
    const to = this.builder.freePortName(`${this.layer.path}:host`);
    const computed = this.builder.input(to, shape, dtype);
    this.lowering.known.set(computed.id, to);
    this.lowering.hosted.push({ from, to, compute });
    return computed;
  }

  addLoss(value: Tracer): void {
    this.lowering.losses.push(value);
  }

  penalize(output: Tracer, regularizer: Regularizer | null = this.layer.activityRegularizer): void {
    this.lowering.penalize(regularizer, output);
  }

  error(code: "config" | "shape" | "dtype" | "data" | "graph", parts: ErrorDetails): LamellaError {
    return new LamellaError(code, { where: this.layer.label, ...parts });
  }
}
