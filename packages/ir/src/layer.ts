import { type AdaptData, adaptBatches, type Adapted } from "./adapt.ts";
import { type CallArgs, lowerArgs, separateTensors } from "./call-args.ts";
import type { CellLoop } from "./cell.ts";
import { formatShape } from "./dim.ts";
import {
  assertDTypePolicy,
  computeDTypeOf,
  defaultDTypePolicy,
  type DTypePolicy,
  variableDTypeOf,
} from "./dtype-policy.ts";
import type { DType } from "./dtype.ts";
import { LamellaError, unknownName } from "./errors.ts";
import { type ConfigOf, configToJson, type Fields, isLayer, parseConfig } from "./fields.ts";
import { GraphBuilder, type Tracer } from "./graph-builder.ts";
import { type LoweredArgs, type LowerContext, Lowering, type LowerResult, type Value } from "./lowering.ts";
import type { ModelType } from "./model.ts";
import { automaticName } from "./names.ts";
import { type Regularizer, resolveRegularizer } from "./regularizers.ts";
import type { JsonObject, JsonValue } from "./saved-model.ts";
import { type CallRecord, type SymbolicInput, SymbolicTensor } from "./symbolic.ts";
import { type NestedArray, Tensor } from "./tensor.ts";
import type { LayerGraph } from "./trace-model.ts";
import { Variable, type VariableOptions } from "./variable.ts";

/** What makes a layer: its type name, its fields, and how a call of it becomes primitives. */
export interface LayerDefinition<F extends Fields = Fields> {
  /** Keras's class name. */
  readonly type: string;
  readonly fields: F;
  /** Fields that are given as plain arguments, in this order. */
  readonly positional?: readonly (string & keyof F)[];
  /** The field with a default that may be given in front of the options without its name: `maxPooling2d(2)`. */
  readonly short?: string & keyof F;
  /** Whether a call takes one tensor (the default) or a list. */
  readonly inputs?: "one" | "several";
  /** The dtype of the input when the layer is the first of a stack. Default float32. */
  readonly inputDType?: DType;
  /** Which inputs are cast to the layer's dtype: floating ones (the default), whole numbers too, or none. */
  readonly casts?: "floats" | "all" | "none";
  /** What happens to a mask: handed on, dropped (the default), or the layer's own business. */
  readonly masking?: "pass" | "drop" | "own";
  /** What the activity regularizer goes over: what the layer gives (the default), or what the layer says itself. */
  readonly penalizes?: "outputs" | "own";
  /** The call arguments it takes beside `training` and `mask`. Others are refused. */
  readonly callArgs?: readonly string[];
  /** Among a model's `operations` only, not its `layers`: what `ops` gives. */
  readonly isOperation?: boolean;
  /** Layers that it makes for itself from its configuration, by role; their weights are its own. */
  parts?(config: ConfigOf<F>, options: PartOptions): Readonly<Record<string, AnyLayer>>;
  /** What the layer does as the cell of a recurrent layer, given (time, batch, ...). See `defineCell`. */
  cell?(context: LowerContext<ConfigOf<F>>, sequence: Tracer): CellLoop;
  /** The cells that the layer is a stack of. */
  cells?(config: ConfigOf<F>): readonly AnyLayer[];
  /** What the layer learns from batches of data, before it is used. */
  adapt?(config: ConfigOf<F>, batches: readonly Tensor[], where: string): Adapted;
  lower(context: LowerContext<ConfigOf<F>>, inputs: readonly Value[], args: LoweredArgs): LowerResult;
}

/** Options of a layer that the layers it makes for itself take over. */
export type PartOptions = Required<Pick<LayerOptions, "trainable" | "dtype">>;

/** Options that every layer takes. */
export interface LayerOptions<Name extends string = string> {
  /** Default: the type in snake case, with a number behind it from the second on. */
  readonly name?: Name;
  /** Whether training changes the weights. Default true. */
  readonly trainable?: boolean;
  /** The dtype of the weights and of the computation, or 'mixed_float16'. Default: see `withDTypePolicy`, else float32. */
  readonly dtype?: DTypePolicy;
  /** A penalty on what the layer gives, averaged over the batch and added to the loss. */
  readonly activityRegularizer?: Regularizer | (string & {}) | null;
  /** Shape of the input without the batch, for the first layer of a sequential model. */
  readonly inputShape?: readonly (number | string | null)[];
}

/** Instances are functions: `layer(x)` is `layer.call(x)`. */
abstract class Callable {
  constructor() {
    const call = (...values: [SymbolicInput, CallArgs?]): unknown => (call as unknown as Callable).call(...values);
    return Object.setPrototypeOf(call, new.target.prototype) as this;
  }
  abstract call(inputs: SymbolicInput, args?: CallArgs): unknown;
}

export interface DeclaredWeight extends Omit<VariableOptions, "owner"> {
  readonly sources: readonly string[];
}

/** A layer of any kind. */
export type AnyLayer = Layer<string, unknown>;

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- Callable makes instances functions
export interface Layer<Name extends string = string, Out = SymbolicTensor<Name>> {
  (inputs: SymbolicInput, args?: CallArgs): Out;
}

/**
 * One layer: a definition, a configuration, a name, and the weights it got at its first call. It can be called on symbolic
 * tensors any number of times and then shares its weights.
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging
export class Layer<Name extends string = string, Out = SymbolicTensor<Name>> extends Callable {
  readonly definition: LayerDefinition;
  readonly name: Name;
  readonly dtypePolicy: DTypePolicy;
  readonly inputShape: LayerOptions["inputShape"];
  readonly activityRegularizer: Regularizer | null;
  /** Layers that the layer made for itself, by role. */
  readonly parts: Readonly<Record<string, AnyLayer>>;
  /** Calls on symbolic tensors so far. */
  readonly calls: CallRecord[] = [];
  /** Set by a model that builds its layers under its own name; in front of the paths of the weights. */
  pathPrefix = "";
  private readonly own = new Map<string, Variable>();
  private readonly carried = new Map<string, Variable>();
  private mayTrain: boolean;
  private settings: Readonly<Record<string, unknown>>;
  /** The layers in the settings, once they were asked for. */
  private heldOnes: readonly AnyLayer[] | undefined;

  constructor(definition: LayerDefinition, config: Readonly<Record<string, unknown>>, options: LayerOptions) {
    super();
    const name = options.name ?? automaticName(definition.type);
    if (name === "" || name.includes("/")) {
      throw new LamellaError("config", {
        where: definition.type,
        problem: "A layer's name must not be empty or contain '/'.",
        received: `'${name}'`,
      });
    }
    this.definition = definition;
    this.settings = config;
    this.name = name as Name;
    this.mayTrain = options.trainable ?? true;
    // As in Keras, operations compute in what they are given.
    const policy = definition.isOperation === true ? "float32" : defaultDTypePolicy();
    this.dtypePolicy = assertDTypePolicy(options.dtype ?? policy, name);
    this.inputShape = options.inputShape;
    this.activityRegularizer = resolveRegularizer(options.activityRegularizer ?? null, name);
    this.parts = definition.parts?.(config, { trainable: this.mayTrain, dtype: this.dtypePolicy }) ?? {};
  }

  /** What its fields say. */
  get config(): Readonly<Record<string, unknown>> {
    return this.settings;
  }

  /** The dtype of the weights. */
  get dtype(): DType {
    return this.variableDtype;
  }
  get variableDtype(): DType {
    return variableDTypeOf(this.dtypePolicy);
  }
  /** The dtype of the computation: floating inputs are cast to it, and so are the weights where they are used. */
  get computeDtype(): DType {
    return computeDTypeOf(this.dtypePolicy);
  }

  /** Whether training changes the weights. Set on a model, it is set on all its layers. */
  get trainable(): boolean {
    return this.mayTrain;
  }
  set trainable(value: boolean) {
    this.mayTrain = value;
    for (const layer of new Set([...this.sublayers, ...this.held])) layer.trainable = value;
  }

  /** Layers within the layer: those it made for itself, else those in its configuration. A model's are its `operations`. */
  get sublayers(): readonly AnyLayer[] {
    const parts = Object.values(this.parts);
    return parts.length > 0 ? parts : this.held;
  }

  /** The layers in the configuration. */
  private get held(): readonly AnyLayer[] {
    this.heldOnes ??= Object.values(this.config).flat().filter(isLayer);
    return this.heldOnes;
  }

  /** Whether a layer is within this one, at any depth. */
  contains(layer: AnyLayer): boolean {
    return this.sublayers.some((inner) => inner === layer || inner.contains(layer));
  }

  /** Keras's class name. */
  get type(): string {
    return this.definition.type;
  }

  /** The graph of a model; other layers have none. */
  get innerGraph(): LayerGraph | undefined {
    return undefined;
  }

  /** How a model comes back from plain data; other layers have none. */
  get modelType(): ModelType | undefined {
    return undefined;
  }

  /** Name and type, for messages. */
  get label(): string {
    return `${this.name} (${this.type})`;
  }

  get path(): string {
    return this.pathPrefix === "" ? this.name : `${this.pathPrefix}/${this.name}`;
  }

  /** Whether the layer has been called, and so has its weights. */
  get built(): boolean {
    return this.calls.length > 0;
  }

  lower(context: LowerContext<unknown>, inputs: readonly Value[], args: LoweredArgs): LowerResult {
    return this.definition.lower(context as LowerContext<ConfigOf<Fields>>, inputs, args);
  }

  /** Calls the layer on symbolic tensors. @throws LamellaError that names the layer and what gives its inputs. */
  call(inputs: SymbolicInput, args: CallArgs = {}): Out {
    const positional = this.checkInputs(inputs);
    this.checkArgs(args);
    const [all, data] = separateTensors(positional, args);
    const types = this.trace(all, positional.length, data);
    const outputs = types.map(({ tensor, mask }) => new SymbolicTensor(this.name, tensor, mask));
    this.record(all, positional.length, data, outputs);
    return (outputs.length === 1 ? outputs[0] : outputs) as Out;
  }

  /** The inputs of a call as a list. */
  protected checkInputs(inputs: unknown): readonly SymbolicTensor[] {
    const list: readonly unknown[] = Array.isArray(inputs) ? inputs : [inputs];
    for (const input of list) {
      if (input instanceof SymbolicTensor) continue;
      throw new LamellaError("graph", {
        where: this.label,
        problem: "A layer is called on symbolic tensors.",
        expected: "what input() or another layer gave",
        received: input instanceof Tensor ? "a tensor of numbers" : typeof input,
        hint: "To run a model on numbers, use model.predict().",
      });
    }
    if (list.length !== 1 && this.definition.inputs !== "several") {
      throw new LamellaError("graph", {
        where: this.label,
        problem: "The layer takes one input.",
        received: `${list.length}${list.length === 0 ? "" : `: ${(list as SymbolicTensor[]).map(describeSource).join(", ")}`}`,
        hint: "Merge several inputs first, for instance with concatenate()([a, b]).",
      });
    }
    return list as readonly SymbolicTensor[];
  }

  private checkArgs(args: CallArgs): void {
    const known = ["training", "mask", ...(this.definition.callArgs ?? [])];
    const stranger = Object.keys(args).find((name) => (args[name] ?? undefined) !== undefined && !known.includes(name));
    if (stranger !== undefined) throw unknownName("call argument", stranger, known, this.label);
  }

  /** Notes a call with its outputs. */
  record(
    inputs: readonly SymbolicTensor[],
    positional: number,
    args: JsonObject,
    outputs: readonly SymbolicTensor[],
  ): void {
    const record: CallRecord = { layer: this, inputs, positional, args, outputs };
    for (const output of outputs) output.source = record;
    this.calls.push(record);
  }

  /** The types of the outputs: what falls out of `lower`. A first call that fails leaves no weights behind. */
  private trace(inputs: readonly SymbolicTensor[], positional: number, args: JsonObject): Value[] {
    const builder = new GraphBuilder(this.name);
    const lowering = new Lowering(builder, { training: false });
    const values = inputs.map(({ shape, dtype, mask }, i): Value => {
      const traced = { tensor: builder.input(`input ${i}`, shape, dtype) };
      return mask === undefined ? traced : { ...traced, mask: builder.input(`mask ${i}`, mask.shape, mask.dtype) };
    });
    for (const [i, { source }] of inputs.entries()) {
      if (source === undefined || source.inputs.length === 0) lowering.known.set(values[i]!.tensor.id, `input ${i}`);
    }
    const lowered = lowerArgs(args, values);
    const hadWeights = this.built || this.weights.length > 0;
    try {
      return lowering.apply(this, values.slice(0, positional), lowered, inputs.map(describeSource));
    } catch (error) {
      if (!hadWeights) this.forgetWeights();
      throw error;
    }
  }

  /**
   * Learns what the layer needs to know, such as statistics or a vocabulary, from a tensor, nested arrays, or several such
   * batches. (Keras: adapt.)
   */
  adapt(data: AdaptData): void {
    const { definition, label } = this;
    if (definition.adapt === undefined) {
      throw new LamellaError("state", { where: label, problem: "The layer learns nothing from data by itself." });
    }
    const batches = adaptBatches(data, label);
    const { weights, config } = definition.adapt(this.settings, batches, label);
    if (config !== undefined) {
      if (this.built) {
        throw new LamellaError("state", {
          where: label,
          problem: "The layer has been called, so that models already do what its configuration says.",
          hint: "Adapt it before it is called.",
        });
      }
      this.settings = parseConfig(definition.fields, { ...this.settings, ...config }, label);
      this.heldOnes = undefined;
    }
    if (weights !== undefined) {
      const { shape, dtype } = batches[0]!;
      this.trace([new SymbolicTensor("data", { shape, dtype })], 1, {});
      for (const [name, value] of Object.entries(weights)) this.variable(name).write(value);
    }
  }

  /** Takes a call back, as if it had not been made. Weights that it made stay. */
  takeBack(call: CallRecord): void {
    const index = this.calls.indexOf(call);
    if (index >= 0) this.calls.splice(index, 1);
  }

  /** Drops the weights: the next call makes new ones, for whatever it is called on. */
  forgetWeights(): void {
    this.own.clear();
    this.carried.clear();
    for (const layer of Object.values(this.parts)) layer.forgetWeights();
  }

  /** The weight of that name; made when it is not there yet. */
  declare(options: DeclaredWeight): Variable {
    const group = options.state === true ? this.carried : this.own;
    const known = group.get(options.name);
    if (known === undefined) {
      const variable = new Variable({ ...options, owner: this });
      group.set(options.name, variable);
      return variable;
    }
    if (known.shape.length !== options.shape.length || known.shape.some((dim, i) => dim !== options.shape[i])) {
      throw new LamellaError("shape", {
        where: this.label,
        problem: `The input does not fit the weights that the layer has since its first call.`,
        expected: `an input for weight '${options.name}' of shape (${known.shape.join(", ")})`,
        received: `${options.sources.join(", ")}, which needs shape (${options.shape.join(", ")})`,
      });
    }
    return known;
  }

  /** Counts a weight of a layer within among this layer's own. */
  hold(name: string, variable: Variable): Variable {
    this.own.set(name, variable);
    return variable;
  }

  /** A weight or state by its name within the layer. @throws LamellaError `name` */
  variable(name: string): Variable {
    const found =
      this.own.get(name) ??
      this.carried.get(name) ??
      this.ownWeights.find((variable) => variable.nameIn(this) === name);
    if (found !== undefined) return found;
    throw new LamellaError("name", { where: this.label, problem: `There is no weight '${name}'.` });
  }

  /**
   * All weights: parameters first, then statistics, each in the order they were made; then those of the layers within, of
   * shared ones once.
   */
  get weights(): readonly Variable[] {
    const own = [...this.own.values()];
    const all = new Set(own.filter((variable) => variable.isParameter));
    for (const variable of own) all.add(variable);
    for (const layer of this.sublayers) {
      for (const variable of layer.weights) all.add(variable);
    }
    return [...all];
  }

  /** The weights that are saved with this layer: all but those of layers that its configuration names. */
  get ownWeights(): readonly Variable[] {
    const inner = Object.keys(this.parts).length > 0 ? [] : this.sublayers.flatMap((layer) => layer.weights);
    return this.weights.filter((variable) => !inner.includes(variable));
  }
  /** The weights that training changes: none when the layer itself is frozen. */
  get trainableWeights(): readonly Variable[] {
    return this.trainable ? this.weights.filter((variable) => variable.trainable) : [];
  }
  get nonTrainableWeights(): readonly Variable[] {
    return this.trainable ? this.weights.filter((variable) => !variable.trainable) : this.weights;
  }

  /** What a stateful layer carries from batch to batch. */
  get states(): readonly Variable[] {
    return [...new Set([...this.carried.values(), ...this.sublayers.flatMap((layer) => layer.states)])];
  }

  /** Sets what a stateful layer carries back to its start. */
  resetStates(): void {
    for (const state of this.states) state.reset();
  }

  /** The number of numbers in all weights. */
  countParams(): number {
    return this.weights.reduce((sum, { size }) => sum + size, 0);
  }

  /** The values of `weights`, read from the device when they are there. */
  getWeights(): Promise<Tensor[]> {
    return Promise.all(this.weights.map((variable) => variable.read()));
  }

  /** Sets the values of `weights`, in their order: all, or none. @throws LamellaError `data` or `shape` */
  setWeights(values: readonly (Tensor | NestedArray)[]): void {
    const { weights } = this;
    if (values.length !== weights.length) {
      throw new LamellaError("data", {
        where: this.label,
        problem: "The number of weights does not fit.",
        expected: `${weights.length}: ${weights.map(({ path }) => path).join(", ")}`,
        received: String(values.length),
      });
    }
    const fitting = weights.map((variable, i) => variable.fit(values[i]!));
    for (const [i, variable] of weights.entries()) variable.write(fitting[i]!);
  }

  /** The tensor that the layer gives in the one call it has had. @throws LamellaError `graph` when there are several */
  get output(): SymbolicTensor<Name> {
    return this.alone("output", this.outputs) as SymbolicTensor<Name>;
  }
  /** All tensors that the layer gives in the one call it has had. */
  get outputs(): readonly SymbolicTensor[] {
    return this.singleCall("output").outputs;
  }

  /** The tensor that the layer got in the one call it has had. @throws LamellaError `graph` when there were several */
  get input(): SymbolicTensor {
    return this.alone("input", this.inputs);
  }
  /** All tensors that the layer got in the one call it has had, without those among call arguments. */
  get inputs(): readonly SymbolicTensor[] {
    const { inputs, positional } = this.singleCall("input");
    return inputs.slice(0, positional);
  }

  /** The one of a list. */
  private alone(what: "input" | "output", tensors: readonly SymbolicTensor[]): SymbolicTensor {
    const [first, ...others] = tensors;
    if (first !== undefined && others.length === 0) return first;
    throw new LamellaError("graph", {
      where: this.label,
      problem: first === undefined ? `There is no ${what}.` : `There is more than one ${what}.`,
      received: tensors.map(describeSource).join(", ") || "none",
      hint: first === undefined ? undefined : `Take ${what}s, which gives all of them.`,
    });
  }

  private singleCall(what: string): CallRecord {
    const [first, ...others] = this.calls;
    if (first !== undefined && others.length === 0) return first;
    throw new LamellaError("graph", {
      where: this.label,
      problem:
        first === undefined
          ? `The layer has not been called, so it has no ${what}.`
          : `The layer has been called ${this.calls.length} times, so its ${what} is ambiguous.`,
      hint:
        first === undefined
          ? "Call it on a tensor, or build the model it is in."
          : `Keep the tensor that the call returned, or take layer.calls[i].${what}s[0].`,
    });
  }

  /** The configuration as plain data. `nest` writes layers that it holds. */
  getConfig(nest: (layer: AnyLayer) => JsonValue = nestedConfig): JsonObject {
    const config = configToJson(this.definition.fields, this.config, nest);
    const { dtypePolicy: dtype, activityRegularizer } = this;
    if (activityRegularizer === null) return { ...config, dtype };
    return { ...config, dtype, activityRegularizer: activityRegularizer as unknown as JsonValue };
  }
}

function nestedConfig(layer: AnyLayer): JsonObject {
  return { type: layer.type, name: layer.name, config: layer.getConfig() };
}

/** A tensor for messages: `'conv2d' (None, 32, 32, 16)`. */
export function describeSource(tensor: SymbolicTensor): string {
  return `'${tensor.name}' ${formatShape(tensor.shape)}`;
}
